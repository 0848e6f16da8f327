import {
  bfloat16Bits,
  bfloat16Value,
  type DType,
  dtypes,
  float16Bits,
  float16Value,
  newArray,
  type TypedArray,
} from '@sconce/backend'
import { RuntimeError } from '../errors.ts'

/** Bits in the significand of a float dtype (`std::numeric_limits<T>::digits`). */
export const significandBits = { float16: 11, bfloat16: 8, float32: 24, float64: 53 } as const

export type FloatDType = keyof typeof significandBits

export const isFloatDType = (dtype: DType): dtype is FloatDType =>
  Object.hasOwn(significandBits, dtype)

/** @throws RuntimeError in PyTorch's words unless `dtype` is a float one. */
export function requireFloat(dtype: DType, kernel: string): FloatDType {
  if (!isFloatDType(dtype)) throw notImplemented(dtype, kernel)
  return dtype
}

export const notImplemented = (dtype: DType, kernel: string): RuntimeError =>
  new RuntimeError(`"${kernel}" not implemented for '${dtypes[dtype].scalarType}'`)

/** What is written into the array for a number; the array itself rounds to float32 and wraps integers. */
const encoders: Partial<Record<DType, (value: number) => number>> = {
  float16: float16Bits,
  bfloat16: bfloat16Bits,
}

const decoders: Partial<Record<DType, (bits: number) => number>> = {
  float16: float16Value,
  bfloat16: bfloat16Value,
}

const rounders: Record<FloatDType, (value: number) => number> = {
  float16: (value) => float16Value(float16Bits(value)),
  bfloat16: (value) => bfloat16Value(bfloat16Bits(value)),
  float32: Math.fround,
  float64: (value) => value,
}

/** Rounds a number to a float dtype. */
export const rounder = (dtype: FloatDType): ((value: number) => number) => rounders[dtype]

const INT64_MIN = -(1n << 63n)

/** A cast of what no int64 holds gives the least one, as the processor's conversion does. */
const toInt64 = (value: number): bigint =>
  value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : INT64_MIN

/** An array of `count` numbers, each what `draw` returns, in order, cast to `dtype`. */
export function generate(dtype: DType, count: number, draw: (index: number) => number): TypedArray {
  const out = newArray(dtype, count)
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < count; i++) out[i] = toInt64(draw(i))
    return out
  }
  const encode = encoders[dtype]
  if (encode === undefined) for (let i = 0; i < count; i++) out[i] = draw(i)
  else for (let i = 0; i < count; i++) out[i] = encode(draw(i))
  return out
}

/** Reads elements as numbers. */
export function reader(dtype: DType, array: TypedArray): (index: number) => number {
  if (array instanceof BigInt64Array) return (i) => Number(array[i])
  const decode = decoders[dtype]
  return decode === undefined ? (i) => array[i] : (i) => decode(array[i])
}
