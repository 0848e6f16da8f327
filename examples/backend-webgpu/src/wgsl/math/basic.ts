/**
 * The float functions in which NaN, infinities and the sign of zero matter. WGSL allows a compiler to
 * assume that no float is NaN or infinite. So NaN is told by its bits, never by `x != x`; and neither NaN
 * nor infinity is ever written as an expression that a compiler could evaluate.
 */
export const basic = {
  f_inf: 'fn f_inf() -> f32 { return bitcast<f32>(infinity_bits); }',
  f_nan: 'fn f_nan() -> f32 { return bitcast<f32>(infinity_bits | 0x400000u); }',
  f_isnan: 'fn f_isnan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }',
  f_minus: 'fn f_minus(x: f32) -> bool { return (bitcast<u32>(x) >> 31u) == 1u; }',
  // y with the sign of x: devices may lose the sign of a zero in rounding.
  f_signed: `
fn f_signed(x: f32, y: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(y) & 0x7fffffffu) | (bitcast<u32>(x) & 0x80000000u));
}`,
  f_neg: 'fn f_neg(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u); }',
  f_abs: 'fn f_abs(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }',
  f_floor: 'fn f_floor(x: f32) -> f32 { return f_signed(x, floor(x)); }',
  f_ceil: 'fn f_ceil(x: f32) -> f32 { return f_signed(x, ceil(x)); }',
  f_round: 'fn f_round(x: f32) -> f32 { return f_signed(x, round(x)); }',
  f_trunc: 'fn f_trunc(x: f32) -> f32 { return f_signed(x, trunc(x)); }',
  f_sign: `
fn f_sign(x: f32) -> f32 {
  if (f_isnan(x)) { return 0.0; }
  return select(select(0.0, -1.0, x < 0.0), 1.0, x > 0.0);
}`,
  f_ordered: 'fn f_ordered(a: f32, b: f32) -> bool { return !f_isnan(a) && !f_isnan(b); }',
  f_lt: 'fn f_lt(a: f32, b: f32) -> bool { return f_ordered(a, b) && a < b; }',
  f_le: 'fn f_le(a: f32, b: f32) -> bool { return f_ordered(a, b) && a <= b; }',
  f_gt: 'fn f_gt(a: f32, b: f32) -> bool { return f_ordered(a, b) && a > b; }',
  f_ge: 'fn f_ge(a: f32, b: f32) -> bool { return f_ordered(a, b) && a >= b; }',
  f_eq: 'fn f_eq(a: f32, b: f32) -> bool { return f_ordered(a, b) && a == b; }',
  f_ne: 'fn f_ne(a: f32, b: f32) -> bool { return !f_eq(a, b); }',
  f_min: `
fn f_min(a: f32, b: f32) -> f32 {
  return select(select(select(a, b, b < a), b, f_isnan(b)), a, f_isnan(a));
}`,
  f_max: `
fn f_max(a: f32, b: f32) -> f32 {
  return select(select(select(a, b, b > a), b, f_isnan(b)), a, f_isnan(a));
}`,
  f_sqrt: `
fn f_sqrt(x: f32) -> f32 {
  if (f_isnan(x) || x == 0.0) { return x; }
  if (x < 0.0) { return f_nan(); }
  return sqrt(x);
}`,
  // The same number, in a way that no compiler sees through: x - x need not be 0.
  f_same: 'fn f_same(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ zero_bits); }',
  // The bits up to and including 12 of the mantissa: products of two such are exact.
  f_head: 'fn f_head(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }',
  // Truncation, then modulo 2^32: what does not fit an i32 keeps its low bits.
  f_toInt: `
fn f_toInt(x: f32) -> i32 {
  let b = bitcast<u32>(x);
  let e = i32((b >> 23u) & 255u) - 150;
  if (e <= 6) { return i32(x); }
  if (e >= 32) { return 0; }
  let m = i32(((b & 0x7fffffu) | 0x800000u) << u32(e));
  return select(m, -m, f_minus(x));
}`,
}
