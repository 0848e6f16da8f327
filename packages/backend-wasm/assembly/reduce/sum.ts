// Sums along contiguous rows: short runs in registers, their sums in double precision.
import { lanes, madd, min32, sumLanes } from '../lib/simd'
import { loadTail } from '../lib/tail'

/** Elements summed in the dtype's own precision, in 16 (8 for f64) interleaved runs. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 512

/** Σ x. */
export function sum<T>(x: usize, length: i32): f64 {
  const unit = lanes<T>()
  const zero = v128.splat<T>(<T>0)
  let total: f64 = 0
  let i = 0
  while (i < length) {
    const end = min32(i + BLOCK, length)
    let s0 = zero
    let s1 = zero
    let s2 = zero
    let s3 = zero
    for (; i + 4 * unit <= end; i += 4 * unit) {
      s0 = v128.add<T>(s0, v128.load(x))
      s1 = v128.add<T>(s1, v128.load(x, 16))
      s2 = v128.add<T>(s2, v128.load(x, 32))
      s3 = v128.add<T>(s3, v128.load(x, 48))
      x += 64
    }
    for (; i + unit <= end; i += unit) {
      s0 = v128.add<T>(s0, v128.load(x))
      x += 16
    }
    if (i < end) {
      s1 = v128.add<T>(s1, loadTail<T>(x, end - i, zero))
      i = end
    }
    total += <f64>sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)))
  }
  return total
}

/** Σ a·b. */
export function sumOfProducts<T>(a: usize, b: usize, length: i32): f64 {
  const unit = lanes<T>()
  const zero = v128.splat<T>(<T>0)
  let total: f64 = 0
  let i = 0
  while (i < length) {
    const end = min32(i + BLOCK, length)
    let s0 = zero
    let s1 = zero
    let s2 = zero
    let s3 = zero
    for (; i + 4 * unit <= end; i += 4 * unit) {
      s0 = madd<T>(v128.load(a), v128.load(b), s0)
      s1 = madd<T>(v128.load(a, 16), v128.load(b, 16), s1)
      s2 = madd<T>(v128.load(a, 32), v128.load(b, 32), s2)
      s3 = madd<T>(v128.load(a, 48), v128.load(b, 48), s3)
      a += 64
      b += 64
    }
    for (; i + unit <= end; i += unit) {
      s0 = madd<T>(v128.load(a), v128.load(b), s0)
      a += 16
      b += 16
    }
    if (i < end) {
      s1 = madd<T>(loadTail<T>(a, end - i, zero), loadTail<T>(b, end - i, zero), s1)
      i = end
    }
    total += <f64>sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)))
  }
  return total
}
