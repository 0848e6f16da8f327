import type { BinaryOp, UnaryOp } from '@sconce/backend'
import { atan2, type MathFunction, mathFunction, power, rem } from '../math/index.ts'
import { type Quad, zip } from './quad.ts'
import type { Vec } from './vec.ts'

type FloatUnary = Exclude<UnaryOp, 'not' | 'isnan'>
type FloatBinary = Exclude<
  BinaryOp,
  'and' | 'or' | 'xor' | 'shl' | 'shr' | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'
>

const basic: Readonly<Record<Exclude<FloatUnary, MathFunction>, (x: Vec) => Vec>> = {
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  sign: (x) =>
    x
      .gt(0)
      .keep(x.like(1))
      .asInt()
      .or(x.lt(0).keep(x.like(-1)))
      .asFloat(),
  floor: (x) => x.floor(),
  ceil: (x) => x.ceil(),
  round: (x) => x.nearest(),
  trunc: (x) => x.trunc(),
  sqrt: (x) => x.sqrt(),
  rsqrt: (x) => x.like(1).div(x.sqrt()),
}

const isBasic = (op: string): op is keyof typeof basic => Object.hasOwn(basic, op)

export const floatUnary = (op: UnaryOp, quad: Quad): Quad =>
  zip(quad.dtype, [quad], (x) => (isBasic(op) ? basic[op](x) : mathFunction(op as MathFunction, x)))

/** Python's %: the sign of the divisor. */
function mod(a: Vec, b: Vec): Vec {
  const rest = rem(a, b)
  const opposite = rest.lt(0).xor(b.lt(0)).and(rest.ne(0))
  return opposite.select(rest.add(b), rest)
}

const binary: Readonly<Record<FloatBinary, (a: Vec, b: Vec) => Vec>> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  div: (a, b) => a.div(b),
  rem,
  mod,
  pow: power,
  atan2,
  // The pseudo-minimum takes a NaN from the left; one from the right is put in.
  min: (a, b) => b.isNaN().select(b, a.pmin(b)),
  max: (a, b) => b.isNaN().select(b, a.pmax(b)),
}

export const floatBinary = (op: BinaryOp, a: Quad, b: Quad): Quad =>
  zip(a.dtype, [a, b], binary[op as FloatBinary])

/** Minimum or maximum with a literal that is not NaN. */
export const floatExtreme = (op: 'min' | 'max', a: Quad, literal: Quad): Quad =>
  zip(a.dtype, [a, literal], (x, y) => (op === 'min' ? x.pmin(y) : x.pmax(y)))

/** Comparisons of floats, and of integers too. */
export const comparison = (op: BinaryOp, a: Quad, b: Quad): Quad =>
  zip('bool', [a, b], (x, y) => x[op as 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'](y))

export const isComparison = (op: string): boolean => /^([lg][te]|eq|ne)$/.test(op)

export const isNaNQuad = (quad: Quad): Quad => zip('bool', [quad], (x) => x.isNaN())
