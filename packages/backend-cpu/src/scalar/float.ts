import type { BinaryOp, UnaryOp } from '@sconce/backend'
import { erf, erfc } from '../math/erf.ts'
import { digamma, lgamma } from '../math/gamma.ts'

/** Half to even; keeps the sign of zero. */
function round(x: number): number {
  const magic = 2 ** 52
  if (!(Math.abs(x) < magic)) return x
  const rounded = x >= 0 ? x + magic - magic : x - magic + magic
  return rounded === 0 ? x * 0 : rounded
}

/** Python's %: the sign of the divisor. */
function mod(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** C's pow, which differs from JS where the base is ±1. */
function pow(a: number, b: number): number {
  if (b === 2) return a * a
  if (a === 1) return 1
  if (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) return 1
  return a ** b
}

function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/**
 * Float ops in double. Rounding the result to float32 gives the op of float32: + - * / and sqrt are
 * then exactly rounded (double has more than twice the bits), the others nearly always.
 */
export const floatUnary: Readonly<
  Record<Exclude<UnaryOp, 'not' | 'isnan'>, (x: number) => number>
> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  floor: Math.floor,
  ceil: Math.ceil,
  round,
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
  sigmoid,
  erf,
  erfc,
  lgamma,
  digamma,
}

const exact: ReadonlySet<string> = new Set(
  'neg abs sign floor ceil round trunc rem min max'.split(' '),
)

/** Whether an op on float32 has a result in double that is a float32 already. */
export const isExact = (op: string): boolean => exact.has(op)

export type Arithmetic = Exclude<
  BinaryOp,
  'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne' | 'atan2' | 'and' | 'or' | 'xor' | 'shl' | 'shr'
>
export type Comparison = 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'
export type Bitwise = 'and' | 'or' | 'xor' | 'shl' | 'shr'

export const floatBinary: Readonly<Record<Arithmetic | 'atan2', (a: number, b: number) => number>> =
  {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    rem: (a, b) => a % b,
    mod,
    pow,
    atan2: Math.atan2,
    min: (a, b) => Math.min(a, b),
    max: (a, b) => Math.max(a, b),
  }

export const comparisons: Readonly<Record<Comparison, <T>(a: T, b: T) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
}
