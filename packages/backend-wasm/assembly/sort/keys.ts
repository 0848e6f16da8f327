// Order-preserving keys: unsigned integers that compare as the elements do, NaN above everything.

/** The 32-bit key of an f32 or i32. Zeros of either sign are equal, as are all NaN. */
// @ts-ignore: decorator
@inline
export function key32<T>(p: usize): u32 {
  const bits = load<u32>(p)
  if (isInteger<T>()) return bits ^ 0x80000000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return 0xffffffff
  if (magnitude == 0) return 0x80000000
  return bits & 0x80000000 ? ~bits : bits | 0x80000000
}

/** The 64-bit key of an f64 or i64. */
// @ts-ignore: decorator
@inline
export function key64<T>(p: usize): u64 {
  const bits = load<u64>(p)
  if (isInteger<T>()) return bits ^ 0x8000000000000000
  const magnitude = bits & 0x7fffffffffffffff
  if (magnitude > 0x7ff0000000000000) return 0xffffffffffffffff
  if (magnitude == 0) return 0x8000000000000000
  return bits & 0x8000000000000000 ? ~bits : bits | 0x8000000000000000
}
