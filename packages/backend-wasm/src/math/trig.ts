import { horner, type Vec } from '../emit/vec.ts'
import { copySign } from './log.ts'
import { hosted, rarely } from './rarely.ts'

/**
 * Trigonometric functions of doubles after fdlibm's `k_sin.c`, `k_cos.c`, `e_rem_pio2.c`, `s_atan.c`
 * and `e_asin.c` (Sun Microsystems, 1993). `narrow` says that the values are float32.
 */
const s = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
  -2.50507602534068634195e-8, 1.58969099521155010221e-10,
]
const s1 = -1.66666666666666324348e-1
const c = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5,
  -2.75573143513906633035e-7, 2.0875723212981748279e-9, -1.13596475577881948265e-11,
]
/** π/2 as 33 bits, 33 bits more, again 33, and the rest. */
const halfPi = [
  1.57079632673412561417, 6.0771005063039659766e-11, 2.0222662487111664558e-21,
  8.47842766036889956997e-32,
]
/** What the first 33 bits leave of π/2. */
const halfPiRest = 6.07710050650619224932e-11
const magic = 1.5 * 2 ** 52
/** Up to here multiples of 33 bits of π/2 are exact. */
const moderate = 2 ** 19

interface Reduced {
  /** x minus multiples of π/2, and what was rounded off. */
  readonly high: Vec
  readonly low: Vec
  /** The number of multiples, as the low bits of 64. */
  readonly quadrant: Vec
}

function reduce(x: Vec, narrow: boolean): Reduced {
  const rounded = x.madd(2 / Math.PI, magic)
  const n = rounded.sub(magic)
  const quadrant = rounded.asInt()
  const first = x.sub(n.mul(halfPi[0]))
  if (narrow) return { high: first.sub(n.mul(halfPiRest)), low: x.like(0), quadrant }
  const second = first.sub(n.mul(halfPi[1]))
  const lostSecond = first.sub(second).sub(n.mul(halfPi[1]))
  const third = second.sub(n.mul(halfPi[2]))
  const lostThird = second.sub(third).sub(n.mul(halfPi[2]))
  const tail = n.mul(halfPi[3]).sub(lostThird).sub(lostSecond)
  const high = third.sub(tail)
  return { high, low: third.sub(high).sub(tail), quadrant }
}

function sine({ high, low }: Reduced): Vec {
  const z = high.mul(high)
  const v = z.mul(high)
  const r = horner(z, s)
  return high.sub(
    z
      .mul(low.mul(0.5).sub(v.mul(r)))
      .sub(low)
      .sub(v.mul(s1)),
  )
}

function cosine({ high, low }: Reduced): Vec {
  const z = high.mul(high)
  const r = z.mul(horner(z, c))
  const half = z.mul(0.5)
  const w = z.like(1).sub(half)
  return w.add(
    z
      .like(1)
      .sub(w)
      .sub(half)
      .add(z.mul(r).sub(high.mul(low))),
  )
}

/** Mask of the lanes whose quadrant is odd. */
const isOdd = (quadrant: Vec): Vec => {
  const bit = quadrant.and(quadrant.like(1n))
  return bit.eq(bit.like(1n))
}

function sinShifted(x: Vec, quadrants: bigint): Vec {
  const reduced = reduce(x, false)
  const q = reduced.quadrant.add(reduced.quadrant.like(quadrants))
  const sign = q.and(q.like(2n)).shl(62)
  return isOdd(q).select(cosine(reduced), sine(reduced)).asInt().xor(sign).asFloat()
}

const isLarge = (x: Vec): Vec => x.abs().gt(moderate)

export const sin = (x: Vec): Vec => rarely('sin', x, sinShifted(x, 0n), isLarge(x))
export const cos = (x: Vec): Vec => rarely('cos', x, sinShifted(x, 1n), isLarge(x))

export function tan(x: Vec, narrow: boolean): Vec {
  const reduced = reduce(x, narrow)
  const odd = isOdd(reduced.quadrant)
  const [sinus, cosinus] = [sine(reduced), cosine(reduced)]
  const ratio = odd.select(cosinus, sinus).div(odd.select(sinus, cosinus))
  const value = ratio
    .asInt()
    .xor(odd.and(x.like(-0).asInt()))
    .asFloat()
  return rarely('tan', x, value, isLarge(x))
}

const at = [
  3.33333333333329318027e-1, -1.99999999998764832476e-1, 1.42857142725034663711e-1,
  -1.1111110405462355788e-1, 9.09088713343650656196e-2, -7.69187620504482999495e-2,
  6.66107313738753120669e-2, -5.83357013379057348645e-2, 4.97687799461593236017e-2,
  -3.6531572744216915527e-2, 1.62858201153657823623e-2,
]
/** Where the argument is compared with a point of known arctangent: from, the point, its atan in two parts. */
const points = [
  { from: 7 / 16, point: 0.5, high: 4.63647609000806093515e-1, low: 2.26987774529616870924e-17 },
  { from: 11 / 16, point: 1, high: 7.85398163397448278999e-1, low: 3.06161699786838301793e-17 },
  { from: 19 / 16, point: 1.5, high: 9.82793723247329054082e-1, low: 1.39033110312309984516e-17 },
]
const atInfinity = { high: 1.570796326794896558, low: 6.12323399573676603587e-17 }

/** atan of an x ≥ 0. */
function atanPositive(a: Vec): Vec {
  let numerator = a
  let denominator = a.like(1)
  let high = a.like(0)
  let low = a.like(0)
  for (const { from, point, high: h, low: l } of points) {
    const beyond = a.ge(from)
    numerator = beyond.select(a.sub(point), numerator)
    denominator = beyond.select(a.madd(point, 1), denominator)
    high = beyond.select(a.like(h), high)
    low = beyond.select(a.like(l), low)
  }
  const far = a.ge(39 / 16)
  numerator = far.select(a.like(-1), numerator)
  denominator = far.select(a, denominator)
  high = far.select(a.like(atInfinity.high), high)
  low = far.select(a.like(atInfinity.low), low)
  const t = numerator.div(denominator)
  const z = t.mul(t)
  const series = t.mul(z.mul(horner(z, at)))
  return high.sub(series.sub(low).sub(t))
}

export const atan = (x: Vec): Vec => copySign(atanPositive(x.abs()), x)

export function atan2(y: Vec, x: Vec): Vec {
  const [a, b] = [y.abs(), x.abs()]
  const equal = a.eq(b)
  // 0/0 is taken for 0, ∞/∞ for 1.
  const ratio = a.div(b)
  const special = a.eq(0).select(a.like(0), a.like(1))
  const angle = atanPositive(equal.select(special, ratio))
  const behind = x.asInt().lt(x.asInt().like(0n))
  const folded = behind.select(
    angle
      .sub(2 * atInfinity.low)
      .neg()
      .add(Math.PI),
    angle,
  )
  const value = copySign(folded, y)
  return y.isNaN().or(x.isNaN()).select(y.add(x), value)
}

const p = [
  1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1,
  -4.00555345006794114027e-2, 7.91534994289814532176e-4, 3.4793310759602116757e-5,
]
const q = [
  1, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1,
  7.70381505559019352791e-2,
]
/** (asin(√z) - √z) / √z for z up to 1/4. */
const asinTail = (z: Vec): Vec => z.mul(horner(z, p)).div(horner(z, q))

const upperWord = (x: Vec): Vec => {
  const bits = x.asInt()
  return bits.and(bits.like(-(2n ** 32n))).asFloat()
}

interface Halves {
  /** √((1 - |x|) / 2), its upper word, what that lacks, and the tail at it. */
  readonly root: Vec
  readonly upper: Vec
  readonly lack: Vec
  readonly tail: Vec
  readonly near: Vec
}

/** The pieces of both functions, by |x|. */
function halves(a: Vec): Halves {
  const z = a.like(1).sub(a).mul(0.5)
  const root = z.sqrt()
  const upper = upperWord(root)
  const lack = z.sub(upper.mul(upper)).div(root.add(upper))
  const isNear = a.lt(0.5)
  return { root, upper, lack, tail: asinTail(isNear.select(a.mul(a), z)), near: isNear }
}

export function asin(x: Vec): Vec {
  const a = x.abs()
  const { root, upper, lack, tail, near } = halves(a)
  const correct = a.eq(1).select(a.like(0), lack)
  const left = root.mul(tail).mul(2).sub(correct.mul(-2).add(atInfinity.low))
  const right = upper.mul(-2).add(Math.PI / 4)
  const far = left
    .sub(right)
    .neg()
    .add(Math.PI / 4)
  return copySign(near.select(a.madd(tail, a), far), x)
}

export function acos(x: Vec): Vec {
  const a = x.abs()
  const { root, upper, lack, tail, near } = halves(a)
  const correct = a.eq(1).select(a.like(0), lack)
  const middle = x.like(atInfinity.high).sub(x.sub(x.mul(tail).neg().add(atInfinity.low)))
  const positive = upper.add(tail.madd(root, correct)).mul(2)
  const w = tail.mul(root).sub(atInfinity.low)
  const negative = root.add(w).mul(-2).add(Math.PI)
  return near.select(middle, x.lt(0).select(negative, positive))
}

/** C's fmod of float32 values: exact as long as the quotient has less than 30 bits. */
export function narrowRem(x: Vec, y: Vec): Vec {
  const [a, b] = [x.abs(), y.abs()]
  const quotient = a.div(b).trunc()
  const rest = a.sub(quotient.mul(b))
  // The quotient may have been rounded up to an integer.
  const correct = rest.lt(0).select(rest.add(b), rest)
  const value = copySign(a.lt(b).select(a, correct), x)
  return rarely('rem', [x, y], value, quotient.lt(2 ** 29).not())
}

/** C's fmod of doubles. */
export const rem = (x: Vec, y: Vec): Vec => hosted('rem', x, y)
