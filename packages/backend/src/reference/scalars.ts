import { type DType, dtypes } from '../dtype.ts'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from '../half.ts'
import type { BinaryOp, ScalarOp, UnaryOp } from '../scalar-ops.ts'
import { digamma, erf, erfc, lgamma, roundHalfEven } from './math.ts'

/** Floats are numbers, integers of all widths are bigints, truth values are booleans. */
export type Value = number | bigint | boolean

type Floats = Record<string, (a: number, b: number) => number>
type Integers = Record<string, (a: bigint, b: bigint, bits: bigint) => bigint>

const floats = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  erfc,
  lgamma,
  digamma,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  mod: (a, b) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b),
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === 1 / 0) ? 1 : a ** b),
  atan2: Math.atan2,
  min: (a, b) => (a !== a || b !== b ? Number.NaN : Math.min(a, b)),
  max: (a, b) => (a !== a || b !== b ? Number.NaN : Math.max(a, b)),
} satisfies Floats

const integers = {
  neg: (x) => -x,
  abs: (x) => (x < 0n ? -x : x),
  sign: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  not: (x) => ~x,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  rem: (a, b) => (b === 0n ? 0n : a % b),
  mod: (a, b) => (b === 0n ? 0n : ((a % b) + b) % b),
  pow: (a, b) => (b >= 0n ? a ** b : a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n),
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, bits) => (b < 0n || b >= bits ? 0n : a << b),
  shr: (a, b, bits) => (b < 0n || b >= bits ? (a < 0n ? -1n : 0n) : a >> b),
} satisfies Integers

const truths: Record<string, (a: boolean, b: boolean) => boolean> = {
  not: (a) => !a,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  xor: (a, b) => a !== b,
  min: (a, b) => a && b,
  max: (a, b) => a || b,
}

const comparisons: Record<string, (a: Value, b: Value) => boolean> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  isnan: (a) => a !== a,
}

const bits = (dtype: DType): number => dtypes[dtype].size * 8

/** A result rounded, or wrapped around, to its dtype. */
export function settle(x: Value, dtype: DType): Value {
  if (typeof x === 'bigint') {
    return dtype === 'uint8' ? BigInt.asUintN(8, x) : BigInt.asIntN(bits(dtype), x)
  }
  if (typeof x === 'boolean' || dtype === 'float64') return x
  if (dtype === 'float16') return float16Value(float16Bits(x))
  if (dtype === 'bfloat16') return bfloat16Value(bfloat16Bits(x))
  return Math.fround(x)
}

/** A unary or binary op on values of `dtype`, as a function of one or two of them. */
export function operation(op: UnaryOp | BinaryOp, dtype: DType): (a: Value, b: Value) => Value {
  if (Object.hasOwn(comparisons, op)) return comparisons[op]
  if (!Object.hasOwn(floats, op) && !Object.hasOwn(integers, op))
    throw new Error(`the reference lacks ${op}`)
  switch (dtypes[dtype].kind) {
    case 'bool': {
      const truth = truths[op]
      return (a, b) => truth(Boolean(a), Boolean(b))
    }
    case 'int': {
      const integer = (integers as Integers)[op]
      const width = BigInt(bits(dtype))
      return (a, b) => settle(integer(BigInt(a), BigInt(b ?? 0), width), dtype)
    }
    default: {
      const float = (floats as Floats)[op]
      return (a, b) => settle(float(Number(a), Number(b)), dtype)
    }
  }
}

/** Applies a unary or binary op to values of `dtype`. */
export const apply = (op: UnaryOp | BinaryOp, [a, b]: readonly Value[], dtype: DType): Value =>
  operation(op, dtype)(a, b)

/** A value of one dtype as one of another. */
export function convert(x: Value, to: DType): Value {
  switch (dtypes[to].kind) {
    case 'bool':
      return typeof x === 'bigint' ? x !== 0n : x !== 0 && x !== false
    case 'int':
      if (typeof x !== 'number') return settle(BigInt(x), to)
      return Number.isFinite(x) ? settle(BigInt(Math.trunc(x)), to) : 0n
    default:
      return typeof x === 'bigint' && to !== 'float64'
        ? settle(nearest(x), to)
        : settle(Number(x), to)
  }
}

/** An int64 as a double that rounds to the same float32: what a double lacks is kept as a sticky bit. */
function nearest(x: bigint): number {
  if (x === BigInt(Number(x))) return Number(x)
  const sticky = x % 1024n === 0n ? 0n : 1n
  return Number((x >> 10n) | sticky) * 1024
}

/** What the stored element `raw` stands for. */
export function decode(raw: number | bigint, dtype: DType): Value {
  if (dtype === 'float16') return float16Value(Number(raw))
  if (dtype === 'bfloat16') return bfloat16Value(Number(raw))
  const { kind } = dtypes[dtype]
  return kind === 'bool' ? Boolean(raw) : kind === 'int' ? BigInt(raw) : Number(raw)
}

/** The element that stands for `x`. */
export function encode(x: Value, dtype: DType): number | bigint {
  if (dtype === 'float16') return float16Bits(Number(x))
  if (dtype === 'bfloat16') return bfloat16Bits(Number(x))
  return dtype === 'int64' ? BigInt(x) : Number(x)
}

export const isOperation = (op: ScalarOp): op is UnaryOp | BinaryOp =>
  op in floats || op in integers || op in comparisons
