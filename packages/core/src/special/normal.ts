import { constant, type Expr } from '@sconce/backend'
import { erfcx } from './erfcx.ts'
import { rational, select } from './series.ts'

/** The normal distribution's functions and the inverse of erf. */

/** Around ½, in (y - ½)². */
const center = {
  above: [
    -59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968,
    -1.2391658386738125,
  ],
  below: [
    1.0, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937,
    200.26021238006066, -82.03722561683334, 15.90562251262117, -1.1833162112133,
  ],
}
/** In 1 / √(-2 log y), for y from exp(-32) to exp(-2). */
const tail = {
  above: [
    4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008,
    14.684956192885803, 2.1866330685079025, -0.1402560791713545, -0.03504246268278482,
    -0.0008574567851546854,
  ],
  below: [
    1.0, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075,
    2.504649462083094, -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
  ],
}
/** In 1 / √(-2 log y), for y below exp(-32). */
const farTail = {
  above: [
    3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755,
    0.20148538954917908, 0.012371663481782003, 0.00030158155350823543, 2.6580697468673755e-6,
    6.239745391849833e-9,
  ],
  below: [
    1.0, 6.02427039364742, 3.6798356385616087, 1.3770209948908132, 0.21623699359449663,
    0.013420400608854318, 0.00032801446468212774, 2.8924786474538068e-6, 6.790194080099813e-9,
  ],
}

const tailBound = Math.exp(-2)

/**
 * The value of which the normal distribution function is `y`, by Cephes' rational approximations
 * (S. L. Moshier), as in PyTorch.
 */
export function ndtri(y: Expr): Expr {
  const one = constant(1, y.dtype)
  const upper = y.gt(1 - tailBound)
  const p = upper.where(one.sub(y), y)
  const d = p.sub(0.5)
  const square = d.mul(d)
  const middle = d
    .add(d.mul(rational(square, center.above, center.below, square)))
    .mul(Math.sqrt(2 * Math.PI))
  const x = p.log().mul(-2).sqrt()
  const z = one.div(x)
  const correction = x
    .lt(8)
    .where(rational(z, tail.above, tail.below, z), rational(z, farTail.above, farTail.below, z))
  const distance = x.sub(x.log().div(x).add(correction))
  return select(
    [
      [y.eq(0), Number.NEGATIVE_INFINITY],
      [y.eq(1), Number.POSITIVE_INFINITY],
      [y.lt(0).or(y.gt(1)), Number.NaN],
      [p.gt(tailBound), middle],
      [upper, distance],
    ],
    distance.neg(),
  )
}

/** The normal distribution function. */
export const ndtr = (x: Expr): Expr => x.mul(-Math.SQRT1_2).erfc().mul(0.5)

/**
 * `x` · √½ as if with the constant in double, which PyTorch has: in float32 from halves of the numbers'
 * digits, whose products are exact (T. J. Dekker). What follows is squared and subtracted from a number
 * almost as large, so that the last digit matters.
 */
function timesRootHalf(x: Expr): Expr {
  if (x.dtype === 'float64') return x.mul(Math.SQRT1_2)
  const high = Math.round(Math.SQRT1_2 * 4096) / 4096
  const low = Math.SQRT1_2 - high
  // So large that the square is infinite, but not the number split.
  const bounded = x.max(-1e30)
  const shifted = bounded.mul(4097)
  const top = shifted.sub(shifted.sub(bounded))
  const rest = bounded.sub(top)
  return top.mul(high).add(rest.mul(high).add(bounded.mul(low)))
}

/** Logarithm of the normal distribution function, exact also far below 0. */
export function logNdtr(x: Expr): Expr {
  const t = timesRootHalf(x.min(-1))
  const tail = erfcx(t.neg()).mul(0.5).log().sub(t.mul(t))
  return x.lt(-1).where(tail, x.mul(Math.SQRT1_2).erfc().mul(-0.5).log1p())
}

// First approximation of the inverse of erf, as PyTorch's (G. L. Pavlis), highest power first.
const near = {
  above: [-0.140543331, 0.914624893, -1.645349621, 0.886226899],
  below: [0.012229801, -0.329097515, 1.442710462, -2.118377725, 1],
}
const far = {
  above: [1.641345311, 3.429567803, -1.624906493, -1.970840454],
  below: [1.6370678, 3.5438892, 1],
}

/** Inverse of erf: a rational approximation, then two Newton steps. */
export function erfinv(y: Expr): Expr {
  const one = constant(1, y.dtype)
  const square = y.mul(y)
  const z = one.sub(y.abs()).mul(0.5).log().neg().sqrt()
  const tail = rational(z, far.above, far.below)
  let x = y
    .abs()
    .le(0.7)
    .where(y.mul(rational(square, near.above, near.below)), y.lt(0).where(tail.neg(), tail))
  for (let step = 0; step < 2; step++) {
    const slope = x
      .mul(x)
      .neg()
      .exp()
      .mul(2 / Math.sqrt(Math.PI))
    x = x.sub(x.erf().sub(y).div(slope))
  }
  return select(
    [
      [y.abs().gt(1), Number.NaN],
      [y.eq(1), Number.POSITIVE_INFINITY],
      [y.eq(-1), Number.NEGATIVE_INFINITY],
    ],
    x,
  )
}
