import { constant, dtypes, type Expr, isFloat } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import { finfo } from '../limits.ts'
import { float, type PointwiseRules, promote } from '../pointwise/rule.ts'
import type { Schemas } from '../schema/types.ts'
import { definePointwise } from '../table.ts'
import type { Tensor } from '../tensor.ts'

const unarySchema = <N extends string>(name: N) => `${name}(Tensor self) -> Tensor!` as const
const test = <N extends string>(name: N) => `${name}(Tensor self) -> Tensor` as const

/** Pointwise ops about the representation of numbers, and choices between them. */
export const numberSchemas = {
  isfinite: test('isfinite'),
  isinf: test('isinf'),
  isposinf: test('isposinf'),
  isneginf: test('isneginf'),
  isreal: test('isreal'),
  signbit: test('signbit'),
  sgn: unarySchema('sgn'),
  angle: test('angle'),
  deg2rad: unarySchema('deg2rad'),
  rad2deg: unarySchema('rad2deg'),
  /** Rounds half to even, at `decimals` digits behind the point; `torch.round`. */
  round: 'round(Tensor self, *, int decimals=0) -> Tensor!',
  nanToNum:
    'nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor!',
  copysign: 'copysign(Tensor self, Tensor|Scalar other) -> Tensor!',
  nextafter: 'nextafter(Tensor self, Tensor other) -> Tensor!',
  heaviside: 'heaviside(Tensor self, Tensor values) -> Tensor!',
  hypot: 'hypot(Tensor self, Tensor other) -> Tensor!',
  fmax: 'fmax(Tensor self, Tensor other) -> Tensor',
  fmin: 'fmin(Tensor self, Tensor other) -> Tensor',
  logaddexp: 'logaddexp(Tensor self, Tensor other) -> Tensor',
  logaddexp2: 'logaddexp2(Tensor self, Tensor other) -> Tensor',
  logit: 'logit(Tensor self, float? eps=None) -> Tensor!',
  sinc: unarySchema('sinc'),
  xlogy: [
    'xlogy(Tensor self, Tensor|Scalar other) -> Tensor!',
    'xlogy.self_scalar(Scalar self, Tensor other) -> Tensor',
  ],
  bitwiseLeftShift: 'bitwise_left_shift(Tensor self, Tensor|Scalar other) -> Tensor!',
  bitwiseRightShift: 'bitwise_right_shift(Tensor self, Tensor|Scalar other) -> Tensor!',
  /** `value` where the mask holds; `Tensor.masked_fill`. */
  maskedFill: 'masked_fill(Tensor self, Tensor mask, Tensor|Scalar value) -> Tensor!',
} as const satisfies Schemas

/** Elements of `self` or `other` by a condition; `torch.where`. */
export const whereSchemas = {
  where: [
    'where.self(Tensor condition, Tensor|Scalar self, Tensor|Scalar other) -> Tensor',
    'where.method(Tensor self, Tensor condition, Tensor|Scalar other) -> Tensor',
  ],
} as const satisfies Schemas

const no = constant(false, 'bool')
const yes = constant(true, 'bool')
const infinite = (x: Expr): Expr => x.abs().eq(Number.POSITIVE_INFINITY)

/** The sign bit, also that of -0 and NaN. */
const negative = (x: Expr): Expr =>
  x.dtype === 'bool' ? no : isFloat(x.dtype) ? x.bitcast().lt(0) : x.lt(0)

function nextafter(a: Expr, b: Expr): Expr {
  const bits = a.bitcast()
  // Of a positive number the next larger has the next larger bits, of a negative one the next smaller.
  const away = a.lt(b).xor(a.lt(0))
  const step = away.where(bits.add(1), bits.sub(1)).bitcast()
  const least = constant(1, bits.dtype).bitcast()
  const fromZero = b.lt(0).where(least.neg(), least)
  const moved = a.eq(0).where(fromZero, step)
  return a.isnan().or(b.isnan()).where(a.add(b), a.eq(b).where(b, moved))
}

const power10 = (digits: number): number => 10 ** Math.abs(digits)

/** log(base^a + base^b) without overflow. */
const logAddExp =
  (log1p: (x: Expr) => Expr, exp: (x: Expr) => Expr) =>
  (a: Expr, b: Expr): Expr => {
    const same = infinite(a).and(a.eq(b))
    return same.where(a, a.max(b).add(log1p(exp(a.sub(b).abs().neg()))))
  }

const mask = (x: Expr, name: string): Expr => {
  check(
    x.dtype === 'bool' || x.dtype === 'uint8',
    () => `${name} only supports boolean masks, but got mask with dtype ${x.dtype}`,
  )
  return x.cast('bool')
}

const condition = (c: Expr): Expr => {
  if (c.dtype !== 'bool' && c.dtype !== 'uint8') {
    throw new RuntimeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${dtypes[c.dtype].scalarType}`,
    )
  }
  return c.cast('bool')
}

const xlogy = (x: Expr, y: Expr): Expr => y.isnan().where(y, x.eq(0).where(0, x.mul(y.log())))

const numberRules: PointwiseRules<typeof numberSchemas> = {
  isfinite: promote((x) => (isFloat(x.dtype) ? x.abs().lt(Number.POSITIVE_INFINITY) : yes)),
  isinf: promote((x) => (isFloat(x.dtype) ? infinite(x) : no)),
  isposinf: promote((x) => (isFloat(x.dtype) ? x.eq(Number.POSITIVE_INFINITY) : no)),
  isneginf: promote((x) => (isFloat(x.dtype) ? x.eq(Number.NEGATIVE_INFINITY) : no)),
  isreal: promote(() => yes),
  signbit: promote(negative),
  sgn: promote((x) => (x.dtype === 'bool' ? x : x.sign())),
  angle: float((x) => x.isnan().where(x, x.lt(0).where(constant(Math.PI, x.dtype), 0))),
  deg2rad: float((x) => x.mul(Math.PI / 180)),
  rad2deg: float((x) => x.mul(180 / Math.PI)),
  round: promote(
    (x, decimals) => {
      if (!isFloat(x.dtype)) return x
      if (decimals === 0) return x.round()
      const by = power10(decimals)
      return decimals > 0 ? x.mul(by).round().div(by) : x.div(by).round().mul(by)
    },
    {
      check: ([x, decimals]) => {
        const { dtype } = x as Tensor
        check(
          isFloat(dtype) || decimals === 0,
          () => `"round_cpu" not implemented for '${dtypes[dtype].scalarType}'`,
        )
      },
    },
  ),
  nan_to_num: promote((x, nan, posinf, neginf) => {
    if (!isFloat(x.dtype)) return x
    const { max, min } = finfo(x.dtype)
    const high = x.eq(Number.POSITIVE_INFINITY).where(posinf ?? constant(max, x.dtype), x)
    const low = x.eq(Number.NEGATIVE_INFINITY).where(neginf ?? constant(min, x.dtype), high)
    return x.isnan().where(nan ?? constant(0, x.dtype), low)
  }),
  copysign: float((a, b) => negative(b).where(a.abs().neg(), a.abs())),
  nextafter: promote(nextafter, { on: ['float'] }),
  heaviside: promote(
    (x, values) =>
      x.dtype === 'bool' ? x.or(values) : x.eq(0).where(values, x.gt(0).cast(x.dtype)),
    {
      check: ([x, values]) =>
        check(
          (x as Tensor).dtype === (values as Tensor).dtype,
          () => 'heaviside is not yet implemented for tensors with different dtypes.',
        ),
    },
  ),
  hypot: promote(
    (a, b) => {
      const [p, q] = [a.abs(), b.abs()]
      const large = p.max(q)
      const ratio = p.min(q).div(large)
      const root = large.mul(ratio.mul(ratio).add(1).sqrt())
      const edge = large.eq(0).or(infinite(large))
      return infinite(a)
        .or(infinite(b))
        .where(constant(Number.POSITIVE_INFINITY, a.dtype), edge.where(large, root))
    },
    { on: ['float'] },
  ),
  fmax: promote((a, b) =>
    isFloat(a.dtype) ? a.isnan().where(b, b.isnan().where(a, a.max(b))) : a.max(b),
  ),
  fmin: promote((a, b) =>
    isFloat(a.dtype) ? a.isnan().where(b, b.isnan().where(a, a.min(b))) : a.min(b),
  ),
  logaddexp: promote(
    logAddExp(
      (x) => x.log1p(),
      (x) => x.exp(),
    ),
    { on: ['float'] },
  ),
  logaddexp2: promote(
    logAddExp(
      (x) => x.log1p().mul(Math.LOG2E),
      (x) => x.exp2(),
    ),
    { on: ['float'] },
  ),
  logit: float((x, eps) => {
    const one = constant(1, x.dtype)
    const z = eps ? x.lt(eps).where(eps, x.gt(one.sub(eps)).where(one.sub(eps), x)) : x
    return z.div(one.sub(z)).log()
  }),
  sinc: float((x) => {
    const y = x.mul(Math.PI)
    return x.eq(0).where(constant(1, x.dtype), y.sin().div(y))
  }),
  xlogy: float(xlogy),
  'xlogy.self_scalar': float(xlogy),
  bitwise_left_shift: promote((a, b) => a.shl(b), { on: ['int'], kernel: 'lshift_cpu' }),
  bitwise_right_shift: promote((a, b) => a.shr(b), { on: ['int'], kernel: 'rshift_cpu' }),
  masked_fill: promote((x, m, value) => mask(m, 'masked_fill').where(value, x), {
    apart: ['mask'],
    like: 'self',
    check: ([, , value]) => {
      if (typeof value !== 'object' || value === null || !('shape' in value)) return
      const { length } = value.shape as readonly number[]
      check(
        length === 0,
        () =>
          `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${length} dimension(s).`,
      )
    },
  }),
}

definePointwise(numberSchemas, numberRules)

const whereRules: PointwiseRules<typeof whereSchemas> = {
  'where.self': promote((c, a, b) => condition(c).where(a, b), { apart: ['condition'] }),
  'where.method': promote((a, c, b) => condition(c).where(a, b), { apart: ['condition'] }),
}

definePointwise(whereSchemas, whereRules)
