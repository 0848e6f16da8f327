import { demote, horner, lowWords, Vec, widen } from '../emit/vec.ts'
import { copySign } from './log.ts'
import { rarely } from './rarely.ts'

/**
 * The functions of float32 that networks spend their time in, computed in float32: within 1 or 2 ULP
 * over the whole range. Polynomials without another source are minimax fits of the relative error.
 */

/** Added to a small number, rounds it to an integer, which then stands in the lowest bits. */
const magic = 1.5 * 2 ** 23

/** (exp(r) - 1 - r) / r² on ±ln 2 / 2. */
const expTail = [
  0.499999940087, 0.166665220727, 0.0416683298758, 0.00836875233255, 0.00138164268384,
]

/** exp(high - low) - 1 of a small difference, of which `high` is exact. */
function expm1Small(high: Vec, low: Vec): Vec {
  const r = high.sub(low)
  return r.mul(r).mul(horner(r, expTail)).sub(low).add(high)
}

interface Reduced {
  /** n + magic, of which the bits are n. */
  readonly rounded: Vec
  /** exp(r) - 1 of x = n · ln 2 + r. */
  readonly rest: Vec
}

function reduced(x: Vec): Reduced {
  const rounded = x.madd(Math.LOG2E, magic)
  const n = rounded.sub(magic)
  // ln 2 in two parts, of which the first has so few bits that its multiples are exact.
  const high = n.nmadd(0.693359375, x)
  return { rounded, rest: expm1Small(high, n.mul(-2.1219444e-4)) }
}

/** The integer n. */
const exponent = (rounded: Vec): Vec => rounded.asInt().sub(0x4b400000)

/** x · 2^n for an n between the exponents of float32. */
const scaled = (x: Vec, rounded: Vec): Vec =>
  x.mul(rounded.asInt().shl(23).add(0x3f800000).asFloat())

export function exp(x: Vec): Vec {
  const { rounded, rest } = reduced(x.pmax(-104).pmin(89))
  // Twice half of the exponent, so that both ends of the range come right.
  const n = exponent(rounded)
  const half = n.shr(1)
  const power = (e: Vec): Vec => e.add(127).shl(23).asFloat()
  return rest
    .add(1)
    .mul(power(half))
    .mul(power(n.sub(half)))
}

/** 1 / (1 + exp(-x)): the exponential is put together in double, where it can't overflow. */
export function sigmoid(x: Vec): Vec {
  const { rounded, rest } = reduced(x.neg().pmax(-105).pmin(105))
  const n = exponent(rounded)
  const [low, high] = widen(rest).map((r, half) => {
    const power = n
      .convert(half === 0 ? 'i64x2.extend_low_i32x4_s' : 'i64x2.extend_high_i32x4_s', 'i64')
      .add(Vec.splat(n.graph, 'i64', 1023n))
      .shl(52)
      .asFloat()
    return r.like(1).div(r.add(1).madd(power, 1))
  })
  return demote(low, high)
}

/** (h / tanh(h) - 1) / h² in h², between -ln 2 / 8 and 3 · ln 2 / 8. */
const cothTail = [0.333327978849411, -0.022002307698130608]
/** `magic` and the bias of an exponent: the bits of n + biased, shifted up, are those of 2^n. */
const biased = magic + 127

/**
 * With a = n · ln 2 / 2 + h and t = tanh(n · ln 2 / 2) = (2^n - 1) / (2^n + 1) the addition theorem gives t + (1 - t²) ·
 * tanh(h) / (1 + t · tanh(h)). n is chosen low, so that the sum keeps the exponent of t. Dividers have
 * less to do than multipliers: short quotients are cheaper than a long polynomial.
 */
export function tanh(x: Vec): Vec {
  // tanh(9.1) is 1 to the last bit.
  const a = x.abs().pmin(9.1)
  const shifted = a.madd(2 * Math.LOG2E, -0.25).add(biased)
  const power = shifted.asInt().shl(23).asFloat()
  const n = shifted.sub(biased)
  const h = n.nmadd(-2.1219444e-4 / 2, n.nmadd(0.693359375 / 2, a))
  const t = power.sub(1).div(power.add(1))
  const z = h.mul(h)
  // The theorem's quotient is slope / (1 + d); what 1 + d would round away stays in the difference.
  const d = t.madd(h, z.mul(horner(z, cothTail)))
  const slope = h.mul(t.nmadd(t, 1))
  const step = slope.sub(slope.mul(d).div(d.add(1)))
  return copySign(t.add(step), x)
}

/** The bits of √½. */
const sqrtHalf = 0x3f3504f3
const logEven = [0.40000972152, 0.24279078841]
const logOdd = [0.66666662693, 0.28498786688]

/** log after FreeBSD's `e_logf.c`: below 1 ULP. */
export function log(x: Vec): Vec {
  const subnormal = x.lt(2 ** -126)
  const value = subnormal.select(x.mul(2 ** 25), x)
  const shifted = value.asInt().add(0x3f800000 - sqrtHalf)
  const biased = shifted.shr(23).convert('f32x4.convert_i32x4_s', 'f32')
  const k = biased.sub(subnormal.select(x.like(127 + 25), 127))
  const f = shifted.and(0x7fffff).add(sqrtHalf).asFloat().sub(1)
  const s = f.div(f.add(2))
  const z = s.mul(s)
  const w = z.mul(z)
  const r = horner(w, logEven).mul(w).add(horner(w, logOdd).mul(z))
  const half = f.mul(f).mul(0.5)
  const main = half.sub(k.madd(9.0580006145e-6, s.mul(half.add(r)))).sub(f)
  const result = k.mul(6.9313812256e-1).sub(main)
  const regular = x.gt(0).and(x.lt(Number.POSITIVE_INFINITY))
  const atZero = x.eq(0).select(x.like(Number.NEGATIVE_INFINITY), x)
  return regular.select(result, x.lt(0).select(x.like(Number.NaN), atZero))
}

const sinTail = [-0.166666551139, 0.00833218271054, -0.000195175044329]
const cosTail = [0.0416666467952, -0.00138873599422, 2.44373230997e-5]
/** π/2 in two parts, of which the first has 25 bits. */
const halfPi = [1.5707963109016418457, 1.58932547735281966916e-8]
const wideMagic = 1.5 * 2 ** 52
/** Up to here the reduction by two parts is as good as float32 can tell. */
const moderate = 1e8

/** sin(x + quadrants · π/2): the reduction is in double, what follows in float32. */
function sinShifted(x: Vec, quadrants: number): Vec {
  const parts = widen(x).map((d) => {
    const rounded = d.madd(2 / Math.PI, wideMagic)
    const n = rounded.sub(wideMagic)
    return { rounded, rest: n.nmadd(halfPi[1], n.nmadd(halfPi[0], d)) }
  })
  const r = demote(parts[0].rest, parts[1].rest)
  const [low, high] = parts.map((p) => p.rounded)
  return inQuadrant(r, lowWords(low, high), quadrants)
}

function inQuadrant(r: Vec, bits: Vec, quadrants: number): Vec {
  const z = r.mul(r)
  // The sum would make +0 of -0; a sine has its argument's sign.
  const sum = r.mul(z).madd(horner(z, sinTail), r)
  const sine = sum
    .asInt()
    .or(r.asInt().and(r.like(-0).asInt()))
    .asFloat()
  const cosine = z.mul(z).madd(horner(z, cosTail), z.nmadd(0.5, 1))
  const q = bits.add(quadrants)
  const swapped = q.shl(31).shr(31)
  const sign = q.and(2).shl(30)
  return swapped.select(cosine, sine).asInt().xor(sign).asFloat()
}

const slow = (name: 'sin' | 'cos', x: Vec, value: Vec): Vec =>
  rarely(name, x, value, x.abs().gt(moderate))

export const sin = (x: Vec): Vec => slow('sin', x, sinShifted(x, 0))
export const cos = (x: Vec): Vec => slow('cos', x, sinShifted(x, 1))

/** erf(x) / x - 1 in x², up to 0.85. */
const erfNear = [
  0.128379160231, -0.376125718361, 0.112827173793, -0.0268025466416, 0.0050510927746,
  -0.0006315117058,
]
/** -log2 erfc(x) between 0.84 and 4. */
const erfcBits = [
  0.000135483722537, 1.62751466212, 0.918184860306, 0.150907323208, -0.032542599731,
  0.00451232897523, -0.000295346572625,
]

export function erf(x: Vec): Vec {
  const a = x.abs()
  const near = x.madd(horner(x.mul(x), erfNear), x)
  const bits = horner(a.pmin(4), erfcBits)
  const rounded = bits.like(magic).sub(bits)
  const r = rounded.sub(magic).add(bits).mul(-Math.LN2)
  const far = bits.like(1).sub(scaled(expm1Small(r, r.like(0)).add(1), rounded))
  return a.lt(0.845).select(near, copySign(far, x))
}
