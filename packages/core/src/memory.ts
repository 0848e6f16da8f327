import { activeDevices } from './device.ts'
import type { Storage } from './storage.ts'

/** What memory management looks at in a tensor. */
export interface Owner {
  readonly storage: Storage
  /** Set once the claim on the storage was given up. */
  released: boolean
}

let tracked: Owner[] | null = null

/** Registers a new tensor with its storage and with the innermost scope. */
export function claim(owner: Owner): void {
  owner.storage.owners++
  if (tracked !== null) tracked.push(owner)
}

/** Puts a tensor that was made untracked under the innermost scope. */
export function adopt(owner: Owner): void {
  if (tracked !== null) tracked.push(owner)
}

/** Gives up a claim; the storage is freed with the last one. Safe to call twice. */
export function release(owner: Owner): void {
  if (owner.released) return
  owner.released = true
  if (--owner.storage.owners === 0) owner.storage.free()
}

const holds = (value: unknown, owner: Owner): boolean =>
  value === owner ||
  (Array.isArray(value) && value.some((v) => holds(v, owner))) ||
  (value !== null &&
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).some((v) => holds(v, owner)))

/**
 * Runs `body` and frees at once every tensor that was created in it, except those in its result
 * (also inside arrays and plain objects) and what an autograd graph still needs. Never necessary:
 * memory is reclaimed without it; it only makes it happen earlier. Safe under exceptions. Of an
 * asynchronous body the part up to its first `await` is covered.
 */
export function scope<T>(body: () => T): T {
  const outer = tracked
  const own: Owner[] = []
  tracked = own
  let result: T | undefined
  try {
    result = body()
    return result
  } finally {
    tracked = outer
    const settle = (value: unknown): void => {
      for (const owner of own) {
        if (holds(value, owner)) outer?.push(owner)
        else release(owner)
      }
    }
    if (result instanceof Promise) result.then(settle, () => settle(undefined))
    else settle(result)
  }
}

/** Runs `body` with no scope tracking: what it makes is kept. */
export function untracked<T>(body: () => T): T {
  const outer = tracked
  tracked = null
  try {
    return body()
  } finally {
    tracked = outer
  }
}

/**
 * Bytes and storages that live on each device that has been used. A device whose buffers are ordinary
 * JS objects (cpu) counts none: the JS engine alone knows which are still reachable.
 */
export function memory(): Record<string, { bytes: number; storages: number }> {
  return Object.fromEntries(
    activeDevices().map((d) => [d.name, { bytes: d.bytes, storages: d.residents.size }]),
  )
}
