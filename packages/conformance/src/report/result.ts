import type { DType } from '@sconce/backend'

/**
 * What became of a case. `unclaimed`: it needs a dtype or a feature that the backend does not claim.
 * `blocked`: something that it stands on is broken. `unexpectedPass`: a known failure that passed.
 */
export const statuses = [
  'pass',
  'fail',
  'error',
  'timeout',
  'unexpectedPass',
  'blocked',
  'knownFailure',
  'unclaimed',
] as const

export type Status = (typeof statuses)[number]

/** Statuses that fail the run. A blocked case does not: what blocks it does, or is a known failure. */
export const failingStatuses: readonly Status[] = ['fail', 'error', 'timeout', 'unexpectedPass']

/** Whether a status fails the run. */
export const isFailing = (status: Status): boolean => failingStatuses.includes(status)

/** Storage and layout, required kernels, ops forward, gradients, training, robustness. */
export const levels = [0, 1, 2, 3, 4, 5] as const
export type Level = (typeof levels)[number]

export const levelNames: Readonly<Record<Level, string>> = {
  0: 'storage and layout',
  1: 'required kernels',
  2: 'every op forward',
  3: 'every gradient',
  4: 'training',
  5: 'robustness',
}

/** What became of a case. */
export interface Result {
  readonly id: string
  /** PyTorch's name of the op, or the theme of a program. */
  readonly op: string
  readonly level: Level
  readonly status: Status
  /** The dtype that the case is about. */
  readonly dtype?: DType
  /** Worst error in ULP; null where no float was compared. */
  readonly ulp: number | null
  /** What went wrong, and for a known failure its reason; empty for a pass. */
  readonly message: string
  readonly milliseconds: number
  /** Whether the op ran on kernels of the backend's own, or on lowered ones. */
  readonly kernels?: 'native' | 'lowered'
}

export type Totals = Readonly<Record<Status, number>>

/** Counts by status. */
export function totalsOf(results: Iterable<Result>): Totals {
  const totals = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>
  for (const { status } of results) totals[status]++
  return totals
}

/** How many results fail the run. */
export const failures = (totals: Totals): number =>
  failingStatuses.reduce((sum, status) => sum + totals[status], 0)

/**
 * The level reached: the highest at which something passed with nothing failing or blocked there or
 * below. Known failures and what is not claimed are counted but do not hold a level back. Null if none.
 */
export function levelOf(results: readonly Result[]): Level | null {
  let reached: Level | null = null
  for (const level of levels) {
    const here = results.filter((result) => result.level === level)
    if (here.some(({ status }) => isFailing(status) || status === 'blocked')) break
    if (here.some(({ status }) => status === 'pass')) reached = level
  }
  return reached
}
