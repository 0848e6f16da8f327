/**
 * A JS number that is a float in type promotion even where it is integral: PyTorch's `1.0`. Plain
 * numbers count as integers when they are integral, so `intTensor.add(1)` stays an integer tensor.
 */
export class FloatScalar {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  valueOf(): number {
    return this.value
  }
}

/** `asFloat(2)` is PyTorch's `2.0`. */
export const asFloat = (value: number): FloatScalar => new FloatScalar(value)

/** What stands for a PyTorch Scalar. */
export type Scalar = number | bigint | boolean | FloatScalar

export type ScalarKind = 'bool' | 'int' | 'float'

/** The promotion category of a scalar. */
export function scalarKind(value: Scalar): ScalarKind {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'bigint' ? 'int' : 'float'
}

/** Whether a value counts as a scalar argument of an op. */
export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  value instanceof FloatScalar
