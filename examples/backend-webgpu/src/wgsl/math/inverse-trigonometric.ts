/** asin, acos, atan and atan2. Coefficients are least-maximum fits; pi and its parts are in two words. */
export const inverseTrigonometric = {
  // asin(x) - x for |x| <= 1/2, given x^2
  f_asinTail: `
fn f_asinTail(x: f32, z: f32) -> f32 {
  return x * z * ((((0.04221852 * z + 0.02414885) * z + 0.04547653) * z + 0.0749525) * z + 0.16666754);
}`,
  f_asin: `
fn f_asin(x: f32) -> f32 {
  if (f_isnan(x) || x == 0.0) { return x; }
  let a = f_abs(x);
  if (a > 1.0) { return f_nan(); }
  let large = a > 0.5;
  let z = select(a * a, 0.5 - 0.5 * a, large);
  let s = select(a, sqrt(z), large);
  let y = s + f_asinTail(s, z);
  return f_signed(x, select(y, 1.57079637 - (2.0 * y + 4.37113883e-08), large));
}`,
  f_acos: `
fn f_acos(x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  let a = f_abs(x);
  if (a > 1.0) { return f_nan(); }
  if (a <= 0.5) { return 1.57079637 - (x + (f_asinTail(x, x * x) + 4.37113883e-08)); }
  let z = 0.5 - 0.5 * a;
  let s = sqrt(z);
  let far = 2.0 * (s + f_asinTail(s, z));
  return select(far, 3.14159274 - (far + 8.74227766e-08), x < 0.0);
}`,
  // atan(n / d) for n, d >= 0, not both zero or infinite
  f_atanRatio: `
fn f_atanRatio(n: f32, d: f32) -> f32 {
  let swap = n > d;
  // Of the greatest numbers the sum would overflow.
  let scale = select(1.0, 0.25, max(n, d) > 1e38);
  let small = min(n, d) * scale;
  let large = max(n, d) * scale;
  // Beyond tan(pi/8), from pi/4: (n - d) / (n + d).
  let turn = small > large * 0.414213562;
  let t = select(small, small - large, turn) / select(large, small + large, turn);
  let z = t * t;
  let p = t * z * ((((-0.060309514 * z + 0.10575906) * z - 0.14241228) * z + 0.19998357) * z - 0.33333313);
  let y = select(t + p, 0.785398185 + (t + (p - 2.18556941e-08)), turn);
  return select(y, 1.57079637 - (y + 4.37113883e-08), swap);
}`,
  f_atan: `
fn f_atan(x: f32) -> f32 {
  if (f_isnan(x) || x == 0.0) { return x; }
  return f_signed(x, f_atanRatio(min(f_abs(x), 1e30), 1.0));
}`,
  f_atan2: `
fn f_atan2(y: f32, x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  if (f_isnan(y)) { return y; }
  var n = f_abs(y);
  var d = f_abs(x);
  let above = bitcast<u32>(n) == 0x7f800000u;
  let beside = bitcast<u32>(d) == 0x7f800000u;
  // An infinite side decides alone; two are equal. Of two zeros the signs decide.
  if (above || beside) {
    n = select(0.0, 1.0, above);
    d = select(0.0, 1.0, beside);
  }
  if (n == 0.0 && d == 0.0) { d = 1.0; }
  let r = f_atanRatio(n, d);
  return f_signed(y, select(r, 3.14159274 - (r + 8.74227766e-08), f_minus(x)));
}`,
}
