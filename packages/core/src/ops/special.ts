import { constant, type Expr } from '@sconce/backend'
import { check } from '../errors.ts'
import { float, type PointwiseRules } from '../pointwise/rule.ts'
import type { Schemas } from '../schema/types.ts'
import { airyAi } from '../special/airy.ts'
import * as bessel from '../special/bessel.ts'
import { erfcx } from '../special/erfcx.ts'
import { logMultigamma, polygamma } from '../special/gamma.ts'
import { igamma, igammac } from '../special/incomplete-gamma.ts'
import * as modified from '../special/modified-bessel.ts'
import { erfinv, logNdtr, ndtr, ndtri } from '../special/normal.ts'
import * as orthogonal from '../special/orthogonal.ts'
import { zeta } from '../special/zeta.ts'
import { addAlias, define, definePointwise } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { hostMap, hostMapInplace } from './host-map.ts'

/** Special functions that PyTorch has in the root as well. */
export const specialRootSchemas = {
  /** Modified Bessel function of the first kind, order 0. */
  i0: 'i0(Tensor self) -> Tensor!',
  erfinv: 'erfinv(Tensor self) -> Tensor!',
  /** The n-th derivative of digamma; `torch.polygamma(n, x)`, `x.polygamma(n)`. */
  polygamma: [
    'polygamma(int n, Tensor self) -> Tensor',
    'polygamma.method(Tensor self, int n) -> Tensor!',
  ],
  /** Logarithm of the multivariate gamma function of dimension `p`. */
  mvlgamma: 'mvlgamma(Tensor self, int p) -> Tensor!',
} as const satisfies Schemas

/** Incomplete gamma functions; computed on the host. */
export const incompleteGammaSchemas = {
  igamma: 'igamma(Tensor self, Tensor other) -> Tensor!',
  igammac: 'igammac(Tensor self, Tensor other) -> Tensor!',
} as const satisfies Schemas

const unary = <N extends string>(name: N) => `special_${name}(Tensor self) -> Tensor` as const

/** `torch.special`: what is not in the root. */
export const specialSchemas = {
  airyAi: unary('airy_ai'),
  besselJ0: unary('bessel_j0'),
  besselJ1: unary('bessel_j1'),
  besselY0: unary('bessel_y0'),
  besselY1: unary('bessel_y1'),
  modifiedBesselI0: unary('modified_bessel_i0'),
  modifiedBesselI1: unary('modified_bessel_i1'),
  modifiedBesselK0: unary('modified_bessel_k0'),
  modifiedBesselK1: unary('modified_bessel_k1'),
  scaledModifiedBesselK0: unary('scaled_modified_bessel_k0'),
  scaledModifiedBesselK1: unary('scaled_modified_bessel_k1'),
  sphericalBesselJ0: unary('spherical_bessel_j0'),
  i0e: unary('i0e'),
  i1: unary('i1'),
  i1e: unary('i1e'),
  entr: unary('entr'),
  erfcx: unary('erfcx'),
  ndtr: unary('ndtr'),
  ndtri: unary('ndtri'),
  logNdtr: unary('log_ndtr'),
  /** x · log(1 + y), 0 where x is 0. */
  xlog1py: [
    'special_xlog1py(Tensor self, Tensor|Scalar other) -> Tensor',
    'special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor',
  ],
} as const satisfies Schemas

const withScalars = <N extends string, A extends string, B extends string>(
  name: N,
  first: A,
  second: B,
) =>
  [
    `special_${name}(Tensor ${first}, Tensor|Scalar ${second}) -> Tensor`,
    `special_${name}.self_scalar(Scalar ${first}, Tensor ${second}) -> Tensor`,
  ] as const
const polynomialSchemas = <N extends string>(name: N) => withScalars(name, 'x', 'n')

/** Hurwitz's zeta function and orthogonal polynomials of a degree; computed on the host. */
export const specialHostSchemas = {
  zeta: withScalars('zeta', 'self', 'other'),
  chebyshevPolynomialT: polynomialSchemas('chebyshev_polynomial_t'),
  chebyshevPolynomialU: polynomialSchemas('chebyshev_polynomial_u'),
  chebyshevPolynomialV: polynomialSchemas('chebyshev_polynomial_v'),
  chebyshevPolynomialW: polynomialSchemas('chebyshev_polynomial_w'),
  shiftedChebyshevPolynomialT: polynomialSchemas('shifted_chebyshev_polynomial_t'),
  shiftedChebyshevPolynomialU: polynomialSchemas('shifted_chebyshev_polynomial_u'),
  shiftedChebyshevPolynomialV: polynomialSchemas('shifted_chebyshev_polynomial_v'),
  shiftedChebyshevPolynomialW: polynomialSchemas('shifted_chebyshev_polynomial_w'),
  hermitePolynomialH: polynomialSchemas('hermite_polynomial_h'),
  hermitePolynomialHe: polynomialSchemas('hermite_polynomial_he'),
  laguerrePolynomialL: polynomialSchemas('laguerre_polynomial_l'),
  legendrePolynomialP: polynomialSchemas('legendre_polynomial_p'),
} as const satisfies Schemas

const checkedPolygamma = (n: number, x: Expr): Expr => {
  check(n >= 0, () => 'polygamma(n, x) does not support negative n.')
  return polygamma(n, x)
}

const multigammaCheck = ([x, p]: readonly unknown[]): void => {
  check(Number(p) >= 1, () => 'p has to be greater than or equal to 1')
  check((x as Tensor).dtype !== 'bool', () => 'The input tensor may not be a boolean tensor.')
}

const rootRules: PointwiseRules<typeof specialRootSchemas> = {
  i0: float(modified.i0),
  erfinv: float(erfinv),
  polygamma: float(checkedPolygamma),
  'polygamma.method': float((x, n) => checkedPolygamma(n, x)),
  mvlgamma: float(logMultigamma, { check: multigammaCheck }),
}

const xlog1py = float((x: Expr, y: Expr) => y.isnan().where(y, x.eq(0).where(0, x.mul(y.log1p()))))

const rules: PointwiseRules<typeof specialSchemas> = {
  special_airy_ai: float(airyAi),
  special_bessel_j0: float(bessel.j0),
  special_bessel_j1: float(bessel.j1),
  special_bessel_y0: float(bessel.y0),
  special_bessel_y1: float(bessel.y1),
  special_modified_bessel_i0: float(modified.i0),
  special_modified_bessel_i1: float(modified.i1),
  special_modified_bessel_k0: float(modified.k0),
  special_modified_bessel_k1: float(modified.k1),
  special_scaled_modified_bessel_k0: float(modified.k0e),
  special_scaled_modified_bessel_k1: float(modified.k1e),
  special_spherical_bessel_j0: float(bessel.sphericalJ0),
  special_i0e: float(modified.i0e),
  special_i1: float(modified.i1),
  special_i1e: float(modified.i1e),
  special_entr: float((x) =>
    x
      .gt(0)
      .where(
        x.neg().mul(x.log()),
        x.eq(0).where(0, x.isnan().where(x, constant(Number.NEGATIVE_INFINITY, x.dtype))),
      ),
  ),
  special_erfcx: float(erfcx),
  special_ndtr: float(ndtr),
  special_ndtri: float(ndtri),
  special_log_ndtr: float(logNdtr),
  special_xlog1py: xlog1py,
  'special_xlog1py.self_scalar': xlog1py,
}

const hostFunctions = {
  zeta,
  chebyshev_polynomial_t: orthogonal.chebyshev('t'),
  chebyshev_polynomial_u: orthogonal.chebyshev('u'),
  chebyshev_polynomial_v: orthogonal.chebyshev('v'),
  chebyshev_polynomial_w: orthogonal.chebyshev('w'),
  shifted_chebyshev_polynomial_t: orthogonal.shiftedChebyshev('t'),
  shifted_chebyshev_polynomial_u: orthogonal.shiftedChebyshev('u'),
  shifted_chebyshev_polynomial_v: orthogonal.shiftedChebyshev('v'),
  shifted_chebyshev_polynomial_w: orthogonal.shiftedChebyshev('w'),
  hermite_polynomial_h: orthogonal.hermiteH,
  hermite_polynomial_he: orthogonal.hermiteHe,
  laguerre_polynomial_l: orthogonal.laguerreL,
  legendre_polynomial_p: orthogonal.legendreP,
}

type HostName = keyof typeof hostFunctions

// The keys are those of the schemas, two for each function.
const hostImplementations = Object.fromEntries(
  Object.entries(hostFunctions).flatMap(([name, f]) => [
    [`special_${name}`, hostMap(f)],
    [`special_${name}.self_scalar`, hostMap(f)],
  ]),
) as Record<`special_${HostName}` | `special_${HostName}.self_scalar`, ReturnType<typeof hostMap>>

definePointwise(specialRootSchemas, rootRules)
definePointwise(specialSchemas, rules, 'special')
define(incompleteGammaSchemas, {
  igamma: hostMapInplace(igamma, 'igamma_cpu'),
  igammac: hostMapInplace(igammac, 'igammac_cpu'),
})
define(specialHostSchemas, hostImplementations, 'special')

/** Names in `torch.special` of ops that are in the root. */
export const specialAliases = {
  digamma: 'digamma',
  erf: 'erf',
  erfc: 'erfc',
  erfinv: 'erfinv',
  exp2: 'exp2',
  expit: 'sigmoid',
  expm1: 'expm1',
  gammainc: 'igamma',
  gammaincc: 'igammac',
  gammaln: 'lgamma',
  i0: 'i0',
  log1p: 'log1p',
  logSoftmax: 'logSoftmax',
  logit: 'logit',
  logsumexp: 'logsumexp',
  multigammaln: 'mvlgamma',
  polygamma: 'polygamma',
  psi: 'digamma',
  round: 'round',
  sinc: 'sinc',
  softmax: 'softmax',
  xlogy: 'xlogy',
} as const

for (const [alias, name] of Object.entries(specialAliases)) addAlias(`special.${alias}`, name)
