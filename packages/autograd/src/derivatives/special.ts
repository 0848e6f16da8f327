import { constant, type Expr } from '@sconce/backend'
import {
  type incompleteGammaSchemas,
  isScalar,
  NotImplementedError,
  type pointwiseSchemas,
  type Scalar,
  special,
  specialExpressions,
  type specialHostSchemas,
  type specialRootSchemas,
  type specialSchemas,
  type Tensor,
} from '@sconce/core'
import { overridePointwise } from '../pointwise/override.ts'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

const { i0, i0e, i1, i1e } = specialExpressions

const epsilon = { float32: 2 ** -23, float64: 2 ** -52 }

/** The slope at `x`, where it is 1 / 2 near 0 and has a quotient by x elsewhere. */
function slopeOfOrder1(x: Expr, slope: (x: Expr) => Expr): Expr {
  const small = epsilon[x.dtype === 'float64' ? 'float64' : 'float32']
  // NaN is tiny too, as in PyTorch.
  const tiny = x.abs().gt(small).not()
  return tiny.where(constant(0.5, x.dtype), slope(tiny.where(small, x)))
}

overridePointwise<typeof specialRootSchemas>({
  i0: { self: (g, { self }) => g.mul(i1(self)) },
  erfinv: {
    self: (g, { result }) =>
      g.mul(
        result
          .mul(result)
          .exp()
          .mul(Math.sqrt(Math.PI) / 2),
      ),
  },
})

/*
 * Rows, so that every derivative is the polygamma function of the next order: that of its expression
 * would be less exact near the poles.
 */
defineDerivatives<typeof specialRootSchemas>({
  polygamma: { save: ['self'], self: (g, { self, n }) => g.mul(self.polygamma(n + 1)) },
  'polygamma.method': { save: ['self'], self: (g, { self, n }) => g.mul(self.polygamma(n + 1)) },
})
defineDerivatives<typeof pointwiseSchemas>({
  digamma: { save: ['self'], self: (g, { self }) => g.mul(self.polygamma(1)) },
})

/** 0 where x and the logarithm are both at their limit. */
const log1pUnlessBoth0 = (g: Expr, self: Expr, other: Expr): Expr =>
  self.eq(0).and(other.le(-1)).where(0, g.mul(other.log1p()))

overridePointwise<typeof specialSchemas>({
  special_i0e: {
    self: (g, { self, result }) => g.mul(i1e(self).sub(self.sign().mul(result))),
  },
  special_i1: {
    self: (g, { self, result }) => g.mul(slopeOfOrder1(self, (x) => i0(x).sub(result.div(x)))),
  },
  special_i1e: {
    self: (g, { self, result }) =>
      g.mul(
        slopeOfOrder1(self, (x) =>
          i0e(x).sub(result.mul(x.sign().add(constant(1, x.dtype).div(x)))),
        ),
      ),
  },
  special_entr: { self: (g, { self }) => g.mul(self.log().neg().sub(1)) },
  special_erfcx: {
    self: (g, { self, result }) =>
      g.mul(
        self
          .mul(result)
          .mul(2)
          .sub(2 / Math.sqrt(Math.PI)),
      ),
  },
  special_ndtri: {
    self: (g, { result }) =>
      g.mul(
        result
          .mul(result)
          .mul(0.5)
          .exp()
          .mul(Math.sqrt(2 * Math.PI)),
      ),
  },
  special_log_ndtr: {
    self: (g, { self, result }) =>
      g.mul(1 / Math.sqrt(2 * Math.PI)).mul(result.add(self.mul(self).mul(0.5)).neg().exp()),
  },
  special_xlog1py: {
    self: (g, { self, other }) => log1pUnlessBoth0(g, self, other),
    other: (g, { self, other }) => g.mul(self).div(other.add(1)),
  },
  'special_xlog1py.self_scalar': {
    other: (g, { self, other }) => g.mul(self).div(other.add(1)),
  },
})

defineNonDifferentiable<typeof specialSchemas>([
  'special_airy_ai',
  'special_bessel_j0',
  'special_bessel_j1',
  'special_bessel_y0',
  'special_bessel_y1',
  'special_modified_bessel_i0',
  'special_modified_bessel_i1',
  'special_modified_bessel_k0',
  'special_modified_bessel_k1',
  'special_scaled_modified_bessel_k0',
  'special_scaled_modified_bessel_k1',
  'special_spherical_bessel_j0',
])

const polynomials = [
  'chebyshev_polynomial_t',
  'chebyshev_polynomial_u',
  'chebyshev_polynomial_v',
  'chebyshev_polynomial_w',
  'shifted_chebyshev_polynomial_t',
  'shifted_chebyshev_polynomial_u',
  'shifted_chebyshev_polynomial_v',
  'shifted_chebyshev_polynomial_w',
  'hermite_polynomial_h',
  'hermite_polynomial_he',
  'laguerre_polynomial_l',
  'legendre_polynomial_p',
] as const

defineNonDifferentiable<typeof specialHostSchemas>(
  polynomials.flatMap((name) => [`special_${name}`, `special_${name}.self_scalar`] as const),
)

const underived = (what: string) => (): never => {
  throw new NotImplementedError(`the derivative for '${what}' is not implemented.`)
}

/** x^(a - 1) · exp(-x) / Γ(a), the slope of the lower incomplete gamma function. */
const gammaDensity = (a: Tensor, x: Tensor): Tensor =>
  a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp()

defineDerivatives<typeof incompleteGammaSchemas>({
  igamma: {
    save: { other: ['self', 'other'] },
    self: underived('igamma: input'),
    other: (g, { self, other }) => g.mul(gammaDensity(self, other)),
  },
  igammac: {
    save: { other: ['self', 'other'] },
    self: underived('igammac: input'),
    other: (g, { self, other }) => g.mul(gammaDensity(self, other)).neg(),
  },
})

/** d/dq ζ(s, q) = -s · ζ(s + 1, q). */
const zetaSlope = (g: Tensor, s: Tensor | Scalar, q: Tensor): Tensor =>
  isScalar(s)
    ? g.mul(special.zeta(Number(s.valueOf()) + 1, q).mul(-Number(s.valueOf())))
    : g.mul(s.neg()).mul(special.zeta(s.add(1), q))

defineDerivatives<typeof specialHostSchemas>({
  special_zeta: {
    node: ({ other }) => `SpecialZetaBackward${isScalar(other) ? 2 : 0}`,
    save: { other: ['self', 'other'] },
    self: underived('zeta'),
    // Asked for only where it is a tensor.
    other: (g, { self, other }) => (isScalar(other) ? g : zetaSlope(g, self, other)),
  },
  'special_zeta.self_scalar': {
    node: 'SpecialZetaBackward1',
    save: ['other'],
    other: (g, { self, other }) => zetaSlope(g, self, other),
  },
})
