import { horner, type Vec } from '../emit/vec.ts'
import { exp } from './exp.ts'
import { copySign } from './log.ts'

/**
 * erf and erfc of doubles after fdlibm's `s_erf.c` (Sun Microsystems, 1993): rational approximations
 * on [0, 0.84375], [0.84375, 1.25], [1.25, 1/0.35] and [1/0.35, 28]; below 1 ULP.
 */
const pp = [
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2,
  -5.77027029648944159157e-3, -2.37630166566501626084e-5,
]
const qq = [
  1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3,
  1.32494738004321644526e-4, -3.9602282787753681232e-6,
]
const pa = [
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
  3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2,
  -2.166375594868790843e-3,
]
const qa = [
  1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
  1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.1984499846799107417e-2,
]
const ra = [
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
  -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2,
  -8.12874355063065934246e1, -9.81432934416914548592,
]
const sa = [
  1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2,
  6.45387271733267880336e2, 4.29008140027567833386e2, 1.08635005541779435134e2,
  6.57024977031928170135, -6.04244152148580987438e-2,
]
const rb = [
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
  -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3,
  -4.83519191608651397019e2,
]
const sb = [
  1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3,
  3.19985821950859553908e3, 2.55305040643316442583e3, 4.74528541206955367215e2,
  -2.24409524465858183362e1,
]
/** erf(0.84375 … 1.25) is near this, rounded to float32. */
const erx = 8.45062911510467529297e-1

const ratio = (x: Vec, p: readonly number[], q: readonly number[]): Vec =>
  horner(x, p).div(horner(x, q))

/** (erf(x) - x) / x near 0. */
const near = (x: Vec): Vec => ratio(x.mul(x), pp, qq)

/** erf(a) - erx around 1. */
const middle = (a: Vec): Vec => ratio(a.sub(1), pa, qa)

/** erfc of a ≥ 1.25: exp(-a²) is split so that the squaring loses nothing. */
function tail(a: Vec, narrow: boolean): Vec {
  const s = a.like(1).div(a.mul(a))
  const r = a.lt(1 / 0.35).select(ratio(s, ra, sa), ratio(s, rb, sb))
  const bits = a.asInt()
  const z = bits.and(bits.like(-(2n ** 32n))).asFloat()
  const main = exp(z.mul(z).neg().sub(0.5625), narrow)
  return main.mul(exp(z.sub(a).mul(z.add(a)).add(r), narrow)).div(a)
}

export function erf(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const small = a.madd(near(a), a)
  const far = a.like(1).sub(tail(a.pmin(6).pmax(1.25), narrow))
  const value = a.lt(0.84375).select(small, a.lt(1.25).select(middle(a).add(erx), far))
  return copySign(a.isNaN().select(a, value), x)
}

export function erfc(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const y = near(a)
  const negative = x.lt(0)
  const one = x.like(1)
  const low = one.sub(x.madd(y, x))
  const high = x.like(0.5).sub(x.sub(0.5).add(x.mul(y)))
  const small = x.lt(0.25).select(low, high)
  const m = middle(a)
  const centre = negative.select(m.add(erx).add(1), one.sub(erx).sub(m))
  const t = tail(a.pmin(28).pmax(1.25), narrow)
  const far = negative.select(x.like(2).sub(t), t)
  const value = a.lt(0.84375).select(small, a.lt(1.25).select(centre, far))
  return x.isNaN().select(x, value)
}
