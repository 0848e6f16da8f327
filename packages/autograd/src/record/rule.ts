import type { Operation, Tensor } from '@sconce/core'

/** How an op is recorded; what `ruleOf` finds for it. */
export interface Rule {
  /** Runs the op, whose arguments include a tensor that needs a gradient, and records it. */
  run(args: readonly unknown[]): unknown
  /** Runs the in-place form, records it and counts the version. The checks have been made. */
  runInplace(args: readonly unknown[]): void
  /** Whether what the op does inside is hidden, so that its result is no view of a temporary. */
  readonly primitive: boolean
}

/** Makes the rule of an op. */
export type RuleMaker = (operation: Operation) => Rule

export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'storage' in value
