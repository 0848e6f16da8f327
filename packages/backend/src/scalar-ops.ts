import type { DTypeKind } from './dtype.ts'

/**
 * The scalar operations of the kernel language. `on` are the kinds of dtype an op takes; all its
 * arguments have one dtype. `to: 'bool'` gives a truth value, otherwise the dtype is kept.
 *
 * Rules that hold for all: float results are IEEE 754 (NaN in, NaN out unless said otherwise; -0 and
 * infinities as in C99 Annex F); integer results wrap around modulo 2^bits; float16 and bfloat16 are
 * storage types, never the dtype of an arithmetic node. `+ - * / sqrt` and the roundings are exactly
 * rounded; the other float ops are within the ULP that the backend states in `info.numerics`.
 */
export interface ScalarOpInfo {
  readonly on: readonly DTypeKind[]
  readonly to?: 'bool'
  /** Integer and special-value semantics that a name doesn't tell. */
  readonly note?: string
}

const float: readonly DTypeKind[] = ['float']
const number: readonly DTypeKind[] = ['float', 'int']
const bits: readonly DTypeKind[] = ['int', 'bool']
const every: readonly DTypeKind[] = ['float', 'int', 'bool']

export const unaryOps = {
  neg: { on: number },
  abs: { on: number, note: 'the most negative integer stays as it is' },
  sign: { on: number, note: 'sign(±0) = 0; sign(NaN) = 0, as PyTorch' },
  floor: { on: float },
  ceil: { on: float },
  round: { on: float, note: 'half to even' },
  trunc: { on: float },
  sqrt: { on: float },
  rsqrt: { on: float },
  exp: { on: float },
  exp2: { on: float },
  expm1: { on: float },
  log: { on: float },
  log2: { on: float },
  log10: { on: float },
  log1p: { on: float },
  sin: { on: float },
  cos: { on: float },
  tan: { on: float },
  asin: { on: float },
  acos: { on: float },
  atan: { on: float },
  sinh: { on: float },
  cosh: { on: float },
  tanh: { on: float },
  asinh: { on: float },
  acosh: { on: float },
  atanh: { on: float },
  sigmoid: { on: float, note: '1 / (1 + exp(-x)), without overflow on either side' },
  erf: { on: float },
  erfc: { on: float },
  lgamma: { on: float, note: 'log |Γ(x)|; +inf at the poles' },
  digamma: { on: float, note: 'digamma(±0) = ∓inf; NaN at the negative integers, as PyTorch' },
  not: { on: bits, note: 'bitwise on integers, logical on bool' },
  isnan: { on: float, to: 'bool' },
} as const satisfies Record<string, ScalarOpInfo>

export const binaryOps = {
  add: { on: number },
  sub: { on: number },
  mul: { on: number },
  div: { on: number, note: 'integers: truncated towards zero; by zero gives 0' },
  rem: { on: number, note: "C's fmod: the sign of the dividend; integers by zero give 0" },
  mod: { on: number, note: "Python's %: the sign of the divisor; integers by zero give 0" },
  pow: { on: number, note: 'integers: negative exponents give 0, or ±1 for a base of ±1' },
  atan2: { on: float },
  min: { on: every, note: 'NaN if either is NaN' },
  max: { on: every, note: 'NaN if either is NaN' },
  and: { on: bits },
  or: { on: bits },
  xor: { on: bits },
  shl: { on: ['int'], note: 'shifts of at least the width give 0' },
  shr: { on: ['int'], note: 'arithmetic; shifts of at least the width give the sign' },
  lt: { on: every, to: 'bool' },
  le: { on: every, to: 'bool' },
  gt: { on: every, to: 'bool' },
  ge: { on: every, to: 'bool' },
  eq: { on: every, to: 'bool', note: 'NaN equals nothing' },
  ne: { on: every, to: 'bool' },
} as const satisfies Record<string, ScalarOpInfo>

export type UnaryOp = keyof typeof unaryOps
export type BinaryOp = keyof typeof binaryOps

/**
 * Leaves and forms with rules of their own:
 * - `input(i)`: the element of operand `i` at the current index; dtype is the operand's storage dtype.
 * - `scalar(i)`: the i-th run-time scalar, converted to its dtype.
 * - `const(v)`: a literal.
 * - `index(d)`: int32 position along dim `d` of the iteration shape. A kernel with `index` (or `load`)
 *   is handed its layouts uncoalesced.
 * - `acc(k)`: the k-th accumulator, in the epilogue of a reduce, scan, matmul or conv kernel.
 * - `load(i; c0, c1, …)`: the element of operand `i` at int32 coordinates over *its own* shape;
 *   zero if any coordinate is outside.
 * - `where(c, a, b)`: `a` where the bool `c` holds, else `b`.
 * - `cast(x)`: float → integer truncates, then wraps modulo 2^bits (NaN and ±Inf: unspecified);
 *   to bool: `x != 0`, NaN is true; between floats: nearest even.
 * - `bitcast(x)`: float32 ↔ int32 and float64 ↔ int64, same bits.
 */
export type FormOp =
  | 'input'
  | 'scalar'
  | 'const'
  | 'index'
  | 'acc'
  | 'load'
  | 'where'
  | 'cast'
  | 'bitcast'

export type ScalarOp = UnaryOp | BinaryOp | FormOp

/** Whether it names a scalar op of one argument. */
export const isUnary = (op: string): op is UnaryOp => Object.hasOwn(unaryOps, op)
/** Whether it names a scalar op of two arguments. */
export const isBinary = (op: string): op is BinaryOp => Object.hasOwn(binaryOps, op)
