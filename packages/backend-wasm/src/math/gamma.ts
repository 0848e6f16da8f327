import { horner, type Vec } from '../emit/vec.ts'
import { log } from './log.ts'
import { sin, tan } from './trig.ts'

/**
 * log |Γ(x)| of doubles after fdlibm's `e_lgamma_r.c` (Sun Microsystems, 1993): about 1 ULP, except
 * close to the zeros between the negative integers.
 */
const even = [
  7.72156649015328655494e-2, 6.73523010531292681824e-2, 7.38555086081402883957e-3,
  1.19270763183362067845e-3, 2.20862790713908385557e-4, 2.52144565451257326939e-5,
]
const odd = [
  3.22467033424113591611e-1, 2.05808084325167332806e-2, 2.89051383673415629091e-3,
  5.10069792153511336608e-4, 1.08011567247583939954e-4, 4.4864094961891516015e-5,
]
/** Where Γ is smallest, its logarithm there, and the tail of that. */
const tc = 1.46163214496836224576
const tf = -1.21486290535849611461e-1
const tt = -3.63867699703950536541e-18
const t0 = [
  4.83836122723810047042e-1, -3.27885410759859649565e-2, 6.10053870246291332635e-3,
  -1.40346469989232843813e-3, 3.15632070903625950361e-4,
]
const t1 = [
  -1.47587722994593911752e-1, 1.79706750811820387126e-2, -3.6845201678113825676e-3,
  8.81081882437654011382e-4, -3.12754168375120860518e-4,
]
const t2 = [
  6.46249402391333854778e-2, -1.0314224129834143745e-2, 2.2596478090061247225e-3,
  -5.38595305356740546715e-4, 3.35529192635519073543e-4,
]
const u = [
  -7.72156649015328655494e-2, 6.32827064025093366517e-1, 1.45492250137234768737,
  9.77717527963372745603e-1, 2.28963728064692451092e-1, 1.33810918536787660377e-2,
]
const v = [
  1, 2.45597793713041134822, 2.12848976379893395361, 7.69285150456672783825e-1,
  1.04222645593369134254e-1, 3.2170924228242391181e-3,
]
const s = [
  -7.72156649015328655494e-2, 2.14982415960608852501e-1, 3.25778796408930981787e-1,
  1.46350472652464452805e-1, 2.6642270303363860956e-2, 1.84028451407337715652e-3,
  3.19475326584100867617e-5,
]
const r = [
  1, 1.39200533467621045958, 7.21935547567138069525e-1, 1.71933865632803078993e-1,
  1.86459191715652901344e-2, 7.77942496381893596434e-4, 7.32668430744625636189e-6,
]
const w = [
  8.33333333333329678849e-2, -2.7777777772877553647e-3, 7.936505586430195585e-4,
  -5.95187557450339963135e-4, 8.36339918996282139126e-4, -1.63092934096575273989e-3,
]

/** On [0, 2]: around 2, around the minimum, or around 1, after a step towards there where it is far. */
function small(y: Vec, logarithm: Vec): Vec {
  const low = y.le(0.9)
  const near2 = low.select(y.ge(0.7316), y.ge(1.7316))
  const near1 = low.select(y.lt(0.23164), y.lt(1.23))
  const base = low.select(y.like(1), y.like(2))
  const p = base.sub(y)
  const z = p.mul(p)
  const around2 = horner(z, even).mul(p).add(horner(z, odd).mul(z)).sub(p.mul(0.5))
  const q = y.sub(low.select(y.like(tc - 1), y.like(tc)))
  const q2 = q.mul(q)
  const q3 = q2.mul(q)
  const inner = horner(q3, t2).mul(q).add(horner(q3, t1))
  const around = horner(q3, t0).mul(q2).sub(q3.mul(inner).neg().add(tt)).add(tf)
  const f = y.sub(low.select(y.like(0), y.like(1)))
  const around1 = f.mul(horner(f, u)).div(horner(f, v)).sub(f.mul(0.5))
  const value = near2.select(around2, near1.select(around1, around))
  return value.sub(low.keep(logarithm))
}

/** On [2, 8): from [2, 3) by the recurrence. */
function middle(y: Vec, narrow: boolean): Vec {
  const n = y.floor()
  const f = y.sub(n)
  const value = f.madd(0.5, f.mul(horner(f, s)).div(horner(f, r)))
  let product = y.like(1)
  for (let k = 2; k < 7; k++) product = n.gt(k).select(product.mul(f.add(k)), product)
  return value.add(log(product, narrow))
}

/** From 8 on: Stirling's series. */
function large(y: Vec, logarithm: Vec): Vec {
  const z = y.like(1).div(y)
  const tail = z.madd(horner(z.mul(z), w), 4.18938533204672725052e-1)
  const main = y.sub(0.5).mul(logarithm.sub(1))
  const series = main.add(tail)
  return y.lt(2 ** 58).select(series, y.mul(logarithm.sub(1)))
}

/** |sin πx| for x ≥ 0, exact at the multiples of 1/2. */
function sinPi(x: Vec): Vec {
  const y = x.sub(x.floor())
  const folded = y.gt(0.5).select(y.like(1).sub(y), y)
  const angle = folded.mul(Math.PI)
  return sin(angle)
}

export function lgamma(x: Vec, narrow: boolean): Vec {
  const y = x.abs()
  const logarithm = log(y, narrow)
  const infinity = x.like(Number.POSITIVE_INFINITY)
  const clamped = y.pmin(8)
  const below8 = y.lt(2).select(small(clamped, logarithm), middle(clamped, narrow))
  const positive = y.lt(8).select(below8, large(y, logarithm))
  const exact = y.eq(1).or(y.eq(2)).select(x.like(0), positive)
  const tiny = y.lt(2 ** -70).select(logarithm.neg(), exact)
  const sine = sinPi(y.lt(2 ** 52).keep(y))
  const reflected = log(x.like(Math.PI).div(sine.mul(y)), narrow).sub(tiny)
  const negative = sine.eq(0).select(infinity, y.lt(2 ** -70).select(tiny, reflected))
  const value = x.lt(0).select(negative, tiny)
  return x.isNaN().select(x, y.eq(infinity).select(infinity, value))
}

/** Numerator and denominator of digamma on [1, 2] after its root is split off (Boost.Math, 53 bits). */
const dp = [
  0.25479851061131551, -0.32555031186804491, -0.65031853770896507, -0.28919126444774784,
  -0.045251321448739056, -0.0020713321167745952,
]
const dq = [
  1, 2.0767117023730469, 1.4606242909763515, 0.43593529692665969, 0.054151797245674225,
  0.0021284987017821144, -0.55789841321675513e-6,
]
/** The root as a sum of three parts. */
const roots = [
  1569415565 / 1073741824,
  381566830 / 1073741824 / 1073741824,
  0.9016312093258695918615325266959189453125e-19,
]
/** Bernoulli numbers B(2k)/2k of the asymptotic series. */
const bernoulli = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]

/** π / tan(πx), the difference between digamma on both sides of 1/2. */
function reflection(x: Vec): Vec {
  const part = x.sub(x.floor())
  const centred = part.gt(0.5).select(part.sub(1), part)
  const tangent = tan(centred.mul(Math.PI), false)
  return x.like(Math.PI).div(tangent)
}

/** The logarithmic derivative of Γ, after Boost.Math's `digamma` (asymptotic from 10, root at 1.46). */
export function digamma(x: Vec, narrow: boolean): Vec {
  const negative = x.lt(0)
  const shift = negative.keep(reflection(x.neg()))
  const y = negative.select(x.like(1).sub(x), x)
  const t = y.sub(1)
  const z = t.like(1).div(t.mul(t))
  const far = log(t, narrow)
    .add(t.like(0.5).div(t))
    .sub(z.mul(horner(z, bernoulli)))
  // Down to (1, 2] by steps of 1, or up from below 1.
  let near = y
  let value = y.like(0)
  for (let k = 0; k < 9; k++) {
    const above = near.gt(2)
    near = near.sub(above.keep(y.like(1)))
    value = value.add(above.keep(y.like(1).div(near)))
  }
  const below = near.lt(1)
  value = value.sub(below.keep(y.like(1).div(near)))
  near = near.add(below.keep(y.like(1)))
  const g = near.sub(roots[0]).sub(roots[1]).sub(roots[2])
  const argument = near.sub(1)
  const ratio = horner(argument, dp).div(horner(argument, dq))
  const central = value.add(g.mul(0.99558162689208984).add(g.mul(ratio)))
  const regular = shift.add(y.ge(10).select(far, central))
  const pole = negative.and(x.eq(x.floor()))
  const signedZero = x.like(-0).asInt().eq(x.asInt())
  const infinity = x.like(Number.POSITIVE_INFINITY)
  const atZero = signedZero.select(infinity, infinity.neg())
  const finite = x.eq(0).select(atZero, pole.select(x.like(Number.NaN), regular))
  return x.eq(infinity).or(x.isNaN()).select(x, finite)
}
