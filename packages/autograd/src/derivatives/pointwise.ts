import { constant, type Expr } from '@sconce/backend'
import type { numberSchemas, pointwiseSchemas } from '@sconce/core'
import { zeroGradient } from '../pointwise/formulas.ts'
import { overridePointwise } from '../pointwise/override.ts'
import { underived } from '../record/not-implemented.ts'
import { defineNotImplemented } from './row.ts'

// Where PyTorch's convention is not the derivative of the expression, or a simpler form is known.

const not = (c: Expr): Expr => c.not()
/** Bounds belong to the inside. */
const inside = (x: Expr, min: Expr | undefined, max: Expr | undefined): Expr | undefined => {
  const above = min && x.ge(min)
  const below = max && x.le(max)
  return above && below ? above.and(below) : (above ?? below)
}
const one = (like: Expr): Expr => constant(1, like.dtype)

overridePointwise<typeof pointwiseSchemas>({
  // A rounded quotient is constant between jumps.
  div: {
    self: (g, { roundingMode }) => (roundingMode === undefined ? undefined : zeroGradient(g)),
    other: (g, { roundingMode }) => (roundingMode === undefined ? undefined : zeroGradient(g)),
  },
  square: { self: (g, { self }) => g.mul(self.mul(2)) },
  reciprocal: { self: (g, { result }) => g.neg().mul(result.mul(result)) },
  lerp: {
    self: (g, { weight }) => g.mul(one(g).sub(weight)),
    end: (g, { weight }) => g.mul(weight),
    weight: (g, { self, end }) => g.mul(end.sub(self)),
  },
  relu: { zeroSecond: true, self: (g, { result }) => result.le(0).where(0, g) },
  clamp: {
    self: (g, { self, min, max }) => inside(self, min, max)?.where(g, 0),
    min: (g, { self, min, max }) => {
      const below = min && self.lt(min)
      // Where min > max the result is max.
      return (max && min ? below?.and(min.lt(max)) : below)?.where(g, 0)
    },
    max: (g, { self, min, max }) => {
      const above = max && self.gt(max)
      return (max && min ? above?.or(max.lt(min)) : above)?.where(g, 0)
    },
  },
  clamp_min: {
    self: (g, { self, min }) => self.ge(min).where(g, 0),
    min: (g, { self, min }) => self.lt(min).where(g, 0),
  },
  clamp_max: {
    self: (g, { self, max }) => self.le(max).where(g, 0),
    max: (g, { self, max }) => self.gt(max).where(g, 0),
  },
})

overridePointwise<typeof numberSchemas>({
  angle: { self: zeroGradient },
  copysign: {
    self: (g, { self, result }) => g.mul(self.eq(0).where(0, result.div(self))),
  },
  hypot: {
    self: (g, { self, result }) => g.mul(self.div(result)),
    other: (g, { other, result }) => g.mul(other.div(result)),
  },
  fmax: {
    self: (g, { self, other }) => self.ge(other).or(other.isnan()).where(g, 0),
    other: (g, { self, other }) => not(self.ge(other).or(other.isnan())).where(g, 0),
  },
  fmin: {
    self: (g, { self, other }) => self.le(other).or(other.isnan()).where(g, 0),
    other: (g, { self, other }) => not(self.le(other).or(other.isnan())).where(g, 0),
  },
  logaddexp: {
    self: (g, { self, other }) => g.div(other.sub(self).exp().add(1)),
    other: (g, { self, other }) => g.div(self.sub(other).exp().add(1)),
  },
  logaddexp2: {
    self: (g, { self, other }) => g.div(other.sub(self).exp2().add(1)),
    other: (g, { self, other }) => g.div(self.sub(other).exp2().add(1)),
  },
  logit: {
    self: (g, { self, eps }) => {
      const slope = g.div(self.mul(one(self).sub(self)))
      return eps
        ? self
            .lt(eps)
            .or(self.gt(one(eps).sub(eps)))
            .where(0, slope)
        : self.lt(0).or(self.gt(1)).where(Number.NaN, slope)
    },
  },
  sinc: {
    self: (g, { self }) => {
      const angle = self.mul(Math.PI)
      const slope = angle.mul(angle.cos()).sub(angle.sin()).div(angle.mul(self))
      return g.mul(self.eq(0).where(0, slope))
    },
  },
  xlogy: {
    self: (g, { self, other }) => self.eq(0).and(other.le(0)).where(0, g.mul(other.log())),
    other: (g, { self, other }) => g.mul(self).div(other),
  },
  'xlogy.self_scalar': { other: (g, { self, other }) => g.mul(self).div(other) },
})

defineNotImplemented<typeof pointwiseSchemas>({ floor_divide: underived('floor_divide') })
defineNotImplemented<typeof numberSchemas>({
  heaviside: underived('heaviside'),
  nextafter: "the derivative for 'nextafter' is not implemented.",
})
