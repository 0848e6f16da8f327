import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { bernoulli } from './bernoulli.ts'
import { generate, isFloatDType, reader, requireFloat, rounder } from './elements.ts'
import { fma64 } from './fma.ts'
import type { Generator } from './generator.ts'
import { streamed } from './text.ts'

/**
 * What dropout multiplies its input with: zeros, of probability `p`, and 1 / (1 - p). Nothing is
 * drawn where the outcome is certain, for p = 0 and p = 1.
 * @param dtype the input's, a float one.
 * @param count the elements of the input, in row-major order whatever its strides; for feature
 * dropout only those of its first two dimensions.
 * @throws RuntimeError in PyTorch's words unless p is in [0, 1].
 */
export function dropoutNoise(
  generator: Generator,
  dtype: DType,
  count: number,
  p: number,
): TypedArray {
  check(
    p >= 0 && p <= 1,
    () => `dropout probability has to be between 0 and 1, but got ${streamed(p)}`,
  )
  if (p === 0) return generate(dtype, count, () => 1)
  if (p === 1) return generate(dtype, count, () => 0)
  const keep = 1 - p
  const mask = reader(dtype, bernoulli(generator, dtype, count, keep))
  const kept = 1 / (isFloatDType(dtype) ? rounder(dtype)(keep) : keep)
  return generate(dtype, count, (i) => mask(i) * kept)
}

/**
 * What `rrelu` in training multiplies its input with: for x <= 0 a slope from [lower, upper), for
 * others 1. Only the former take draws.
 * @param input elements of `dtype`.
 * @throws RuntimeError in PyTorch's words if lower > upper.
 */
export function rreluNoise(
  generator: Generator,
  dtype: DType,
  input: TypedArray,
  lower = 1 / 8,
  upper = 1 / 3,
): TypedArray {
  check(lower <= upper, () => 'Lower bound should be less than or equal to the upper bound')
  const round = rounder(requireFloat(dtype, 'rrelu_with_noise_out_cpu'))
  const base = round(lower)
  const range = round(upper) - base
  const read = reader(dtype, input)
  return generate(dtype, input.length, (i) =>
    read(i) <= 0 ? fma64(generator.uniform53(), range, base) : 1,
  )
}
