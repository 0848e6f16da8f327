import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { log, sinCos } from './elementary.ts'
import { generate, reader, requireFloat, rounder } from './elements.ts'
import { fma64 } from './fma.ts'
import type { Generator } from './generator.ts'
import { BLOCK, normalBlocks } from './normal-blocks.ts'
import { streamed } from './text.ts'

const TWO_PI = 2 * Math.PI

/**
 * A double of the standard normal distribution, by Box-Muller; the second of each pair is kept in
 * the generator (`normal_distribution<double>`).
 */
export function normalDouble(generator: Generator): number {
  const cached = generator.nextDoubleNormalSample
  if (cached !== undefined) {
    generator.nextDoubleNormalSample = undefined
    return cached
  }
  const [sin, cos] = sinCos(TWO_PI * generator.uniform53())
  const radius = Math.sqrt(-2 * log(1 - generator.uniform53()))
  generator.nextDoubleNormalSample = radius * sin
  return radius * cos
}

function checkStd(std: number): void {
  check(std >= 0, () => `normal expects std >= 0.0, but found std ${streamed(std)}`)
}

/**
 * `count` normal numbers: `Tensor.normal_` on a contiguous tensor, and by default `torch.randn`.
 * Fewer than 16 numbers are drawn one by one in double precision, 16 or more in blocks of 16 in the
 * precision of the dtype.
 * @param dtype a float dtype. float32 blocks agree with PyTorch's AVX2 kernel to the last bit.
 * @throws RuntimeError in PyTorch's words on an integer dtype or a negative `std`.
 */
export function normal(
  generator: Generator,
  dtype: DType,
  count: number,
  mean = 0,
  std = 1,
): TypedArray {
  if (count < BLOCK) return normalStrided(generator, dtype, count, mean, std)
  checkStd(std)
  const float = requireFloat(dtype, 'normal_kernel_cpu')
  const round = rounder(float)
  return normalBlocks(generator, float, count, round(mean), round(std))
}

/**
 * `count` normal numbers, one by one whatever the count: `Tensor.normal_` on a tensor that isn't
 * contiguous, in the order of its memory.
 * @throws RuntimeError as {@link normal}.
 */
export function normalStrided(
  generator: Generator,
  dtype: DType,
  count: number,
  mean = 0,
  std = 1,
): TypedArray {
  checkStd(std)
  requireFloat(dtype, 'normal_kernel_cpu')
  return generate(dtype, count, () => fma64(normalDouble(generator), std, mean))
}

/**
 * `count` normal numbers of which each has its own mean, deviation or both: `torch.normal` of
 * tensors that have been broadcast. Standard numbers are drawn as by {@link normal}, then scaled and
 * moved, each step rounded to the dtype.
 * @param mean a number, or `count` elements of `dtype`.
 * @param std a number, or `count` elements of `dtype`.
 * @throws RuntimeError in PyTorch's words on an integer dtype or a negative deviation.
 */
export function normalOf(
  generator: Generator,
  dtype: DType,
  count: number,
  mean: number | TypedArray,
  std: number | TypedArray,
): TypedArray {
  if (typeof std === 'number') {
    if (typeof mean === 'number') return normal(generator, dtype, count, mean, std)
    const sample = reader(dtype, normal(generator, dtype, count, 0, std))
    const center = reader(dtype, mean)
    return generate(dtype, count, (i) => sample(i) + center(i))
  }
  const scale = reader(dtype, std)
  for (let i = 0; i < count; i++) {
    check(scale(i) >= 0, () => 'normal expects all elements of std >= 0.0')
  }
  const round = rounder(requireFloat(dtype, 'normal_kernel_cpu'))
  const fixed = typeof mean === 'number' ? round(mean) : 0
  const center = typeof mean === 'number' ? () => fixed : reader(dtype, mean)
  const sample = reader(dtype, normal(generator, dtype, count))
  return generate(dtype, count, (i) => round(sample(i) * scale(i)) + center(i))
}
