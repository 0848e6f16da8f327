import type { BackendInfo } from '@sconce/backend'

/** What lives on a device. */
export interface Load {
  readonly bytes: number
  readonly storages: number
}

/** Bytes that a device may hold before it is looked for what can go: more where reading them makes it wait. */
const firstBytes: Readonly<Record<BackendInfo['readSync'], number>> = {
  free: 2 ** 24,
  stall: 2 ** 26,
  none: Number.POSITIVE_INFINITY,
}
const firstStorages = 1 << 14

const none: Load = { bytes: 0, storages: 0 }

const plus = (a: Load, b: Load): Load => ({
  bytes: a.bytes + b.bytes,
  storages: a.storages + b.storages,
})

/**
 * Decides when a device holds too much, and what is to be done about it. Small storages count too: what
 * keeps account of them takes hundreds of bytes each.
 */
export class Pressure {
  readonly #budget: number
  #limit: Load
  /** What the last spill moved, and what came back of it since. */
  #spilled = none
  #restored = none

  /** `budget`: bytes that are never exceeded without spilling. */
  constructor({
    readSync,
    budget = Number.POSITIVE_INFINITY,
  }: Pick<BackendInfo, 'readSync' | 'budget'>) {
    this.#budget = budget
    this.#limit = { bytes: Math.min(firstBytes[readSync], budget), storages: firstStorages }
  }

  /** Asked for every new storage. */
  isTooMuch(bytes: number, storages: number): boolean {
    return bytes > this.#limit.bytes || storages > this.#limit.storages
  }

  /**
   * What to spill down to when so much would be too much: half. Where much of the last spill was needed again, what
   * is held is in use, not garbage: then the limit is raised instead, of bytes up to the budget, and the
   * answer is undefined.
   */
  relief(wanted: Load): Load | undefined {
    const { bytes, storages } = this.#limit
    const [spilled, restored] = [this.#spilled, this.#restored]
    this.#restored = none
    const inUse = restored.bytes > spilled.bytes / 4 || restored.storages > spilled.storages / 4
    const canRise = bytes < this.#budget || wanted.bytes <= bytes
    if (spilled.storages > 0 && inUse && canRise) {
      this.#limit = { bytes: Math.min(bytes * 2, this.#budget), storages: storages * 2 }
      this.#spilled = none
      return undefined
    }
    return { bytes: bytes / 2, storages: Math.floor(storages / 2) }
  }

  /** Bytes that may be held from now on, whatever the budget. */
  set limit(bytes: number) {
    this.#limit = { ...this.#limit, bytes }
  }

  /** Told what a spill has moved. */
  spilled(load: Load): void {
    this.#spilled = load
  }

  /** Told what came back. */
  restored(load: Load): void {
    this.#restored = plus(this.#restored, load)
  }
}
