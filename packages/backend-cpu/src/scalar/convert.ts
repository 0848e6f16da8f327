import { bfloat16Bits, bfloat16Value, type DType, float16Bits, float16Value } from '@sconce/backend'
import { wraps } from './integer.ts'

/**
 * How a value of each dtype is held in JS: a number, except int64 (bigint), bool (boolean) and the
 * half-precision types (their bits, as a number).
 */
export type Scalar = number | bigint | boolean

const low = 0xffffn

/** The float32 nearest to an int64: a double on the way would round twice. */
function longToFloat(x: bigint): number {
  const value = Number(x)
  if (Math.abs(value) <= 2 ** 53) return Math.fround(value)
  // The dropped bits are kept as one sticky bit, below where float32 rounds.
  return Math.fround(Number((x >> 16n) | (x & low ? 1n : 0n))) * 65536
}

/** Truncated and wrapped around modulo 2^64; NaN and infinities give 0. */
function toLong(x: number): bigint {
  if (x === (x | 0)) return BigInt(x)
  return Number.isFinite(x) ? BigInt.asIntN(64, BigInt(Math.trunc(x))) : 0n
}

const words = new Int32Array(2)
const single = new Float32Array(words.buffer)
const double = new Float64Array(words.buffer)
const quad = new BigInt64Array(words.buffer)

/** Conversions that generated code calls by name. */
export const conversions = {
  float16Bits,
  float16Value,
  bfloat16Bits,
  bfloat16Value,
  longToFloat,
  toLong,
  floatBits(x: number): number {
    single[0] = x
    return words[0]
  },
  floatOfBits(x: number): number {
    words[0] = x
    return single[0]
  },
  doubleBits(x: number): bigint {
    double[0] = x
    return quad[0]
  },
  doubleOfBits(x: bigint): number {
    quad[0] = x
    return double[0]
  },
}

/** A JS number (a literal or a run-time scalar) as a value of `dtype`. */
export function scalarOf(value: number, dtype: DType): Scalar {
  switch (dtype) {
    case 'float64':
      return value
    case 'float32':
      return Math.fround(value)
    case 'float16':
      return float16Bits(value)
    case 'bfloat16':
      return bfloat16Bits(value)
    case 'bool':
      return value !== 0
    case 'int64':
      return toLong(value)
    default:
      return wraps[dtype](value)
  }
}
