/** Remainders, exact: long division of the mantissas, seven bits at a time. */
export const remainder = {
  // |x| = m · 2^e with 2^23 <= m < 2^24, as (m, e), for finite x other than 0
  f_mantissa: `
fn f_mantissa(x: f32) -> vec2<i32> {
  let b = bitcast<i32>(x) & 0x7fffffff;
  let tiny = b < 0x800000;
  // A subnormal is an integer, which as a float is normal.
  let n = bitcast<i32>(f32(b));
  return vec2<i32>((select(b, n, tiny) & 0x7fffff) | 0x800000, select(b >> 23u, (n >> 23u) - 149, tiny));
}`,
  f_rem: `
fn f_rem(a: f32, b: f32) -> f32 {
  if (f_isnan(a)) { return a; }
  if (f_isnan(b)) { return b; }
  // Floats of one sign are ordered as their bits.
  let x = bitcast<u32>(a) & 0x7fffffffu;
  let y = bitcast<u32>(b) & 0x7fffffffu;
  if (x == 0x7f800000u || y == 0u) { return f_nan(); }
  if (x < y || y == 0x7f800000u) { return a; }
  let dividend = f_mantissa(a);
  let divisor = f_mantissa(b);
  let n = divisor.x;
  var m = dividend.x % n;
  for (var left = dividend.y - divisor.y; left > 0; left -= 7) { m = (m << u32(min(left, 7))) % n; }
  if (m == 0) { return f_signed(a, 0.0); }
  // m · 2^(f - 150), by normalising m; below 2^-126 the bits move on to the right.
  let f = divisor.y;
  let shift = 150 - (bitcast<i32>(f32(m)) >> 23u);
  let g = f - shift;
  var bits: i32;
  if (g > 0) { bits = (m << u32(shift)) - 0x800000 + (g << 23u); }
  else { bits = (m << u32(clamp(f - 1, 0, 23))) >> u32(clamp(1 - f, 0, 31)); }
  return f_signed(a, bitcast<f32>(bits));
}`,
  f_mod: `
fn f_mod(a: f32, b: f32) -> f32 {
  let r = f_rem(a, b);
  return select(r, r + b, r != 0.0 && f_minus(r) != f_minus(b) && f_ordered(r, b));
}`,
}
