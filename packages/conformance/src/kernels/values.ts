import { type DType, dtypes, isFloat } from '@sconce/backend'
import type { Value } from '@sconce/backend/reference'
import { randomNumbers } from './harness.ts'

/** Largest and smallest of the floats: the largest finite, the least normal, the least of all. */
const limits: Partial<Record<DType, { max: number; normal: number; least: number }>> = {
  float32: { max: 3.4028234663852886e38, normal: 2 ** -126, least: 2 ** -149 },
  float64: { max: Number.MAX_VALUE, normal: 2 ** -1022, least: Number.MIN_VALUE },
  float16: { max: 65504, normal: 2 ** -14, least: 2 ** -24 },
  bfloat16: { max: 3.3895313892515355e38, normal: 2 ** -126, least: 2 ** -133 },
}

/** What a device claims of the floats that are not ordinary. */
export interface FloatClaims {
  readonly subnormals?: boolean
  readonly specials?: boolean
}

/** Extreme values of a dtype, as far as the device claims to have them. */
export function extremes(dtype: DType, { subnormals, specials }: FloatClaims = {}): Value[] {
  const { kind, size } = dtypes[dtype]
  if (kind === 'bool') return [false, true]
  if (kind === 'int') {
    const bits = BigInt(size * 8)
    const [low, high] =
      dtype === 'uint8' ? [0n, 255n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
    return [low, low + 1n, high, high - 1n, 0n, 1n]
  }
  const { max, normal, least } = limits[dtype] ?? { max: 1, normal: 1, least: 1 }
  const found = [0, -0, 1, -1, max, -max, normal, -normal]
  if (subnormals !== false) found.push(least, -least, normal - least)
  if (specials !== false) found.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  return found
}

/** Ordinary values of a dtype over several magnitudes. */
export function ordinary(dtype: DType, count: number, seed = 1): Value[] {
  const next = randomNumbers(seed)
  if (dtypes[dtype].kind === 'bool') return Array.from({ length: count }, () => next() < 0.5)
  if (!isFloat(dtype)) {
    const span = dtype === 'uint8' ? 256 : dtypes[dtype].size === 1 ? 256 : 2000
    const low = dtype === 'uint8' ? 0 : span / 2
    return Array.from({ length: count }, () => BigInt(Math.floor(next() * span) - low))
  }
  return Array.from({ length: count }, () => {
    const magnitude = 10 ** (next() * 3 - 1.5)
    return Math.fround((next() < 0.5 ? -1 : 1) * magnitude)
  })
}
