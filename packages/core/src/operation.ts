import type { CompiledPointwise } from './pointwise/compile.ts'
import type { PointwiseRule } from './pointwise/rule.ts'
import type { ParsedSchema } from './schema/parse.ts'

/** Arguments in schema order to result; what every kind of op comes down to. */
export type Run = (...args: never[]) => unknown

/** An implementation that has an in-place form of its own, which changes its first argument. */
export interface InplaceRun {
  readonly run: Run
  readonly inplace: (...args: never[]) => void
}

/** One row of the op table, ready to be called. */
export interface Operation {
  /** Full name of the overload: `max.dim`. */
  readonly name: string
  readonly schema: ParsedSchema
  /** The implementation. Where no derivative is known for the op, autograd records what it calls. */
  run(...args: unknown[]): unknown
  /** Writes the result into the first argument, after all checks; no version bump, no autograd. */
  inplace(...args: unknown[]): void
  /** For pointwise ops the expression from which the kernel, and the derivative, is made. */
  readonly pointwise?: PointwiseRule
  /** For pointwise ops: the compiled form for these arguments. */
  compiled?(args: readonly unknown[]): CompiledPointwise
}
