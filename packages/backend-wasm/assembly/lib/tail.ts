// The last few elements of a row in a register of their own, so that they take the same path as all others.
import { lanes } from './simd'

/** Loads `count` < lanes elements; the other lanes hold `rest`. */
// @ts-ignore: decorator
@inline
export function loadTail<T>(p: usize, count: i32, rest: v128): v128 {
  if (sizeof<T>() == 8) return v128.replace_lane<f64>(rest, 0, load<f64>(p))
  let v = v128.load32_lane(p, rest, 0)
  if (count > 1) v = v128.load32_lane(p + 4, v, 1)
  if (count > 2) v = v128.load32_lane(p + 8, v, 2)
  return v
}

/** Stores the first `count` < lanes elements. */
// @ts-ignore: decorator
@inline
export function storeTail<T>(p: usize, count: i32, v: v128): void {
  if (sizeof<T>() == 8) {
    store<f64>(p, f64x2.extract_lane(v, 0))
    return
  }
  store<f32>(p, f32x4.extract_lane(v, 0))
  if (count > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4)
  if (count > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8)
}

/** Elements that whole registers cover. */
// @ts-ignore: decorator
@inline
export function whole<T>(length: i32): i32 {
  return length & ~(lanes<T>() - 1)
}
