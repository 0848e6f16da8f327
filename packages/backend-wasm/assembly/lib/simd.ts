// Small vector helpers shared by all kernels. `T` is f32 or f64 throughout.

/** Elements of `T` in one 128-bit register. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>()
}

/** a·b + c: fused in the relaxed builds, rounded twice in the plain ones. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c)
  return v128.add<T>(v128.mul<T>(a, b), c)
}

/** c - a·b. */
// @ts-ignore: decorator
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c)
  return v128.sub<T>(c, v128.mul<T>(a, b))
}

/** max(v, 0) that keeps NaN: `pmax` is one instruction on x86, `max` is seven. */
// @ts-ignore: decorator
@inline
export function relu<T>(v: v128): v128 {
  return v128.pmax<T>(v, v128.splat<T>(<T>0))
}

/** Sum of the lanes, pairwise. */
// @ts-ignore: decorator
@inline
export function sumLanes<T>(v: v128): T {
  if (sizeof<T>() == 4) {
    const pair = f32x4.add(v, v128.shuffle<u32>(v, v, 2, 3, 0, 1))
    return <T>(f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1))
  }
  return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1))
}

// @ts-ignore: decorator
@inline
export function min32(a: i32, b: i32): i32 {
  return a < b ? a : b
}

// @ts-ignore: decorator
@inline
export function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b
}

/**
 * The block length that covers `total` in equal blocks of at most `limit`, rounded up to a multiple
 * of `unit` (of which `limit` is a multiple): 257 becomes 129 + 128 rather than 256 + 1.
 */
export function balanced(total: i32, limit: i32, unit: i32): i32 {
  if (total <= limit) return total
  return ceilDiv(ceilDiv(total, ceilDiv(total, limit)), unit) * unit
}
