import type { DType } from '@sconce/backend'
import type { Level, Result } from './report/result.ts'

/** What running a case found. A case that throws is an error (`status: 'error'`), with the error's text. */
export interface Outcome {
  readonly status: 'pass' | 'fail' | 'unclaimed'
  /** Worst error in ULP; left out or null where no float was compared. */
  readonly ulp?: number | null
  /** Why not; for a pass left out. */
  readonly message?: string
  readonly kernels?: Result['kernels']
}

/** What was seen of a case while it ran. */
export interface Observation {
  /** Names of what it used; where one of them is broken, the case is blocked rather than failed. */
  readonly used: Iterable<string>
  readonly kernels?: Result['kernels']
}

/** The outcome of a case that passed, with its worst error. */
export const pass = (ulp: number | null = null): Outcome => ({ status: 'pass', ulp })

/**
 * One thing to check. `Env` is what cases of a suite are run with: the backend under test and the
 * library on top of it.
 */
export interface Case<Env> {
  /** Unique in a suite, and stable: known failures and baselines name it. */
  readonly id: string
  /** PyTorch's name of the op, or the theme of a program. */
  readonly op: string
  readonly level: Level
  /** Every dtype that occurs; a backend that lacks one does not claim the case. */
  readonly dtypes: readonly DType[]
  /** The one that the case is about, for the report's column. Default: the only one of `dtypes`. */
  readonly dtype?: DType
  /** Names of what this case proves: `storage/float32`, `kernel/reduce`, `op/add`. */
  readonly proves?: readonly string[]
  /** Names of what must not be broken for the case to say anything: else it is blocked. */
  readonly needs?: readonly string[]
  /** Instead of the run's limit. */
  readonly timeoutMilliseconds?: number
  /** What the backend was asked for since the case began. */
  observe?(env: Env): Observation
  /** Runs the case. `signal` is aborted at the time limit. */
  run(env: Env, signal: AbortSignal): Outcome | Promise<Outcome>
}

/** Cases, and what they are run with. */
export interface Suite<Env> {
  /** Name of the backend, for reports. */
  readonly backend: string
  readonly env: Env
  readonly cases: readonly Case<Env>[]
  /** Whether the backend claims a dtype. */
  claims(dtype: DType): boolean
}
