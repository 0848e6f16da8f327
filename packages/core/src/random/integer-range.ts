import { bfloat16Bits, bfloat16Value, type DType, float16Bits, float16Value } from '@sconce/backend'
import { check } from '../errors.ts'
import { integerRange, largestFloat, typeNames } from './dtype-limits.ts'
import { type FloatDType, isFloatDType, significandBits } from './elements.ts'
import { int64ToFloat32 } from './words.ts'

/** Conversions to float dtypes; those of half precision go by way of float32. */
const casts: Record<FloatDType, (value: bigint) => number> = {
  float64: Number,
  float32: toFloat32,
  float16: (value) => float16Value(float16Bits(toFloat32(value))),
  bfloat16: (value) => bfloat16Value(bfloat16Bits(toFloat32(value))),
}

function toFloat32(value: bigint): number {
  return int64ToFloat32(Number(value >> 32n), Number(BigInt.asIntN(32, value)))
}

/** The integer nearest to `value` that the float dtype holds, unless no int64 holds that. */
function cast(dtype: FloatDType, value: bigint): bigint | undefined {
  const number = casts[dtype](value)
  return number >= -(2 ** 63) && number < 2 ** 63 ? BigInt(number) : undefined
}

const magnitudeBits = (value: bigint): number =>
  (value < 0n ? -value : value).toString(2).length - 1

/** The distance of neighbouring numbers of the dtype near `value`. */
const spacing = (dtype: FloatDType, value: bigint): bigint => {
  const exponent = magnitudeBits(value) - significandBits[dtype] + 1
  return exponent > 0 ? 1n << BigInt(exponent) : 1n
}

/** Moves the lower bound up if rounding to the dtype would fall below it. */
function narrowFrom(dtype: FloatDType, from: bigint): bigint {
  const next = cast(dtype, from + 1n)
  return next !== undefined && next < from ? next + spacing(dtype, from + 1n) : from
}

/** Moves the upper bound down if rounding to the dtype would reach it. */
function narrowTo(dtype: FloatDType, to: bigint): bigint {
  const last = cast(dtype, to - 1n)
  return last !== undefined && last >= to ? last - spacing(dtype, to - 1n) : to
}

function requireInRange(dtype: DType, from: bigint, last: bigint): void {
  const integers = integerRange[dtype]
  const inside = (value: bigint): boolean =>
    isFloatDType(dtype)
      ? Math.abs(Number(value)) <= largestFloat[dtype]
      : integers !== undefined && value >= integers[0] && value <= integers[1]
  for (const [name, value] of Object.entries({ from, 'to - 1': last })) {
    check(inside(value), () => `${name} is out of bounds for ${typeNames[dtype]}`)
  }
}

/** The numbers `base + [0, range)`. */
export interface IntegerRange {
  range: bigint
  base: bigint
}

function boundedRange(dtype: DType, from: bigint, to: bigint): IntegerRange {
  check(
    from < to,
    () => `random_ expects 'from' to be less than 'to', but got from=${from} >= to=${to}`,
  )
  const base = isFloatDType(dtype) ? narrowFrom(dtype, from) : from
  const end = isFloatDType(dtype) ? narrowTo(dtype, to) : to
  check(
    base < end,
    () =>
      `random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=${base} >= to=${end}`,
  )
  requireInRange(dtype, base, end - 1n)
  return { range: end - base, base }
}

function openRange(dtype: DType, from: bigint): IntegerRange {
  const float = isFloatDType(dtype)
  // PyTorch's narrowing takes what rounds to infinity out of the range of the dtype.
  if (float && cast(dtype, from + 1n) === undefined) requireInRange(dtype, from, 0n)
  const base = float ? narrowFrom(dtype, from) : from
  const last = float ? 1n << BigInt(significandBits[dtype]) : (integerRange[dtype]?.[1] ?? 0n)
  check(
    !float || base < last,
    () =>
      `random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from=${base} > to_inc=${last}`,
  )
  requireInRange(dtype, base, last)
  return { range: last - base + 1n, base }
}

/**
 * The numbers that `random_(from, to)` draws for a dtype.
 * @param to null stands for the largest value that the dtype holds exactly, included.
 * @throws RuntimeError in PyTorch's words.
 */
export function randomRange(dtype: DType, from: bigint, to: bigint | null): IntegerRange {
  for (const bound of [from, to ?? 0n]) {
    check(bound === BigInt.asIntN(64, bound), () => 'Overflow when unpacking long')
  }
  return to === null ? openRange(dtype, from) : boundedRange(dtype, from, to)
}
