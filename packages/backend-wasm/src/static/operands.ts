import { type DType, dtypes, input, isContiguous, kernels, type Operand } from '@sconce/backend'
import type { Host } from './host.ts'

/** Bytes per element. */
export const sizeOf = (dtype: DType): number => dtypes[dtype].size

/** Suffix of the exports for a dtype. */
export const suffix = { float32: 'f32', float64: 'f64' } as const
export type FloatName = keyof typeof suffix

/** The floating-point type that a dtype is computed in. */
export const floatOf = (dtype: DType): FloatName => (dtype === 'float64' ? 'float64' : 'float32')

/** The same buffer seen with another shape and strides. */
export const view = (
  operand: Operand,
  shape: readonly number[],
  strides: readonly number[],
  offset = operand.offset,
): Operand => ({ buffer: operand.buffer, dtype: operand.dtype, shape, strides, offset })

/** Whether both name the same memory: by contract they are the same view, or don't overlap. */
export const aliases = (a: Operand, b: Operand): boolean =>
  a.buffer === b.buffer && a.offset === b.offset

export const isDense = (operand: Operand): boolean => isContiguous(operand.shape, operand.strides)

/** Runs `value`, an expression of input(0), over one operand into another. */
export function convert(host: Host, from: Operand, to: Operand): void {
  host.map(kernels.map([input(0, from.dtype).cast(to.dtype)]), [from], [to], [])
}

/** The operand as `dtype`: itself if it is that already, else a converted temporary. */
export function as(host: Host, operand: Operand, dtype: DType): Operand {
  if (operand.dtype === dtype) return operand
  const copy = host.temporary(dtype, operand.shape)
  convert(host, operand, copy)
  return copy
}
