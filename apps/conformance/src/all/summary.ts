import { failures, type Level, type Report } from '@sconce/conformance'
import type { Place, Skipped } from './targets.ts'

/** A report, and where it was made. */
export interface Run {
  readonly name: string
  readonly place: Place
  readonly report: Report
}

/** A run in one line. */
export interface SummaryRow {
  readonly backend: string
  readonly where: Place
  readonly level: Level | null
  readonly passed: number
  readonly failed: number
  readonly blocked: number
  readonly knownFailures: number
  readonly unclaimed: number
  readonly native: readonly string[]
}

/** What the README's table is made of; `summary.json` holds it. */
export interface Summary {
  /** Version of the PyTorch whose results were compared with. */
  readonly torch: string | undefined
  readonly rows: readonly SummaryRow[]
  readonly skipped: readonly Skipped[]
}

export const summaryOf = (runs: readonly Run[], skipped: readonly Skipped[]): Summary => ({
  torch: runs[0]?.report.versions.torch,
  rows: runs.map(({ name, place, report: { totals, level, claims } }) => ({
    backend: name,
    where: place,
    level,
    passed: totals.pass,
    failed: failures(totals),
    blocked: totals.blocked,
    knownFailures: totals.knownFailure,
    unclaimed: totals.unclaimed,
    native: claims?.native ?? [],
  })),
  skipped,
})

/**
 * A summary with what a further run of some backends found: their rows take the place of the earlier ones,
 * in the order of `told`, what all runs would tell about.
 */
export function merged(
  before: Summary,
  now: Summary,
  told: readonly Pick<Skipped, 'name' | 'place'>[],
): Summary {
  const at = (name: string, place: Place): number =>
    told.findIndex((one) => one.name === name && one.place === place)
  const fresh = new Set(now.rows.map((row) => at(row.backend, row.where)))
  const rows = [...before.rows.filter((row) => !fresh.has(at(row.backend, row.where))), ...now.rows]
  const known = rows.filter((row) => at(row.backend, row.where) >= 0)
  known.sort((a, b) => at(a.backend, a.where) - at(b.backend, b.where))
  return { torch: now.torch ?? before.torch, rows: known, skipped: now.skipped }
}

const count = (value: number): string => value.toLocaleString('en')

const head = [
  'backend',
  'where',
  'level',
  'passed',
  'failed',
  'blocked',
  'known failures',
  'unclaimed',
  'native kernels',
]

const required = 3

/** `3 + matmul, conv`: the three that every backend has, and what there is beside them. */
const nativeText = (native: readonly string[]): string =>
  [`${required}`, ...(native.length > required ? [native.slice(required).join(', ')] : [])].join(
    ' + ',
  )

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** The summary as a Markdown table. */
export function summaryTable({ torch, rows, skipped }: Summary): string {
  const numbers = ({ passed, failed, blocked, knownFailures, unclaimed }: SummaryRow) =>
    [passed, failed, blocked, knownFailures, unclaimed].map(count)
  return [
    line(head),
    line(head.map((_, i) => (i >= 2 && i <= 7 ? '--:' : '---'))),
    ...rows.map((row) =>
      line([
        row.backend,
        row.where,
        row.level === null ? 'none' : `${row.level}`,
        ...numbers(row),
        nativeText(row.native),
      ]),
    ),
    '',
    `Compared with ${torch === undefined ? 'recorded results' : `results recorded from PyTorch ${torch}`}. ` +
      'Made by `npm run conformance -- --all --readme`.',
    ...skipped.map(
      ({ name, place, reason }) => `${name} is not run in ${place}: ${reason.split('\n')[0]}.`,
    ),
  ].join('\n')
}
