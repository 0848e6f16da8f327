import { horner, type Vec } from '../emit/vec.ts'

/**
 * Logarithms of doubles after fdlibm's `e_log.c`, `e_log10.c` and `e_log2.c` (Sun Microsystems, 1993;
 * FreeBSD): below 1 ULP. `narrow` says that the values are float32: none is subnormal as a double.
 */
const even = [3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1]
const odd = [
  6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1,
]
const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10

/** The bits of √½, rounded down to 20 bits of mantissa. */
const sqrtHalf = 0x3fe6a09e00000000n
const one = 0x3ff0000000000000n
const mantissa = 2n ** 52n - 1n

interface Parts {
  /** x = 2^k · (1 + f), √½ ≤ 1 + f < √2. */
  readonly k: Vec
  readonly f: Vec
  /** f²/2. */
  readonly half: Vec
  /** log(1 + f) = f - half + rest. */
  readonly rest: Vec
}

function parts(x: Vec, narrow: boolean): Parts {
  let value = x
  let bias = x.like(2 ** 52 + 1023)
  if (!narrow) {
    const subnormal = x.lt(2 ** -1022)
    value = subnormal.select(x.mul(2 ** 54), x)
    bias = bias.add(subnormal.keep(x.like(54)))
  }
  const bits = value.asInt()
  const shifted = bits.add(bits.like(one - sqrtHalf))
  // The exponent as the lowest bits of 2^52 + exponent.
  const k = shifted.shru(52).or(bits.like(0x4330000000000000n)).asFloat().sub(bias)
  const m = shifted.and(bits.like(mantissa)).add(bits.like(sqrtHalf)).asFloat()
  const f = m.sub(1)
  const s = f.div(f.add(2))
  const z = s.mul(s)
  const w = z.mul(z)
  const r = horner(w, even).mul(w).add(horner(w, odd).mul(z))
  const half = f.mul(f).mul(0.5)
  return { k, f, half, rest: s.mul(half.add(r)) }
}

/** The special values: log(0) = -∞, NaN below it, and ∞ and NaN themselves. */
function withSpecials(x: Vec, value: Vec): Vec {
  const regular = x.gt(0).and(x.lt(Number.POSITIVE_INFINITY))
  const zero = x.eq(0).select(x.like(Number.NEGATIVE_INFINITY), x)
  return regular.select(value, x.lt(0).select(x.like(Number.NaN), zero))
}

export function log(x: Vec, narrow: boolean): Vec {
  const { k, f, half, rest } = parts(x, narrow)
  const value = rest.add(k.mul(ln2Low)).sub(half).add(f).add(k.mul(ln2High))
  return withSpecials(x, value)
}

const upperWord = -(2n ** 32n)

/** log(x) / log(base) from 1 / log(base) and log(2) / log(base), each as a sum of two. */
function otherBase(
  x: Vec,
  narrow: boolean,
  inverse: readonly [number, number],
  two: readonly [number, number],
): Vec {
  const { k, f, half, rest } = parts(x, narrow)
  const rounded = f.sub(half).asInt()
  const high = rounded.and(rounded.like(upperWord)).asFloat()
  const low = f.sub(high).sub(half).add(rest)
  const whole = k.mul(two[0])
  const main = high.mul(inverse[0])
  const tail = k.mul(two[1]).add(low.add(high).mul(inverse[1])).add(low.mul(inverse[0]))
  const sum = whole.add(main)
  return withSpecials(x, tail.add(whole.sub(sum).add(main)).add(sum))
}

export const log2 = (x: Vec, narrow: boolean): Vec =>
  otherBase(x, narrow, [1.44269504072144627571, 1.67517131648865118353e-10], [1, 0])

export const log10 = (x: Vec, narrow: boolean): Vec =>
  otherBase(
    x,
    narrow,
    [4.34294481878168880939e-1, 2.50829467116452752298e-11],
    [3.01029995663611771306e-1, 3.69423907715893078616e-13],
  )

/** log(1 + x): what the sum loses is put back. */
export function log1p(x: Vec, narrow: boolean): Vec {
  const u = x.add(1)
  const lost = x.sub(u.sub(1)).div(u)
  const regular = u.gt(0).and(u.lt(Number.POSITIVE_INFINITY))
  const value = log(u, narrow).add(regular.keep(lost))
  return x.eq(0).select(x, value)
}

/** Where squares come close to overflowing, and 1 is nothing to x. */
const large = 2 ** 500

export function asinh(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const square = a.mul(a)
  const near = a.add(square.div(square.add(1).sqrt().add(1)))
  const far = a.gt(large)
  const value = log1p(far.select(a, near), narrow).add(far.keep(a.like(Math.LN2)))
  return copySign(value, x)
}

export function acosh(x: Vec, narrow: boolean): Vec {
  const t = x.sub(1)
  const near = t.add(t.madd(t, t.add(t)).sqrt())
  const far = x.gt(large)
  const value = log1p(far.select(x, near), narrow).add(far.keep(x.like(Math.LN2)))
  return x.lt(1).select(x.like(Number.NaN), value)
}

export function atanh(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const twice = a.add(a)
  const ratio = twice.mul(a).div(a.like(1).sub(a))
  const value = copySign(log1p(twice.add(ratio), narrow).mul(0.5), x)
  return a.gt(1).select(x.like(Number.NaN), value)
}

/** The magnitude of `value` (whose sign is not set) with the sign of `sign`. */
export function copySign(value: Vec, sign: Vec): Vec {
  const minus = sign.like(-0)
  return value.asInt().or(sign.asInt().and(minus)).asFloat()
}
