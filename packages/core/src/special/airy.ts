import { constant, type Expr } from '@sconce/backend'
import { polynomial, rational, select } from './series.ts'

/*
 * The Airy function Ai by the approximations of the Cephes library (S. L. Moshier), which PyTorch
 * took over.
 */

/** Decay above 2.09, in 1 / ζ. */
const decay = {
  above: [
    0.346538101525629, 12.007595273964581, 76.27960536152345, 168.08922493463058,
    159.75639135016442, 70.53609068404442, 14.026469116338967, 1.0,
  ],
  below: [
    0.5675945326387702, 14.75625625848472, 84.51389701414746, 177.31808814540045, 164.2346928715297,
    71.47784008255756, 14.095913560783403, 1.0,
  ],
}
/** Factors of the sine and of the cosine below -2.09, in 1 / ζ². */
const sine = {
  above: [
    -0.1316963234183318, -0.6264565444319123, -0.6931580360369335, -0.2797799815451191,
    -0.04919001326095003, -0.004062659235948854, -0.0001592764962392621, -2.776491081552329e-6,
    -1.6778769848911465e-8,
  ],
  below: [
    1, 13.356042070655324, 32.682503279522464, 26.736704094149957, 9.187074029072596,
    1.4752914677166642, 0.11568717379518804, 0.004402916416152112, 7.547203482874142e-5,
    4.5185009297058035e-7,
  ],
}
const cosine = {
  above: [
    0.01973399320916857, 0.39110302961568827, 1.0657989759959559, 0.9391692298166502,
    0.35146565610554764, 0.06338889196289255, 0.005858041130483885, 0.000282851600836737,
    6.98793669997261e-6, 8.117892395543892e-8, 3.415517847659236e-10,
  ],
  below: [
    1, 9.30892908077442, 19.835292871831214, 15.564662893286462, 5.476860694229755,
    0.9542936116189619, 0.08645808263523921, 0.004126565238242226, 0.00010125908511650914,
    1.1716673321441352e-6, 4.9183457006293e-9,
  ],
}

/** Terms that the Taylor series needs for double precision up to |x| = 2.09. */
const terms = 13

/** Coefficients 1 / Π (3k - 1 + shift)(3k + shift) in x³, the highest first. */
const taylor = (shift: 0 | 1): number[] => {
  const coefficients = [1]
  for (let k = 1; k <= terms; k++) {
    coefficients.unshift(coefficients[0] / ((3 * k - 1 + shift) * (3 * k + shift)))
  }
  return coefficients
}
const [f, g] = [taylor(0), taylor(1)]

const atZero = 0.3550280538878172
const slopeAtZero = 0.2588194037928068
const inverseRootPi = 1 / Math.sqrt(Math.PI)

/** Ai(x); NaN at ±∞, as PyTorch. */
export function airyAi(x: Expr): Expr {
  const one = constant(1, x.dtype)
  const zeta = x
    .abs()
    .mul(x.abs().sqrt())
    .mul(2 / 3)
  const root = x.abs().sqrt().sqrt()
  const z = one.div(zeta)
  const square = z.mul(z)
  const angle = zeta.add(Math.PI / 4)
  const wave = angle
    .sin()
    .mul(square.mul(rational(square, sine.above, sine.below)).add(1))
    .sub(angle.cos().mul(z.mul(rational(square, cosine.above, cosine.below))))
    .mul(inverseRootPi)
    .div(root)
  const tail = rational(z, decay.above, decay.below)
    .mul(inverseRootPi / 2)
    .div(root.mul(zeta.exp()))
  const cube = x.mul(x).mul(x)
  const middle = polynomial(cube, f)
    .mul(atZero)
    .sub(x.mul(polynomial(cube, g)).mul(slopeAtZero))
  return select(
    [
      [x.abs().eq(Number.POSITIVE_INFINITY), Number.NaN],
      [x.gt(103.892), 0],
      [x.lt(-2.09), wave],
      [x.ge(2.09), tail],
    ],
    middle,
  )
}
