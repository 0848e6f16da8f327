// exp and log for the row kernels.
import { madd, nmadd } from './simd'

// 1.5·2^23: adding it leaves the nearest integer in the low mantissa bits (`nearest` is a slow sequence on some machines).
// @ts-ignore: decorator
@inline
const MAGIC: f32 = 12582912.0
// 1.5·2^52
// @ts-ignore: decorator
@inline
const MAGIC_DOUBLE: f64 = 6755399441055744.0

/** exp of a reduced argument, |r| ≤ ½·ln 2: the minimax polynomial of Cephes' expf. */
// @ts-ignore: decorator
@inline
function expReduced(r: v128): v128 {
  let p = madd<f32>(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3))
  p = madd<f32>(p, r, f32x4.splat(8.3334519073e-3))
  p = madd<f32>(p, r, f32x4.splat(4.1665795894e-2))
  p = madd<f32>(p, r, f32x4.splat(1.6666665459e-1))
  p = madd<f32>(p, r, f32x4.splat(5.0000001201e-1))
  p = madd<f32>(p, f32x4.mul(r, r), r)
  return f32x4.add(p, f32x4.splat(1))
}

/** Cody and Waite's reduction: r = x - n·ln 2, ln 2 in two parts. */
// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  return nmadd<f32>(n, f32x4.splat(-2.12194440e-4), nmadd<f32>(n, f32x4.splat(0.693359375), x))
}

/**
 * exp of four floats within 1 ULP over the whole range, denormal results included; NaN stays NaN.
 * 2^n is applied in two halves so that neither overflows nor underflows before the result does.
 */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  // Operand order matters: a NaN fails the comparison and so survives.
  x = f32x4.pmin(x, f32x4.splat(89))
  x = f32x4.pmax(x, f32x4.splat(-105))
  const shifted = madd<f32>(x, f32x4.splat(1.44269504088896341), f32x4.splat(MAGIC))
  const p = expReduced(reduce(x, f32x4.sub(shifted, f32x4.splat(MAGIC))))
  const exponent = i32x4.sub(shifted, i32x4.splat(0x4b400000))
  const half = i32x4.shr_s(exponent, 1)
  const rest = i32x4.sub(exponent, half)
  const bias = i32x4.splat(127)
  const scaled = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23))
  return f32x4.mul(scaled, i32x4.shl(i32x4.add(rest, bias), 23))
}

// MAGIC and the bias of a float's exponent: adding it leaves the bits of 2^n, shifted down.
// @ts-ignore: decorator
@inline
const MAGIC_BIASED: f32 = 12583039.0

/**
 * exp of four floats that are not positive, within 1.4 ULP; zero from where 2^n is no normal number. NaN stays NaN.
 * exp(r) is 1 + 2r / (q - r) with q = r·coth(r/2), of which two terms in r² do: the divider has nothing else to do,
 * while a polynomial would keep the multipliers busy for longer.
 */
// @ts-ignore: decorator
@inline
function expNegative4(x: v128): v128 {
  // Where the exponent's bits become 0, and so the result. A NaN fails the comparison and so survives.
  x = f32x4.pmax(x, f32x4.splat(-88.03))
  const shifted = madd<f32>(x, f32x4.splat(1.44269504088896341), f32x4.splat(MAGIC_BIASED))
  const power = i32x4.shl(shifted, 23)
  const r = reduce(x, f32x4.sub(shifted, f32x4.splat(MAGIC_BIASED)))
  const z = f32x4.mul(r, r)
  const q = madd<f32>(madd<f32>(z, f32x4.splat(-0.002765963552519679), f32x4.splat(0.166666179895401)), z, f32x4.splat(2))
  return f32x4.add(f32x4.div(f32x4.mul(r, f32x4.add(power, power)), f32x4.sub(q, r)), power)
}

/**
 * exp of two doubles within 1 ULP: the Taylor series to r^13 of |r| ≤ ½·ln 2, whose remainder is 4e-18.
 */
// @ts-ignore: decorator
@inline
function exp2(x: v128): v128 {
  x = f64x2.pmin(x, f64x2.splat(710))
  x = f64x2.pmax(x, f64x2.splat(-746))
  const shifted = madd<f64>(x, f64x2.splat(1.4426950408889634), f64x2.splat(MAGIC_DOUBLE))
  const n = f64x2.sub(shifted, f64x2.splat(MAGIC_DOUBLE))
  // ln 2 in two parts, the first with 32 bits, so that n times it is exact.
  let r = nmadd<f64>(n, f64x2.splat(0.6931471803691238), x)
  r = nmadd<f64>(n, f64x2.splat(1.9082149292705877e-10), r)
  let p = f64x2.splat(1.0 / 6227020800.0)
  p = madd<f64>(p, r, f64x2.splat(1.0 / 479001600.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 39916800.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 3628800.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 362880.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 40320.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 5040.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 720.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 120.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 24.0))
  p = madd<f64>(p, r, f64x2.splat(1.0 / 6.0))
  p = madd<f64>(p, r, f64x2.splat(0.5))
  p = madd<f64>(p, f64x2.mul(r, r), r)
  p = f64x2.add(p, f64x2.splat(1))
  const exponent = i64x2.sub(shifted, i64x2.splat(0x4338000000000000))
  const half = i64x2.shr_s(exponent, 1)
  const rest = i64x2.sub(exponent, half)
  const bias = i64x2.splat(1023)
  p = f64x2.mul(p, i64x2.shl(i64x2.add(half, bias), 52))
  return f64x2.mul(p, i64x2.shl(i64x2.add(rest, bias), 52))
}

/** exp of one register of `T`. */
// @ts-ignore: decorator
@inline
export function exp<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? exp4(x) : exp2(x)
}

/** exp of one register of `T` that is nowhere positive: results near the smallest normal number may be zero. */
// @ts-ignore: decorator
@inline
export function expNegative<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? expNegative4(x) : exp2(x)
}

/**
 * Natural logarithm of a double, to about 1e-15: ln m = 2·atanh((m - 1) / (m + 1)) as a series,
 * with m in [√½, √2).
 */
export function log(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN
  if (x == Infinity) return x
  let exponent = 0
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984 // 2^54
    exponent = -54
  }
  const bits = reinterpret<u64>(x)
  exponent += <i32>(bits >> 52) - 1023
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000)
  if (m > 1.4142135623730951) {
    m *= 0.5
    exponent++
  }
  const s = (m - 1) / (m + 1)
  const t = s * s
  let sum: f64 = 0
  for (let k = 23; k > 1; k -= 2) sum = (sum + 1.0 / <f64>k) * t
  return 2 * s * (1 + sum) + <f64>exponent * 0.6931471805599453
}
