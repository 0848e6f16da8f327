import { bytesOf } from '@sconce/backend'
import type { Resident, Storage } from './storage.ts'

/** What lives on a device, oldest first; linked through the residents themselves. */
export class ResidentList {
  #first: Resident | undefined
  #last: Resident | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  add(resident: Resident): void {
    resident.before = this.#last
    if (this.#last) this.#last.after = resident
    else this.#first = resident
    this.#last = resident
    this.#size++
  }

  delete(resident: Resident): void {
    const { before, after } = resident
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    resident.before = undefined
    resident.after = undefined
    this.#size--
  }

  /** All of them; the one that was given last may be deleted meanwhile. */
  *[Symbol.iterator](): Generator<Resident> {
    let resident = this.#first
    while (resident) {
      const { after } = resident
      yield resident
      resident = after
    }
  }
}

/** Young storages that may wait at a time, their bytes in all, and the bytes from which on one doesn't wait. */
const mostYoung = 1 << 14
const mostYoungBytes = 1 << 22
const large = 1 << 14

/**
 * Calls back for residents whose storage the JS engine has collected. Registering is dear next to a tiny
 * op, and most storages are freed or spilled long before: so small ones wait, until the end of the current
 * job or until there are many, and only those that still live on the device are registered.
 */
export class CollectionWatch {
  readonly #registry: FinalizationRegistry<Resident>
  #young: Storage[] = []
  #youngBytes = 0
  readonly #register = (): void => {
    for (const storage of this.#young) this.#watchNow(storage)
    this.#young = []
    this.#youngBytes = 0
  }

  constructor(collected: (resident: Resident) => void) {
    this.#registry = new FinalizationRegistry(collected)
  }

  watch(storage: Storage): void {
    const bytes = bytesOf(storage)
    if (bytes >= large) {
      this.#watchNow(storage)
      return
    }
    const waiting = this.#young.push(storage)
    this.#youngBytes += bytes
    if (waiting === 1) queueMicrotask(this.#register)
    if (waiting >= mostYoung || this.#youngBytes >= mostYoungBytes) this.#register()
  }

  /** Lets go of those that no longer live on the device: called when many of them were spilled. */
  prune(): void {
    this.#young = this.#young.filter(({ resident }) => resident.buffer)
    this.#youngBytes = this.#young.reduce((sum, storage) => sum + bytesOf(storage), 0)
  }

  #watchNow(storage: Storage): void {
    const { resident } = storage
    if (!resident.buffer || resident.watched) return
    resident.watched = true
    this.#registry.register(storage, resident, resident)
  }

  unwatch(resident: Resident): void {
    if (!resident.watched) return
    resident.watched = false
    // In a loop that never yields, dead registrations would pile up.
    this.#registry.unregister(resident)
  }
}
