/** Circular functions. Coefficients are least-maximum fits. */
export const trigonometric = {
  // The full product of two words, as (low, high).
  wide_product: `
fn wide_product(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let m = ah * bl + (low >> 16u);
  let n = al * bh + (m & 0xffffu);
  return vec2<u32>((n << 16u) | (low & 0xffffu), ah * bh + (m >> 16u) + (n >> 16u));
}`,
  // x modulo pi/2 for large finite x, as (rest, quarter turns): the product with the digits of 1/(2 pi)
  // that matter (Payne and Hanek, 1983), of which the first two bits count quarters of a turn.
  f_reduceLarge: `
fn f_reduceLarge(x: f32) -> vec2<f32> {
  var digits = array<u32, 8>(0u, 0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u,
    0x36d8a566u, 0x4f10e410u, 0x7f9458eau);
  let b = bitcast<u32>(x);
  let mantissa = (b << 8u) | 0x80000000u;
  let e = ((b >> 23u) & 255u) - 126u;
  let i = e >> 5u;
  let s = e & 31u;
  var hi = digits[i];
  var mid = digits[i + 1u];
  var lo = digits[i + 2u];
  if (s > 0u) {
    hi = (hi << s) | (mid >> (32u - s));
    mid = (mid << s) | (lo >> (32u - s));
    lo = (lo << s) | (digits[i + 3u] >> (32u - s));
  }
  let p = wide_product(mantissa, mid);
  let low = p.x + wide_product(mantissa, lo).y;
  let high = p.y + select(0u, 1u, low < p.x) + mantissa * hi;
  // Two bits, then the fraction; to the nearest multiple.
  let rest = bitcast<i32>(high << 2u) >> 2u;
  let q = i32(high >> 30u) + select(0, 1, rest < 0);
  // In two parts, by pi/2 in two parts.
  let large = f32(rest & ~127);
  let small = f32(rest & 127) + f32(low) * 2.32830644e-10;
  let r = (large * 1.57079637 + (small * 1.57079637 - large * 4.37113883e-08)) * 9.31322575e-10;
  return select(vec2<f32>(r, f32(q)), vec2<f32>(-r, f32(-q)), f_minus(x));
}`,
  // x = q pi/2 + r with |r| <= pi/4, or a little more, as (r, q).
  f_quadrant: `
fn f_quadrant(x: f32) -> vec2<f32> {
  if ((bitcast<u32>(x) & 0x7fffffffu) >= 0x7f800000u) { return vec2<f32>(f_nan(), 0.0); }
  if (abs(x) > 8000.0) { return f_reduceLarge(x); }
  let n = round(x * 0.636619772);
  return vec2<f32>(((x - n * 1.5703125) - n * 4.837512969970703125e-4) - n * 7.54978995489188e-8, n);
}`,
  f_sinPoly: `
fn f_sinPoly(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * (((2.8317738e-06 * z - 0.00019853028) * z + 0.008333379) * z - 0.16666667);
}`,
  f_cosPoly: `
fn f_cosPoly(r: f32) -> f32 {
  let z = r * r;
  return 1.0 - (0.5 * z - z * z * ((2.4430668e-05 * z - 0.0013887301) * z + 0.041666646));
}`,
  f_turn: `
fn f_turn(r: f32, q: i32) -> f32 {
  let y = select(f_cosPoly(r), f_sinPoly(r), (q & 1) == 0);
  return select(-y, y, (q & 2) == 0);
}`,
  f_sin: `
fn f_sin(x: f32) -> f32 {
  if (x == 0.0 || f_isnan(x)) { return x; }
  let p = f_quadrant(x);
  return f_turn(p.x, i32(p.y));
}`,
  f_cos: `
fn f_cos(x: f32) -> f32 {
  let p = f_quadrant(x);
  return f_turn(p.x, i32(p.y) + 1);
}`,
  f_tan: `
fn f_tan(x: f32) -> f32 {
  if (x == 0.0 || f_isnan(x)) { return x; }
  let p = f_quadrant(x);
  let s = f_sinPoly(p.x);
  let c = f_cosPoly(p.x);
  let even = (i32(p.y) & 1) == 0;
  return select(-c, s, even) / select(s, c, even);
}`,
}
