import { groupBy } from './group.ts'
import type { Report } from './report.ts'
import {
  levelNames,
  levels,
  type Result,
  type Status,
  statuses,
  type Totals,
  totalsOf,
} from './result.ts'

/** A column: a backend and a dtype, or the cases of a backend that are about no dtype. */
export interface MatrixColumn {
  readonly backend: string
  readonly dtype: string
}

/** What became of an op on a dtype. */
export interface MatrixCell {
  readonly totals: Totals
  readonly cases: number
  /** The most serious status in the cell. */
  readonly status: Status
  readonly worstUlp: number | null
  /** `mixed` where some cases ran on kernels of the backend's own and others on lowered ones. */
  readonly kernels?: 'native' | 'lowered' | 'mixed'
}

/** What became of an op, dtype by dtype. */
export interface MatrixRow {
  readonly op: string
  /** One per column; undefined where there is no case. */
  readonly cells: readonly (MatrixCell | undefined)[]
}

/** Ops by dtypes, of one or more reports. */
export interface Matrix {
  readonly columns: readonly MatrixColumn[]
  readonly rows: readonly MatrixRow[]
}

/** Column of cases that are about no dtype. */
const NO_DTYPE = '–'

/** From the most serious to the least; a pass shows unless there is something worse. */
const seriousness: readonly Status[] = [
  'error',
  'timeout',
  'fail',
  'unexpectedPass',
  'blocked',
  'knownFailure',
  'pass',
  'unclaimed',
]

function cellOf(results: readonly Result[]): MatrixCell {
  const totals = totalsOf(results)
  const ulps = results.flatMap(({ ulp }) => (ulp === null ? [] : [ulp]))
  const kernels = [...new Set(results.flatMap(({ kernels }) => kernels ?? []))]
  return {
    totals,
    cases: results.length,
    status: seriousness.find((status) => totals[status] > 0) ?? 'pass',
    worstUlp: ulps.length > 0 ? Math.max(...ulps) : null,
    kernels: kernels.length > 1 ? 'mixed' : kernels[0],
  }
}

/** The results of several backends as op × (backend, dtype). */
export function matrixOf(reports: readonly Report[]): Matrix {
  const keyed = reports.flatMap(({ backend, results }) =>
    results.map((result) => ({ result, column: `${backend} ${result.dtype ?? NO_DTYPE}` })),
  )
  const columns = reports.flatMap(({ backend, results }) =>
    [...new Set(results.map(({ dtype }) => dtype ?? NO_DTYPE))]
      .sort()
      .map((dtype) => ({ backend, dtype })),
  )
  const byOp = groupBy(keyed, ({ result }) => result.op)
  const rows = [...byOp.keys()].sort().map((op) => {
    const byColumn = groupBy(byOp.get(op) ?? [], ({ column }) => column)
    const cells = columns.map(({ backend, dtype }) => {
      const members = byColumn.get(`${backend} ${dtype}`)
      return members && cellOf(members.map(({ result }) => result))
    })
    return { op, cells }
  })
  return { columns, rows }
}

/** `3/4 · 12 ULP`: how many of the claimed cases passed, and how exactly. */
export function cellText({ totals, cases, worstUlp }: MatrixCell): string {
  const claimed = cases - totals.unclaimed
  if (claimed === 0) return 'unclaimed'
  return `${totals.pass}/${claimed}${worstUlp === null ? '' : ` · ${ulpText(worstUlp)} ULP`}`
}

/** Counts up to 9999 in full, others as powers. */
export const ulpText = (ulp: number): string => (ulp < 1e4 ? `${ulp}` : ulp.toExponential(1))

/** Names and counts of each level that has cases. */
export const levelRows = ({ results }: Report): { name: string; totals: Totals }[] =>
  levels.flatMap((level) => {
    const members = results.filter((result) => result.level === level)
    return members.length > 0
      ? [{ name: `${level} ${levelNames[level]}`, totals: totalsOf(members) }]
      : []
  })

/** Statuses that occur in some totals, in their usual order. */
export const occurring = (totals: readonly Totals[]): Status[] =>
  statuses.filter((status) => totals.some((row) => row[status] > 0))
