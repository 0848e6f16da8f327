import { horner, type Vec } from '../emit/vec.ts'

/**
 * Exponentials of doubles after fdlibm's `e_exp.c` and `s_expm1.c` (Sun Microsystems, 1993): below
 * 1 ULP. `narrow` says that the values are float32, which have no need of the ends of the range.
 */
const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10
const inverseLn2 = Math.LOG2E
const p = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5,
  -1.6533902205465251539e-6, 4.13813679705723846039e-8,
]
/** Added to a small number, rounds it to an integer, which then stands in the lowest bits. */
const magic = 1.5 * 2 ** 52
const one = 0x3ff0000000000000n

/** 2^n for the integers n in the low bits of `rounded` (n + magic). */
const power = (rounded: Vec): Vec => {
  const bits = rounded.asInt()
  return bits.shl(52).add(bits.like(one)).asFloat()
}

interface Reduced {
  /** exp(r) - 1 of the rest r, |r| ≤ ln 2 / 2. */
  readonly rest: Vec
  /** The exponent n, as a double. */
  readonly n: Vec
  /** n + magic. */
  readonly rounded: Vec
}

/** x = n · ln 2 + r. */
function reduce(x: Vec): Reduced {
  const rounded = x.madd(inverseLn2, magic)
  const n = rounded.sub(magic)
  const high = n.nmadd(ln2High, x)
  const low = n.mul(ln2Low)
  const r = high.sub(low)
  const square = r.mul(r)
  const c = square.nmadd(horner(square, p), r)
  const rest = high.add(r.mul(c).div(c.like(2).sub(c)).sub(low))
  return { rest, n, rounded }
}

/** x · 2^n in two steps, so that the ends of the range come right. */
function scale(x: Vec, n: Vec): Vec {
  const half = n.madd(0.5, magic)
  const rest = n.sub(half.sub(magic)).add(magic)
  return x.mul(power(half)).mul(power(rest))
}

const clamp = (x: Vec, low: number, high: number): Vec => x.pmax(low).pmin(high)

export function exp(x: Vec, narrow: boolean): Vec {
  const { rest, n, rounded } = reduce(narrow ? clamp(x, -200, 200) : clamp(x, -746, 710))
  const value = rest.add(1)
  return narrow ? value.mul(power(rounded)) : scale(value, n)
}

export function expm1(x: Vec, narrow: boolean): Vec {
  const { rest, n, rounded } = reduce(clamp(x, -60, narrow ? 200 : 710))
  const small = n.pmin(100).nmadd(1, magic)
  const value = rest.add(power(small).nmadd(1, 1))
  const scaled = narrow ? value.mul(power(rounded)) : scale(value, n)
  // Keeps the sign of zero.
  return x.eq(0).select(x, scaled)
}

/** 2^x: the integer part is exact, the rest goes through exp. */
export function exp2(x: Vec, narrow: boolean): Vec {
  const clamped = clamp(x, -1100, 1025)
  const n = clamped.add(magic).sub(magic)
  const { rest } = reduceSmall(clamped.sub(n).mul(Math.LN2))
  const value = rest.add(1)
  return narrow ? value.mul(power(clamp(n, -1000, 1000).add(magic))) : scale(value, n)
}

/** As `reduce` for |x| ≤ ln 2 / 2. */
function reduceSmall(r: Vec): { rest: Vec } {
  const square = r.mul(r)
  const c = square.nmadd(horner(square, p), r)
  return { rest: r.add(r.mul(c).div(c.like(2).sub(c))) }
}
