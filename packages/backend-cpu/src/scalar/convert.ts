import {
  bfloat16Bits,
  bfloat16Value,
  type DType,
  float16Bits,
  float16Value,
  type TypedArray,
} from '@sconce/backend'

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

const identity = (x: Scalar): Scalar => x

/** Any dtype's value as a JS number; int64 loses bits beyond 53. */
function toNumber(from: DType): (x: Scalar) => number {
  switch (from) {
    case 'float16':
      return (x) => float16Value(x as number)
    case 'bfloat16':
      return (x) => bfloat16Value(x as number)
    default:
      return Number
  }
}

/** Conversion between two dtypes as a function. */
export function converter(from: DType, to: DType): (x: Scalar) => Scalar {
  if (from === to) return identity
  const number = toNumber(from)
  const float = from === 'int64' ? (x: Scalar) => longToFloat(x as bigint) : number
  switch (to) {
    case 'float64':
      return number
    case 'float32':
      return (x) => Math.fround(float(x))
    case 'float16':
      return (x) => float16Bits(float(x))
    case 'bfloat16':
      return (x) => bfloat16Bits(float(x))
    case 'bool':
      return from === 'int64' ? (x) => x !== 0n : (x) => number(x) !== 0
    case 'int64':
      return (x) => toLong(number(x))
    default: {
      const wrap = integerWrap(to)
      if (from === 'int64') return (x) => wrap(Number(BigInt.asIntN(32, x as bigint)))
      return (x) => wrap(number(x))
    }
  }
}

function integerWrap(dtype: DType): (x: number) => number {
  switch (dtype) {
    case 'int16':
      return (x) => (x << 16) >> 16
    case 'int8':
      return (x) => (x << 24) >> 24
    case 'uint8':
      return (x) => x & 255
    default:
      return (x) => x | 0
  }
}

const fromNumber = new Map<DType, (x: Scalar) => Scalar>()

/** A JS number (a literal or a run-time scalar) as a value of `dtype`. */
export function scalarOf(value: number, dtype: DType): Scalar {
  let convert = fromNumber.get(dtype)
  if (!convert) {
    convert = converter('float64', dtype)
    fromNumber.set(dtype, convert)
  }
  return convert(value)
}

/** What an element of a JS array of `dtype` stands for. */
export const stored = (data: TypedArray, i: number, dtype: DType): Scalar =>
  dtype === 'bool' ? data[i] !== 0 : data[i]
