import { polynomial } from './erf.ts'

/**
 * log |Γ(x)| after fdlibm's `e_lgamma_r.c` (Sun Microsystems, 1993): about 1 ULP, except close to the
 * zeros between the negative integers.
 */
const a = [
  7.72156649015328655494e-2, 3.22467033424113591611e-1, 6.73523010531292681824e-2,
  2.05808084325167332806e-2, 7.38555086081402883957e-3, 2.89051383673415629091e-3,
  1.19270763183362067845e-3, 5.10069792153511336608e-4, 2.20862790713908385557e-4,
  1.08011567247583939954e-4, 2.52144565451257326939e-5, 4.4864094961891516015e-5,
]
const even = [a[0], a[2], a[4], a[6], a[8], a[10]]
const odd = [a[1], a[3], a[5], a[7], a[9], a[11]]
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

/** sin(πx), exact at the multiples of 1/2. */
function sinPi(x: number): number {
  const y = x - 2 * Math.floor(x / 2)
  const n = Math.round(y * 2)
  const z = Math.PI * (y - n / 2)
  switch (n & 3) {
    case 0:
      return Math.sin(z)
    case 1:
      return Math.cos(z)
    case 2:
      return -Math.sin(z)
    default:
      return -Math.cos(z)
  }
}

/** On (0, 2): around 2, around the minimum, or around 1, after a step towards there where it is far. */
function small(x: number): number {
  let y: number
  let value = 0
  let part: 0 | 1 | 2
  if (x <= 0.9) {
    value = -Math.log(x)
    if (x >= 0.7316) [y, part] = [1 - x, 0]
    else if (x >= 0.23164) [y, part] = [x - (tc - 1), 1]
    else [y, part] = [x, 2]
  } else if (x >= 1.7316) [y, part] = [2 - x, 0]
  else if (x >= 1.23) [y, part] = [x - tc, 1]
  else [y, part] = [x - 1, 2]
  if (part === 0) {
    const z = y * y
    return value + (y * polynomial(even, z) + z * polynomial(odd, z) - 0.5 * y)
  }
  if (part === 1) {
    const z = y * y
    const q = z * y
    const [p1, p2, p3] = [polynomial(t0, q), polynomial(t1, q), polynomial(t2, q)]
    return value + (tf + (z * p1 - (tt - q * (p2 + y * p3))))
  }
  return value + (-0.5 * y + (y * polynomial(u, y)) / polynomial(v, y))
}

export function lgamma(x: number): number {
  if (x !== x) return x
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY
  const y = Math.abs(x)
  if (y === 0) return Number.POSITIVE_INFINITY
  if (y < 2 ** -70) return -Math.log(y)
  if (x < 0) {
    if (y >= 2 ** 52) return Number.POSITIVE_INFINITY
    const sine = sinPi(y)
    if (sine === 0) return Number.POSITIVE_INFINITY
    return Math.log(Math.PI / Math.abs(sine * y)) - lgamma(y)
  }
  if (x === 1 || x === 2) return 0
  if (x < 2) return small(x)
  if (x < 8) {
    const n = Math.trunc(x)
    const f = x - n
    const value = 0.5 * f + (f * polynomial(s, f)) / polynomial(r, f)
    let product = 1
    for (let k = n - 1; k >= 2; k--) product *= f + k
    return value + Math.log(product)
  }
  if (x < 2 ** 58) {
    const z = 1 / x
    const tail = 4.18938533204672725052e-1 + z * polynomial(w, z * z)
    return (x - 0.5) * (Math.log(x) - 1) + tail
  }
  return x * (Math.log(x) - 1)
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

/** The logarithmic derivative of Γ, after Boost.Math's `digamma` (asymptotic from 10, root at 1.46). */
export function digamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return x
  if (x !== x || x === Number.NEGATIVE_INFINITY) return Number.NaN
  let value = 0
  let y = x
  if (x < 0) {
    y = 1 - x
    let part = -x - Math.floor(-x)
    if (part === 0) return Number.NaN
    if (part > 0.5) part -= 1
    value = Math.PI / Math.tan(Math.PI * part)
  }
  if (y >= 10) {
    y -= 1
    const z = 1 / (y * y)
    return value + (Math.log(y) + 1 / (2 * y) - z * polynomial(bernoulli, z))
  }
  while (y > 2) {
    y -= 1
    value += 1 / y
  }
  while (y < 1) {
    value -= 1 / y
    y += 1
  }
  const g = y - roots[0] - roots[1] - roots[2]
  const ratio = polynomial(dp, y - 1) / polynomial(dq, y - 1)
  return value + (g * 0.99558162689208984 + g * ratio)
}
