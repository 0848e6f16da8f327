import { type BinaryOp, constant, type Expr, type UnaryOp } from '@sconce/backend'
import { floorDiv, specialExpressions } from '@sconce/core'

/** Gradient of the argument: from that of the result `g`, the argument and the result. */
type UnaryDerivative = (g: Expr, x: Expr, y: Expr) => Expr
type BinaryDerivative = (g: Expr, a: Expr, b: Expr, y: Expr) => Expr

const number = (like: Expr, value: number): Expr => constant(value, like.dtype)
const one = (like: Expr): Expr => number(like, 1)
const squared = (x: Expr): Expr => x.mul(x)
const zero: UnaryDerivative = (g) => number(g, 0)

const twoOverRootPi = 2 / Math.sqrt(Math.PI)
const gaussian = (x: Expr): Expr => squared(x).neg().exp()

/**
 * Derivatives of the unary scalar ops, in the form and order of PyTorch's `derivatives.yaml`; null for
 * ops on integers and truth values.
 */
export const unaryDerivatives: Readonly<Record<UnaryOp, UnaryDerivative | null>> = {
  neg: (g) => g.neg(),
  abs: (g, x) => g.mul(x.sign()),
  sign: zero,
  floor: zero,
  ceil: zero,
  round: zero,
  trunc: zero,
  sqrt: (g, _, y) => g.div(y.mul(2)),
  rsqrt: (g, _, y) => g.mul(-0.5).mul(y.mul(y).mul(y)),
  exp: (g, _, y) => g.mul(y),
  exp2: (g, _, y) => g.mul(y).mul(Math.LN2),
  expm1: (g, _, y) => g.mul(y.add(1)),
  log: (g, x) => g.div(x),
  log2: (g, x) => g.div(x.mul(Math.LN2)),
  log10: (g, x) => g.div(x.mul(Math.LN10)),
  log1p: (g, x) => g.div(x.add(1)),
  sin: (g, x) => g.mul(x.cos()),
  cos: (g, x) => g.mul(x.sin().neg()),
  tan: (g, _, y) => g.mul(squared(y).add(1)),
  asin: (g, x) => g.mul(squared(x).neg().add(1).rsqrt()),
  acos: (g, x) => g.mul(squared(x).neg().add(1).rsqrt().neg()),
  atan: (g, x) => g.div(squared(x).add(1)),
  sinh: (g, x) => g.mul(x.cosh()),
  cosh: (g, x) => g.mul(x.sinh()),
  tanh: (g, _, y) => g.mul(one(y).sub(squared(y))),
  asinh: (g, x) => g.mul(squared(x).add(1).rsqrt()),
  acosh: (g, x) => g.mul(squared(x).sub(1).rsqrt()),
  atanh: (g, x) => g.div(one(x).sub(squared(x))),
  sigmoid: (g, _, y) => g.mul(one(y).sub(y).mul(y)),
  erf: (g, x) => g.mul(gaussian(x).mul(twoOverRootPi)),
  erfc: (g, x) => g.mul(gaussian(x).mul(-twoOverRootPi)),
  lgamma: (g, x) => g.mul(x.digamma()),
  digamma: (g, x) => g.mul(specialExpressions.trigamma(x)),
  not: null,
  isnan: null,
}

/** Ops whose derivative is wanted in terms of the result, as PyTorch saves it. */
export const savesResult: ReadonlySet<string> = new Set<UnaryOp | BinaryOp>([
  'exp',
  'exp2',
  'expm1',
  'sqrt',
  'rsqrt',
  'tan',
  'tanh',
  'sigmoid',
  'pow',
])

/** The larger side gets the gradient; of equal ones each gets half. NaN counts as larger. */
const choice =
  (loses: (mine: Expr, other: Expr) => Expr) =>
  (g: Expr, mine: Expr, other: Expr): Expr =>
    mine.eq(other).where(g.mul(0.5), loses(mine, other).where(0, g))
const larger = choice((mine, other) => mine.lt(other))
const smaller = choice((mine, other) => mine.gt(other))

/** Derivatives of the binary scalar ops by each side. */
export const binaryDerivatives: Readonly<
  Record<BinaryOp, readonly [BinaryDerivative, BinaryDerivative] | null>
> = {
  add: [(g) => g, (g) => g],
  sub: [(g) => g, (g) => g.neg()],
  mul: [(g, _, b) => g.mul(b), (g, a) => g.mul(a)],
  div: [(g, _, b) => g.div(b), (g, _, b, y) => g.neg().mul(y.div(b))],
  rem: [(g) => g, (g, a, b) => g.neg().mul(a.div(b).trunc())],
  mod: [(g) => g, (g, a, b) => g.neg().mul(floorDiv(a, b))],
  pow: [
    (g, a, b) => b.eq(0).where(0, g.mul(b.mul(a.pow(b.sub(1))))),
    (g, a, b, y) =>
      a
        .eq(0)
        .and(b.ge(0))
        .where(0, g.mul(y.mul(a.log()))),
  ],
  atan2: [
    (g, a, b) => g.mul(b).mul(one(a).div(squared(a).add(squared(b)))),
    (g, a, b) => g.mul(a.neg()).mul(one(a).div(squared(a).add(squared(b)))),
  ],
  max: [larger, (g, a, b) => larger(g, b, a)],
  min: [smaller, (g, a, b) => smaller(g, b, a)],
  and: null,
  or: null,
  xor: null,
  shl: null,
  shr: null,
  lt: null,
  le: null,
  gt: null,
  ge: null,
  eq: null,
  ne: null,
}
