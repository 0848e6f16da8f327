import { constant, type Expr } from '@sconce/backend'
import type { activationSchemas } from '@sconce/core'
import { overridePointwise } from '../pointwise/override.ts'

// PyTorch's one-sided derivatives at kinks, and forms that don't overflow where the function doesn't.

/** The slope 1 strictly inside of bounds, 0 on them, outside, and at NaN. */
const strictlyInside = (g: Expr, x: Expr, low: Expr | number, high: Expr | number): Expr =>
  x.gt(low).and(x.lt(high)).where(g, 0)
const outside = (g: Expr, x: Expr, bound: Expr): Expr =>
  x.ge(bound.neg()).and(x.le(bound)).where(0, g)
const one = (like: Expr): Expr => constant(1, like.dtype)
const softplus = (x: Expr): Expr => x.max(0).add(x.abs().neg().exp().log1p())

/** e^x for negative x and 1 at 0, where the slope has no slope any more. */
const decay = (x: Expr): Expr => x.lt(0).where(x, 0).exp()

const SELU_ALPHA = 1.6732632423543772848170429916717
const SELU_SCALE = 1.0507009873554804934193349852946

overridePointwise<typeof activationSchemas>({
  hardtanh: {
    zeroSecond: true,
    self: (g, { self, minVal, maxVal }) => strictlyInside(g, self, minVal, maxVal),
  },
  relu6: { zeroSecond: true, self: (g, { self }) => strictlyInside(g, self, 0, 6) },
  hardsigmoid: {
    zeroSecond: true,
    self: (g, { self }) => strictlyInside(g.div(6), self, -3, 3),
  },
  hardswish: {
    self: (g, { self }) => {
      // On the bounds the slope is that of the middle part, but it doesn't change any more.
      const moving = self.gt(-3).and(self.lt(3))
      const edge = self.lt(0).where(constant(-3, self.dtype), 3)
      const slope = moving.where(self, edge).div(3).add(0.5)
      return self.lt(-3).where(0, self.gt(3).where(g, g.mul(slope)))
    },
  },
  leaky_relu: {
    zeroSecond: true,
    self: (g, { self, negativeSlope }) => self.gt(0).where(g, g.mul(negativeSlope)),
  },
  threshold: {
    zeroSecond: true,
    self: (g, { self, threshold }) => self.le(threshold).where(0, g),
  },
  hardshrink: { zeroSecond: true, self: (g, { self, lambd }) => outside(g, self, lambd) },
  softshrink: {
    zeroSecond: true,
    // Unlike hardshrink's, 0 at NaN.
    self: (g, { self, lambd }) => self.lt(lambd.neg()).or(self.gt(lambd)).where(g, 0),
  },
  elu: { self: (g, { self, alpha }) => self.gt(0).where(g, g.mul(alpha).mul(decay(self))) },
  celu: { self: (g, { self, alpha }) => self.gt(0).where(g, g.mul(decay(self.div(alpha)))) },
  selu: {
    self: (g, { self }) =>
      self.gt(0).where(g.mul(SELU_SCALE), g.mul(SELU_ALPHA * SELU_SCALE).mul(decay(self))),
  },
  softplus: {
    self: (g, { self, beta, threshold }) => {
      const scaled = self.mul(beta)
      return scaled.gt(threshold).where(g, g.mul(scaled.sigmoid()))
    },
  },
  log_sigmoid: { self: (g, { self }) => g.mul(self.neg().sigmoid()) },
  silu: {
    self: (g, { self }) => {
      const s = self.sigmoid()
      return g.mul(s.mul(self.mul(one(s).sub(s)).add(1)))
    },
  },
  mish: {
    self: (g, { self }) => {
      const t = softplus(self).tanh()
      return g.mul(t.add(self.mul(self.sigmoid()).mul(one(t).sub(t.mul(t)))))
    },
  },
})
