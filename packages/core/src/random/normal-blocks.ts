import type { TypedArray } from '@sconce/backend'
import { log, sinCos } from './elementary.ts'
import { type FloatDType, generate, rounder, significandBits } from './elements.ts'
import { fma32, fma64 } from './fma.ts'
import type { Generator } from './generator.ts'
import { boxMuller16 as boxMuller16Float32 } from './normal-float32.ts'
import { fillUnitFloat32, fillUnitFloat64 } from './uniform.ts'

/** Numbers per block of the vectorised kernel; shorter tensors are filled one by one. */
export const BLOCK = 16
const TWO_PI = 2 * Math.PI

function boxMuller16Float64(data: Float64Array, start: number, mean: number, std: number): void {
  for (let i = start; i < start + 8; i++) {
    const radius = Math.sqrt(-2 * log(1 - data[i]))
    const [sin, cos] = sinCos(TWO_PI * data[i + 8])
    data[i] = fma64(radius * cos, std, mean)
    data[i + 8] = fma64(radius * sin, std, mean)
  }
}

/** Half precision goes through float32, and is rounded where PyTorch's types make it so. */
function boxMuller16Half(
  dtype: 'float16' | 'bfloat16',
  data: Float32Array,
  start: number,
  mean: number,
  std: number,
): void {
  const round = rounder(dtype)
  // std::log(Half) is a float, std::log(BFloat16) a BFloat16; likewise the products that follow.
  const inner = dtype === 'float16' ? Math.fround : round
  const affine =
    dtype === 'float16'
      ? (n: number) => round(fma32(n, std, mean))
      : (n: number) => round(round(n * std) + mean)
  for (let i = start; i < start + 8; i++) {
    const radius = round(Math.fround(Math.sqrt(inner(-2 * inner(log(1 - data[i]))))))
    const [sin, cos] = sinCos(round(TWO_PI * data[i + 8]))
    data[i] = affine(inner(radius * inner(cos)))
    data[i + 8] = affine(inner(radius * inner(sin)))
  }
}

/** Blocks of 16; what is left over at the end is covered by a last block of new draws. */
function fillBlocks<A extends Float32Array | Float64Array>(
  out: A,
  fillUnit: (out: A) => void,
  transform: (out: A, start: number) => void,
): A {
  fillUnit(out)
  for (let i = 0; i + BLOCK <= out.length; i += BLOCK) transform(out, i)
  if (out.length % BLOCK !== 0) {
    const start = out.length - BLOCK
    fillUnit(out.subarray(start) as A)
    transform(out, start)
  }
  return out
}

/**
 * At least 16 normal numbers, in blocks of 16 (`normal_fill`).
 * @param mean rounded to the dtype, as is `std`.
 */
export function normalBlocks(
  generator: Generator,
  dtype: FloatDType,
  count: number,
  mean: number,
  std: number,
): TypedArray {
  if (dtype === 'float32') {
    return fillBlocks(
      new Float32Array(count),
      (unit) => fillUnitFloat32(generator, unit),
      (data, start) => boxMuller16Float32(data, start, mean, std),
    )
  }
  if (dtype === 'float64') {
    return fillBlocks(
      new Float64Array(count),
      (unit) => fillUnitFloat64(generator, unit),
      (data, start) => boxMuller16Float64(data, start, mean, std),
    )
  }
  const mask = 2 ** significandBits[dtype] - 1
  const step = 1 / (mask + 1)
  const numbers = fillBlocks(
    new Float32Array(count),
    (unit) => {
      for (let i = 0; i < unit.length; i++) unit[i] = (generator.random() & mask) * step
    },
    (data, start) => boxMuller16Half(dtype, data, start, mean, std),
  )
  return generate(dtype, count, (i) => numbers[i])
}
