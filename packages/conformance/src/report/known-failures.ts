import { matchesGlob } from '../glob.ts'

/** Ids, or globs with `*`, and the reason why those cases fail. */
export type KnownFailures = Readonly<Record<string, string>>

/** Known failures, ready to be asked. */
export interface KnownFailureList {
  /** Why a case is known to fail, or undefined. */
  reasonFor(id: string): string | undefined
  /** The entries that match none of the ids. */
  stale(ids: readonly string[]): string[]
}

/**
 * Makes the look-up of known failures.
 * @throws Error for an entry without a reason
 */
export function knownFailureList(entries: KnownFailures): KnownFailureList {
  const unexplained = Object.keys(entries).find((pattern) => entries[pattern].trim() === '')
  if (unexplained !== undefined) throw new Error(`the known failure ${unexplained} has no reason`)
  const globs = Object.keys(entries).filter((pattern) => pattern.includes('*'))
  const globFor = (id: string) => globs.find((pattern) => matchesGlob(id, pattern))
  return {
    reasonFor(id) {
      // An id may itself hold a star.
      if (Object.hasOwn(entries, id)) return entries[id]
      const glob = globFor(id)
      return glob === undefined ? undefined : entries[glob]
    },
    stale(ids) {
      const known = new Set(ids)
      return Object.keys(entries).filter(
        (pattern) =>
          !known.has(pattern) &&
          !(pattern.includes('*') && ids.some((id) => matchesGlob(id, pattern))),
      )
    },
  }
}
