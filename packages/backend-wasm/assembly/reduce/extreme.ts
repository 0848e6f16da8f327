// Largest and smallest elements of contiguous rows.
import { lanes, min32 } from '../lib/simd'
import { loadTail } from '../lib/tail'

/** The larger (or, with `least`, the smaller) of each lane. A NaN in `v` loses. */
// @ts-ignore: decorator
@inline
function better<T>(least: bool, v: v128, best: v128): v128 {
  // pmin and pmax keep their first operand unless the comparison holds.
  return least ? v128.pmin<T>(best, v) : v128.pmax<T>(best, v)
}

// @ts-ignore: decorator
@inline
function betterOf<T>(least: bool, a: T, b: T): T {
  return (least ? b < a : b > a) ? b : a
}

// @ts-ignore: decorator
@inline
export function worst<T>(least: bool): T {
  return <T>(least ? Infinity : -Infinity)
}

/** The extreme of a row, NaN passed over; ∓∞ for an empty one. `least` is a constant. */
// @ts-ignore: decorator
@inline
export function extreme<T>(least: bool, x: usize, length: i32): T {
  const unit = lanes<T>()
  const none = v128.splat<T>(worst<T>(least))
  let b0 = none
  let b1 = none
  let b2 = none
  let b3 = none
  let i = 0
  for (; i + 4 * unit <= length; i += 4 * unit) {
    b0 = better<T>(least, v128.load(x), b0)
    b1 = better<T>(least, v128.load(x, 16), b1)
    b2 = better<T>(least, v128.load(x, 32), b2)
    b3 = better<T>(least, v128.load(x, 48), b3)
    x += 64
  }
  for (; i + unit <= length; i += unit) {
    b0 = better<T>(least, v128.load(x), b0)
    x += 16
  }
  if (i < length) b1 = better<T>(least, loadTail<T>(x, length - i, none), b1)
  const best = better<T>(least, better<T>(least, b0, b1), better<T>(least, b2, b3))
  if (sizeof<T>() == 8) return betterOf<T>(least, <T>f64x2.extract_lane(best, 0), <T>f64x2.extract_lane(best, 1))
  return betterOf<T>(
    least,
    betterOf<T>(least, <T>f32x4.extract_lane(best, 0), <T>f32x4.extract_lane(best, 1)),
    betterOf<T>(least, <T>f32x4.extract_lane(best, 2), <T>f32x4.extract_lane(best, 3)),
  )
}

export function rowMax<T>(x: usize, length: i32): T {
  return extreme<T>(false, x, length)
}

export function rowMin<T>(x: usize, length: i32): T {
  return extreme<T>(true, x, length)
}

/** Whether any element is NaN. */
export function hasNaN<T>(x: usize, length: i32): bool {
  const unit = lanes<T>()
  let found = i32x4.splat(0)
  let i = 0
  for (; i + 2 * unit <= length; i += 2 * unit) {
    const a = v128.load(x)
    const b = v128.load(x, 16)
    found = v128.or(found, v128.or(v128.ne<T>(a, a), v128.ne<T>(b, b)))
    x += 32
  }
  if (v128.any_true(found)) return true
  for (; i < length; i++) {
    const v = load<T>(x)
    if (v != v) return true
    x += sizeof<T>()
  }
  return false
}

/** Elements in which the extreme is looked for before a better block may take over. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 1024

/** Position of the first NaN, or else of the first extreme. `least` is a constant. */
// @ts-ignore: decorator
@inline
export function position<T>(least: bool, x: usize, length: i32): i32 {
  const size = sizeof<T>()
  let best = worst<T>(least)
  let block = 0
  for (let i = 0; i < length; i += BLOCK) {
    const count = min32(BLOCK, length - i)
    const p = x + <usize>i * size
    if (hasNaN<T>(p, count)) {
      block = i
      best = <T>NaN
      break
    }
    const v = least ? rowMin<T>(p, count) : rowMax<T>(p, count)
    if (least ? v < best : v > best) {
      best = v
      block = i
    }
  }
  const unit = lanes<T>()
  const wanted = v128.splat<T>(best)
  let i = block
  for (; i + unit <= length; i += unit) {
    const v = v128.load(x + <usize>i * size)
    if (v128.any_true(v128.or(v128.eq<T>(v, wanted), v128.ne<T>(v, v)))) break
  }
  for (; i < length; i++) {
    const v = load<T>(x + <usize>i * size)
    if (v == best || v != v) return i
  }
  return 0
}
