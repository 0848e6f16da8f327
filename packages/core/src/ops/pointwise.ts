import { constant, type Expr, isFloat } from '@sconce/backend'
import { RuntimeError } from '../errors.ts'
import { float, type PointwiseRules, promote } from '../pointwise/rule.ts'
import { defaultInt } from '../promotion.ts'
import type { Schemas } from '../schema/types.ts'
import { definePointwise } from '../table.ts'
import {
  checkAlpha,
  checkDivisor,
  checkExponent,
  checkLerp,
  checkQuotient,
  checkRounding,
  checkSubtraction,
} from './pointwise-checks.ts'

const unarySchema = <N extends string>(name: N) => `${name}(Tensor self) -> Tensor!` as const
const binarySchema = <N extends string>(name: N) =>
  `${name}(Tensor self, Tensor|Scalar other) -> Tensor!` as const

export const pointwiseSchemas = {
  // arithmetic
  /** `self + alpha · other`; `torch.add`. */
  add: 'add(Tensor self, Tensor|Scalar other, *, Scalar? alpha=None) -> Tensor!',
  /** `self - alpha · other`; `torch.sub`. */
  sub: 'sub(Tensor self, Tensor|Scalar other, *, Scalar? alpha=None) -> Tensor!',
  /** `torch.mul`. */
  mul: binarySchema('mul'),
  /** True division, or rounded with `roundingMode: 'trunc' | 'floor'`; `torch.div`. */
  div: 'div(Tensor self, Tensor|Scalar other, *, str? rounding_mode=None) -> Tensor!',
  /** `other - alpha · self`; `torch.rsub`. */
  rsub: 'rsub(Tensor self, Tensor|Scalar other, *, Scalar? alpha=None) -> Tensor',
  /** `torch.neg`. */
  neg: unarySchema('neg'),
  /** `torch.abs`. */
  abs: unarySchema('abs'),
  /** `torch.sign`. */
  sign: unarySchema('sign'),
  /** `torch.square`. */
  square: unarySchema('square'),
  /** `torch.reciprocal`. */
  reciprocal: unarySchema('reciprocal'),
  /** `self + value · tensor1 · tensor2`; `torch.addcmul`. */
  addcmul: 'addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor!',
  /** `self + value · tensor1 / tensor2`; `torch.addcdiv`. */
  addcdiv: 'addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor!',
  /** `torch.lerp`. */
  lerp: 'lerp(Tensor self, Tensor end, Tensor|Scalar weight) -> Tensor!',
  /** `torch.pow`. */
  pow: 'pow(Tensor self, Tensor|Scalar exponent) -> Tensor!',

  // exponentials, roots, trigonometry
  exp: unarySchema('exp'),
  exp2: unarySchema('exp2'),
  expm1: unarySchema('expm1'),
  log: unarySchema('log'),
  log2: unarySchema('log2'),
  log10: unarySchema('log10'),
  log1p: unarySchema('log1p'),
  sqrt: unarySchema('sqrt'),
  rsqrt: unarySchema('rsqrt'),
  sin: unarySchema('sin'),
  cos: unarySchema('cos'),
  tan: unarySchema('tan'),
  asin: unarySchema('asin'),
  acos: unarySchema('acos'),
  atan: unarySchema('atan'),
  sinh: unarySchema('sinh'),
  cosh: unarySchema('cosh'),
  tanh: unarySchema('tanh'),
  asinh: unarySchema('asinh'),
  acosh: unarySchema('acosh'),
  atanh: unarySchema('atanh'),
  sigmoid: unarySchema('sigmoid'),
  erf: unarySchema('erf'),
  erfc: unarySchema('erfc'),
  lgamma: unarySchema('lgamma'),
  digamma: unarySchema('digamma'),
  relu: unarySchema('relu'),
  atan2: 'atan2(Tensor self, Tensor other) -> Tensor!',

  // rounding
  floor: unarySchema('floor'),
  ceil: unarySchema('ceil'),
  trunc: unarySchema('trunc'),
  frac: unarySchema('frac'),

  // comparison and logic
  eq: binarySchema('eq'),
  ne: binarySchema('ne'),
  lt: binarySchema('lt'),
  le: binarySchema('le'),
  gt: binarySchema('gt'),
  ge: binarySchema('ge'),
  isnan: 'isnan(Tensor self) -> Tensor',
  logicalNot: unarySchema('logical_not'),
  logicalAnd: 'logical_and(Tensor self, Tensor other) -> Tensor!',
  logicalOr: 'logical_or(Tensor self, Tensor other) -> Tensor!',
  logicalXor: 'logical_xor(Tensor self, Tensor other) -> Tensor!',
  bitwiseNot: unarySchema('bitwise_not'),
  bitwiseAnd: binarySchema('bitwise_and'),
  bitwiseOr: binarySchema('bitwise_or'),
  bitwiseXor: binarySchema('bitwise_xor'),

  // choice
  maximum: 'maximum(Tensor self, Tensor other) -> Tensor',
  minimum: 'minimum(Tensor self, Tensor other) -> Tensor',
  /** Limits to `[min, max]`, each a number or a tensor or left out; `torch.clamp`. */
  clamp: 'clamp(Tensor self, Tensor|Scalar? min=None, Tensor|Scalar? max=None) -> Tensor!',
  clampMin: 'clamp_min(Tensor self, Tensor|Scalar min) -> Tensor!',
  clampMax: 'clamp_max(Tensor self, Tensor|Scalar max) -> Tensor!',
  /** `torch.remainder`: the sign of the divisor. */
  remainder: binarySchema('remainder'),
  /** `torch.fmod`: the sign of the dividend. */
  fmod: binarySchema('fmod'),
  floorDivide: binarySchema('floor_divide'),
} as const satisfies Schemas

/** A bool scalar may be stored as any number. */
const scaled = (x: Expr, alpha: Expr | undefined): Expr =>
  !alpha ? x : x.dtype === 'bool' ? x.and(alpha.ne(false)) : x.mul(alpha)

/** Sum of numbers; bools add as `or` and multiply as `and`. */
const plus = (a: Expr, b: Expr): Expr => (a.dtype === 'bool' ? a.or(b) : a.add(b))
const times = (a: Expr, b: Expr): Expr => (a.dtype === 'bool' ? a.and(b) : a.mul(b))

/**
 * Division rounded down, as Python and PyTorch define it for floats: from the exact remainder, so
 * that the quotient isn't rounded up first (`c10::div_floor_floating`).
 */
export function floorDiv(a: Expr, b: Expr): Expr {
  if (!isFloat(a.dtype)) {
    const quotient = a.div(b)
    const inexact = a
      .rem(b)
      .ne(0)
      .and(a.lt(0).xor(b.lt(0)))
    return inexact.where(quotient.sub(1), quotient)
  }
  const remainder = a.rem(b)
  const div = a.sub(remainder).div(b)
  const down = remainder.ne(0).and(b.lt(0).xor(remainder.lt(0)))
  const adjusted = down.where(div.sub(1), div)
  const floor = adjusted.floor()
  const rounded = adjusted.sub(floor).gt(0.5).where(floor.add(1), floor)
  // Of the quotient's sign, -0 included.
  const zero = a.div(b).mul(0)
  return b.eq(0).where(a.div(b), adjusted.ne(0).where(rounded, zero))
}

const truth = (x: Expr): Expr => x.cast('bool')
const bounded = (x: Expr, min: Expr | undefined, max: Expr | undefined): Expr => {
  const low = min ? x.max(min) : x
  return max ? low.min(max) : low
}
const integers = { on: ['int', 'bool'] } as const

export const pointwiseRules: PointwiseRules<typeof pointwiseSchemas> = {
  add: promote((self, other, alpha) => plus(self, scaled(other, alpha)), { check: checkAlpha }),
  sub: promote((self, other, alpha) => self.sub(scaled(other, alpha)), {
    check: (args) => {
      checkSubtraction(args)
      checkAlpha(args)
    },
  }),
  mul: promote(times),
  div: {
    // True division gives floats; a rounding mode keeps integers.
    type: 'float',
    unless: 'roundingMode',
    check: (args) => {
      if (args[2] === undefined) return
      checkRounding(args)
      checkDivisor(args)
    },
    expr: (self, other, roundingMode) =>
      roundingMode === 'floor'
        ? floorDiv(self, other)
        : roundingMode === 'trunc' && isFloat(self.dtype)
          ? self.div(other).trunc()
          : self.div(other),
  },
  rsub: promote((self, other, alpha) => other.sub(scaled(self, alpha)), {
    check: (args) => {
      checkSubtraction(args)
      checkAlpha(args)
    },
  }),
  neg: promote((x) => {
    if (x.dtype === 'bool') {
      throw new RuntimeError(
        'Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
      )
    }
    return x.neg()
  }),
  abs: promote((x) => (x.dtype === 'bool' ? x : x.abs())),
  sign: promote((x) => (x.dtype === 'bool' ? x : x.sign())),
  square: promote((x) => (x.dtype === 'bool' ? x.cast(defaultInt) : x.mul(x))),
  reciprocal: float((x) => constant(1, x.dtype).div(x)),
  addcmul: promote((self, a, b, value) => self.add(value.mul(a).mul(b)), {
    on: ['float', 'int'],
    kernel: 'addcmul_cpu_out',
  }),
  addcdiv: promote((self, a, b, value) => self.add(value.mul(a).div(b)), {
    check: checkQuotient,
  }),
  // Two forms, so that both ends are exact.
  lerp: promote(
    (self, end, weight) =>
      weight
        .abs()
        .lt(0.5)
        .where(
          self.add(weight.mul(end.sub(self))),
          end.sub(end.sub(self).mul(constant(1, self.dtype).sub(weight))),
        ),
    { check: checkLerp },
  ),
  pow: promote((self, exponent) => self.pow(exponent), {
    on: ['float', 'int'],
    kernel: 'pow',
    check: checkExponent,
  }),

  exp: float((x) => x.exp()),
  exp2: float((x) => x.exp2()),
  expm1: float((x) => x.expm1()),
  log: float((x) => x.log()),
  log2: float((x) => x.log2()),
  log10: float((x) => x.log10()),
  log1p: float((x) => x.log1p()),
  sqrt: float((x) => x.sqrt()),
  rsqrt: float((x) => x.rsqrt()),
  sin: float((x) => x.sin()),
  cos: float((x) => x.cos()),
  tan: float((x) => x.tan()),
  asin: float((x) => x.asin()),
  acos: float((x) => x.acos()),
  atan: float((x) => x.atan()),
  sinh: float((x) => x.sinh()),
  cosh: float((x) => x.cosh()),
  tanh: float((x) => x.tanh()),
  asinh: float((x) => x.asinh()),
  acosh: float((x) => x.acosh()),
  atanh: float((x) => x.atanh()),
  sigmoid: float((x) => x.sigmoid()),
  erf: float((x) => x.erf()),
  erfc: float((x) => x.erfc()),
  lgamma: float((x) => x.lgamma()),
  digamma: float((x) => x.digamma()),
  relu: promote((x) => {
    if (x.dtype === 'bool') throw new RuntimeError('Boolean inputs not supported for relu')
    return x.max(0)
  }),
  atan2: float((y, x) => y.atan2(x)),

  floor: promote((x) => (isFloat(x.dtype) ? x.floor() : x), {
    on: ['float', 'int'],
    kernel: 'floor_vml_cpu',
  }),
  ceil: promote((x) => (isFloat(x.dtype) ? x.ceil() : x), {
    on: ['float', 'int'],
    kernel: 'ceil_vml_cpu',
  }),
  trunc: promote((x) => (isFloat(x.dtype) ? x.trunc() : x), {
    on: ['float', 'int'],
    kernel: 'trunc_vml_cpu',
  }),
  frac: promote((x) => x.sub(x.trunc()), { on: ['float'] }),

  eq: promote((a, b) => a.eq(b)),
  ne: promote((a, b) => a.ne(b)),
  lt: promote((a, b) => a.lt(b)),
  le: promote((a, b) => a.le(b)),
  gt: promote((a, b) => a.gt(b)),
  ge: promote((a, b) => a.ge(b)),
  isnan: promote((x) => (isFloat(x.dtype) ? x.isnan() : constant(false, 'bool'))),
  logical_not: promote((x) => truth(x).not()),
  logical_and: promote((a, b) => truth(a).and(truth(b))),
  logical_or: promote((a, b) => truth(a).or(truth(b))),
  logical_xor: promote((a, b) => truth(a).xor(truth(b))),
  bitwise_not: promote((x) => x.not(), integers),
  bitwise_and: promote((a, b) => a.and(b), integers),
  bitwise_or: promote((a, b) => a.or(b), integers),
  bitwise_xor: promote((a, b) => a.xor(b), integers),

  maximum: promote((a, b) => a.max(b)),
  minimum: promote((a, b) => a.min(b)),
  clamp: promote((x, min, max) => {
    if (!min && !max) {
      throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    }
    return bounded(x, min, max)
  }),
  clamp_min: promote((x, min) => x.max(min)),
  clamp_max: promote((x, max) => x.min(max)),
  remainder: promote((a, b) => a.mod(b), { on: ['float', 'int'], check: checkDivisor }),
  fmod: promote((a, b) => a.rem(b), { on: ['float', 'int'], check: checkDivisor }),
  floor_divide: promote(floorDiv, {
    on: ['float', 'int'],
    kernel: 'div_floor_cpu',
    check: checkDivisor,
  }),
}

definePointwise(pointwiseSchemas, pointwiseRules)
