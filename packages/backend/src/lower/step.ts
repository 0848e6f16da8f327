import type { DType } from '../dtype.ts'
import type { Kernel } from '../kernel.ts'
import type { Operand } from '../layout.ts'

/** A call of a kernel. */
export interface Call {
  readonly inputs: readonly Operand[]
  readonly outputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
}

/** One kernel call of a lowering. */
export interface Step extends Call {
  readonly kernel: Kernel
}

/** Makes a contiguous temporary that lives until the lowering is done. */
export type Temporary = (dtype: DType, shape: readonly number[]) => Operand

export const step = (
  kernel: Kernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number> = [],
): Step => ({ kernel, inputs, outputs, scalars })

/** The operand with another shape and strides on the same buffer. */
export const view = (
  operand: Operand,
  shape: readonly number[],
  strides: readonly number[],
  offset = operand.offset,
): Operand => ({ buffer: operand.buffer, dtype: operand.dtype, shape, strides, offset })
