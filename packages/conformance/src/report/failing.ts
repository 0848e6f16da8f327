import { groupBy } from './group.ts'
import { isFailing, type Result } from './result.ts'

/** The failures of an op. */
export interface FailingOp {
  readonly op: string
  readonly failed: number
  /** Cases of the op that were run or blocked. */
  readonly cases: number
  readonly first: Result
}

/** Ops with failures, those with the most first. */
export function failingOps(results: readonly Result[]): FailingOp[] {
  const byOp = groupBy(results, ({ op }) => op)
  return [...byOp]
    .flatMap(([op, members]) => {
      const failed = members.filter(({ status }) => isFailing(status))
      const claimed = members.filter(({ status }) => status !== 'unclaimed')
      return failed.length > 0
        ? [{ op, failed: failed.length, cases: claimed.length, first: failed[0] }]
        : []
    })
    .sort((a, b) => b.failed - a.failed || (a.op < b.op ? -1 : 1))
}

/** A line per op: how many of its cases failed, and what the first one said. */
export const failingOpsText = (results: readonly Result[]): string[] =>
  failingOps(results).map(
    ({ op, failed, cases, first }) =>
      `${op}: ${failed} of ${cases} failed; ${first.status} ${first.id}: ${first.message}`,
  )
