import type { F64Dev } from '../golden/types.ts'
import type { HostTensor } from './host.ts'
import type { Tolerance, ToleranceContext } from './tolerances.ts'

/** What is known of the call whose result is compared; all of it may be left out. */
export interface CompareOptions {
  /** PyTorch's name of the op: picks the row of the tolerance table. */
  readonly op?: string
  /** Default: `forward`. */
  readonly phase?: ToleranceContext['phase']
  /** Shapes of the tensors that went in. */
  readonly inputs?: readonly (readonly number[])[]
  /** Size of the terms that were added up; default: the largest expected magnitude. */
  readonly magnitude?: number
  /** PyTorch's recorded deviation from float64. */
  readonly f64dev?: F64Dev
  /** Tell 0 from -0. */
  readonly signedZero?: boolean
  /** Positions that are not compared. */
  readonly ignored?: ReadonlySet<number>
  /** Replaces the table. */
  readonly tolerance?: Tolerance | ((expected: HostTensor) => Tolerance)
}

/** The outcome of a comparison; of several tensors, the worst of each figure. */
export interface Comparison {
  readonly ok: boolean
  /** Empty if `ok`. */
  readonly message: string
  /** Worst error in ULP; null where no float was compared. */
  readonly ulp: number | null
  readonly maxAbs: number
  readonly maxRel: number
}

export const same: Comparison = { ok: true, message: '', ulp: null, maxAbs: 0, maxRel: 0 }

/** A comparison that fails before any element was looked at. */
export const different = (message: string): Comparison => ({ ...same, ok: false, message })

/** Puts a path (`out.1: `) before the message. */
export const at = (path: string, comparison: Comparison): Comparison =>
  comparison.ok || path === ''
    ? comparison
    : { ...comparison, message: `${path}: ${comparison.message}` }

/** The worst of several; the message is the first failure and how many others there are. */
export function worst(comparisons: readonly Comparison[]): Comparison {
  const failures = comparisons.filter(({ ok }) => !ok)
  const others = failures.length - 1
  const ulps = comparisons.flatMap(({ ulp }) => (ulp === null ? [] : [ulp]))
  return {
    ok: failures.length === 0,
    message:
      others > 0 ? `${failures[0].message} (and ${others} more)` : (failures[0]?.message ?? ''),
    ulp: ulps.length > 0 ? Math.max(...ulps) : null,
    maxAbs: Math.max(0, ...comparisons.map(({ maxAbs }) => maxAbs)),
    maxRel: Math.max(0, ...comparisons.map(({ maxRel }) => maxRel)),
  }
}
