import type { Report } from './report.ts'
import type { Result, Status } from './result.ts'

/** A case whose status is another than in the baseline. */
export interface StatusChange {
  readonly id: string
  readonly before: Status
  readonly after: Status
  readonly message: string
}

/** A case whose error is larger or smaller than in the baseline. */
export interface UlpChange {
  readonly id: string
  readonly before: number
  readonly after: number
}

/** What a run changed against an earlier one. */
export interface ReportDiff {
  /** Passed before, does not now. */
  readonly regressed: readonly StatusChange[]
  /** Passes now, did not before. */
  readonly fixed: readonly StatusChange[]
  /** Other changes of status. */
  readonly changed: readonly StatusChange[]
  /** Pass both times, with an error in ULP more than twice what it was. */
  readonly lessExact: readonly UlpChange[]
  /** Ids that only one of the two has. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Compares a report with a baseline, case by case. */
export function diffReports(baseline: Report, current: Report): ReportDiff {
  const before = new Map(baseline.results.map((result) => [result.id, result]))
  const ids = new Set(current.results.map(({ id }) => id))
  const changes: StatusChange[] = []
  const lessExact: UlpChange[] = []
  for (const { id, status, message, ulp } of current.results) {
    const earlier = before.get(id)
    if (!earlier) continue
    if (earlier.status !== status)
      changes.push({ id, before: earlier.status, after: status, message })
    else if (status === 'pass' && (ulp ?? 0) > 2 * (earlier.ulp ?? 0) + 1)
      lessExact.push({ id, before: earlier.ulp ?? 0, after: ulp ?? 0 })
  }
  return {
    regressed: changes.filter((change) => change.before === 'pass'),
    fixed: changes.filter((change) => change.after === 'pass'),
    changed: changes.filter((change) => change.before !== 'pass' && change.after !== 'pass'),
    lessExact,
    added: missing(current.results, new Set(before.keys())),
    removed: missing(baseline.results, ids),
  }
}

const missing = (results: readonly Result[], ids: ReadonlySet<string>): string[] =>
  results.flatMap(({ id }) => (ids.has(id) ? [] : [id]))

/** One line: `2 regressed, 1 fixed, 0 less exact, 3 added, 0 removed`. */
export const diffText = ({ regressed, fixed, changed, lessExact, added, removed }: ReportDiff) =>
  `${regressed.length} regressed, ${fixed.length} fixed, ${changed.length} changed otherwise, ` +
  `${lessExact.length} less exact, ${added.length} added, ${removed.length} removed`
