import { constant, type Expr } from '@sconce/backend'
import { polynomial, rational, select } from './series.ts'

/*
 * Bessel functions by the rational approximations of the Cephes library (S. L. Moshier), the ones that
 * PyTorch took over. There the leading 1 of four denominators was lost, which makes its results differ by
 * up to 1e-7.
 */

/** Amplitude and phase of order 0 above 5, in 25 / x². */
const wave0 = {
  cosAbove: [
    0.0007969367292973471, 0.08283523921074408, 1.239533716464143, 5.447250030587687,
    8.74716500199817, 5.303240382353949, 1.0,
  ],
  cosBelow: [
    0.0009244088105588637, 0.08562884743544745, 1.2535274390105895, 5.470977403304171,
    8.761908832370695, 5.306052882353947, 1.0,
  ],
  sinAbove: [
    -0.011366383889846916, -1.2825271867050931, -19.553954425773597, -93.20601521237683,
    -177.68116798048806, -147.07750515495118, -51.41053267665993, -6.050143506007285,
  ],
  sinBelow: [
    1, 64.3178256118178, 856.4300259769806, 3882.4018360540163, 7240.467741956525,
    5930.727011873169, 2062.0933166032783, 242.0057402402914,
  ],
}
/** J0 on [0, 5], in x², the first two zeros taken out. */
const j0Small = {
  above: [-4794432209.782018, 1956174919465.5657, -249248344360967.72, 9708622510473064.0],
  below: [
    1, 499.563147152651, 173785.4016763747, 48440965.83399621, 11185553704.535683,
    2112775201154.892, 310518229857422.56, 3.1812195594320496e16, 1.7108629408104315e18,
  ],
}
/** Y0 on [0, 5], in x², the logarithm taken out. */
const y0Small = {
  above: [
    15592.436785523574, -14663929.59039716, 5435264770.518765, -982136065717.9115, 87590639439536.7,
    -3466283033847297.0, 4.4273326857256984e16, -1.8495080043698668e16,
  ],
  below: [
    1, 1041.2835366425984, 626107.330137135, 268919633.39381415, 86400248710.3935,
    20297961275010.555, 3171577528429750.5, 2.5059625617265306e17,
  ],
}
/** Amplitude and phase of order 1 above 5, in 25 / x². */
const wave1 = {
  cosAbove: [
    0.0007621256162081731, 0.07313970569409176, 1.1271960812968493, 5.112079511468076,
    8.424045901417724, 5.214515986823615, 1.0,
  ],
  cosBelow: [
    0.0005713231280725487, 0.06884559087544954, 1.105142326340617, 5.073863861286015,
    8.399855543276042, 5.209828486823619, 1.0,
  ],
  sinAbove: [
    0.05108625947501766, 4.982138729512334, 75.82382841325453, 366.7796093601508, 710.8563049989261,
    597.4896124006136, 211.68875710057213, 25.207020585802372,
  ],
  sinBelow: [
    1, 74.23732770356752, 1056.4488603826283, 4986.410583376536, 9562.318924047562,
    7997.041604473507, 2826.1927851763908, 336.0936078106983,
  ],
}
/** J1 on [0, 5], in x², the first two zeros taken out. */
const j1Small = {
  above: [-899971225.7055594, 452228297998.19403, -72749424522181.83, 3682957328638529.0],
  below: [
    1, 620.8364781180543, 256987.25675774884, 83514679.14319493, 22151159547.97925,
    4749141220799.914, 784369607876235.9, 8.952223361846274e16, 5.322786203326801e18,
  ],
}
/** Y1 on [0, 5], in x², the logarithm taken out. */
const y1Small = {
  above: [
    1263204747.9017804, -647355876379.1603, 114509511541823.73, -8127702555013251.0,
    2.024394757135949e17, -7.788771962659501e17,
  ],
  below: [
    1, 594.3015923461282, 235564.09294306856, 73481194.44597217, 18760131610.870617,
    3882312774962.3857, 620557727146953.8, 6.871410873553005e16, 3.9727060811656064e18,
  ],
}

interface Wave {
  readonly cosAbove: readonly number[]
  readonly cosBelow: readonly number[]
  readonly sinAbove: readonly number[]
  readonly sinBelow: readonly number[]
}

const twoOverPi = 2 / Math.PI

/** √(2 / πx) · (p · cos(x - phase) - q · sin(x - phase)), or the same a quarter turn on. */
function oscillation(x: Expr, wave: Wave, phase: number, quarter: boolean): Expr {
  const z = constant(5, x.dtype).div(x)
  const square = z.mul(z)
  const p = rational(square, wave.cosAbove, wave.cosBelow)
  const q = z.mul(rational(square, wave.sinAbove, wave.sinBelow))
  const angle = x.sub(phase)
  const [c, s] = [angle.cos(), angle.sin()]
  const sum = quarter ? p.mul(s).add(q.mul(c)) : p.mul(c).sub(q.mul(s))
  return sum.mul(Math.sqrt(twoOverPi)).div(x.sqrt())
}

const [phase0, phase1] = [Math.PI / 4, (3 * Math.PI) / 4]

/** J0(x). */
export function j0(self: Expr): Expr {
  const x = self.abs()
  const square = x.mul(x)
  const tiny = constant(1, x.dtype).sub(square.mul(0.25))
  const small = square
    .sub(5.783185962946785)
    .mul(square.sub(30.471262343662087))
    .mul(rational(square, j0Small.above, j0Small.below))
  return select(
    [
      [x.lt(1e-5), tiny],
      [x.le(5), small],
    ],
    oscillation(x, wave0, phase0, false),
  )
}

/** J1(x). */
export function j1(self: Expr): Expr {
  const x = self.abs()
  const square = x.mul(x)
  const small = rational(square, j1Small.above, j1Small.below)
    .mul(self)
    .mul(square.sub(14.681970642123893))
    .mul(square.sub(49.2184563216946))
  const large = oscillation(x, wave1, phase1, false)
  return x.le(5).where(small, self.lt(0).where(large.neg(), large))
}

const ofPositive = (x: Expr, value: Expr): Expr =>
  select(
    [
      [x.eq(0), Number.NEGATIVE_INFINITY],
      [x.lt(0), Number.NaN],
    ],
    value,
  )

/** Y0(x); NaN below 0. */
export function y0(x: Expr): Expr {
  const square = x.mul(x)
  const small = rational(square, y0Small.above, y0Small.below).add(
    x.log().mul(twoOverPi).mul(j0(x)),
  )
  return ofPositive(x, x.le(5).where(small, oscillation(x, wave0, phase0, true)))
}

/** Y1(x); NaN below 0. */
export function y1(x: Expr): Expr {
  const square = x.mul(x)
  const logarithm = j1(x).mul(x.log()).sub(constant(1, x.dtype).div(x))
  const small = x.mul(rational(square, y1Small.above, y1Small.below)).add(logarithm.mul(twoOverPi))
  return ofPositive(x, x.le(5).where(small, oscillation(x, wave1, phase1, true)))
}

/** Taylor coefficients of sin(x) / x in x². */
const sincSeries = [1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1]

/** sin(x) / x. */
export function sphericalJ0(x: Expr): Expr {
  return select(
    [
      [x.abs().eq(Number.POSITIVE_INFINITY), 0],
      [x.abs().lt(0.5), polynomial(x.mul(x), sincSeries)],
    ],
    x.sin().div(x),
  )
}
