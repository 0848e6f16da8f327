import { type AsyncSlot, asyncSlot } from './async-scope.ts'
import { isOwner, ownersIn } from './owners-in.ts'
import type { Storage } from './storage.ts'

/** What memory management looks at in a tensor. */
export interface Owner {
  readonly storage: Storage
  /** Set once the claim on the storage was given up. */
  released: boolean
}

/** What the innermost scope has to free. */
let tracked: Owner[] | null = null

/** Asynchronous scopes that have not ended; while there are none nobody need look for them. */
let pending = 0
let isUntracked = false
let current: AsyncSlot<Owner[]> | undefined

const list = (): Owner[] | null => {
  if (tracked !== null || pending === 0 || isUntracked) return tracked
  return current?.get() ?? null
}

/** Registers a new tensor with its storage and with the innermost scope. */
export function claim(owner: Owner): void {
  owner.storage.owners++
  if (tracked !== null) tracked.push(owner)
  else if (pending > 0) list()?.push(owner)
}

/** Puts a tensor that was made untracked under the innermost scope. */
export function adopt(owner: Owner): void {
  list()?.push(owner)
}

/** Gives up a claim; the storage is freed with the last one. Safe to call twice. */
export function release(owner: Owner): void {
  if (owner.released) return
  owner.released = true
  if (--owner.storage.owners === 0) owner.storage.free()
}

/** Frees what a scope made, but for what its result holds: that goes to the scope around. */
function settle(own: readonly Owner[], result: unknown, outer: Owner[] | null): void {
  // Most results are one tensor: those are not worth a set.
  const kept = isOwner(result) ? { has: (owner: Owner) => owner === result } : ownersIn(result)
  for (const owner of own) {
    if (kept.has(owner)) outer?.push(owner)
    else release(owner)
  }
}

function runTracked<T>(own: Owner[], body: () => T): T {
  const before = tracked
  tracked = own
  try {
    return body()
  } finally {
    tracked = before
  }
}

/** Runs a part of an asynchronous scope's body: what it makes belongs to the scope. */
export type Within = <T>(part: () => T) => T

const isAsync = (body: object): boolean => Reflect.get(body, Symbol.toStringTag) === 'AsyncFunction'

/** Runs the body so that what it does later is known as its own, where the environment can tell. */
function started<T>(own: Owner[], body: () => T): T {
  current ??= asyncSlot()
  pending++
  return current ? current.run(own, () => runTracked(own, body)) : runTracked(own, body)
}

/**
 * Runs `body` and frees at once every tensor that was created in it, except those that its result holds
 * (also inside arrays, maps, sets and objects) and what an autograd graph still needs. Never necessary:
 * memory is reclaimed without it; it only makes it happen earlier. Safe under exceptions.
 *
 * An `async` body is covered as a whole where the environment follows asynchronous code: Node, Deno, Bun,
 * and wherever there is `AsyncContext`. Elsewhere, as in browsers today, the part up to its first `await`
 * is, and what is run by the function that the body is given; the rest is reclaimed as if it were in no
 * scope.
 *
 *     const loss = await scope(async (within) => {
 *       const batch = await load()
 *       return within(() => net.call(tensor(batch)).mean())
 *     })
 */
export function scope<T>(body: (within: Within) => T): T {
  const own: Owner[] = []
  const outer = list()
  const within: Within = (part) => runTracked(own, part)
  const whole = (): T => body(within)
  const follows = isAsync(body)
  let result: T | undefined
  try {
    result = follows ? started(own, whole) : runTracked(own, whole)
    return result
  } finally {
    const end = (value: unknown): void => {
      if (follows) pending--
      settle(own, value, outer)
    }
    if (result instanceof Promise) result.then(end, () => end(undefined))
    else end(result)
  }
}

/** As `scope`, for bodies that neither wait nor return anything but tensors and arrays of them. */
export function temporaries<T>(body: () => T): T {
  const own: Owner[] = []
  let result: T | undefined
  try {
    result = runTracked(own, body)
    return result
  } finally {
    settle(own, result, list())
  }
}

/** Runs `body` with no scope tracking: what it makes is kept. */
export function untracked<T>(body: () => T): T {
  const [before, wasUntracked] = [tracked, isUntracked]
  tracked = null
  isUntracked = true
  try {
    return body()
  } finally {
    tracked = before
    isUntracked = wasUntracked
  }
}
