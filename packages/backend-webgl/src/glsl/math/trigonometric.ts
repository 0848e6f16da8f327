import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/** Circular functions and their inverses. Coefficients are our own least-maximum fits. */
export const trigonometric: Library = {
  // The full product of two words.
  wideProduct: define(`
uvec2 wideProduct(uint a, uint b) {
  uint al = a & 0xffffu, ah = a >> 16, bl = b & 0xffffu, bh = b >> 16;
  uint low = al * bl, m = ah * bl + (low >> 16), n = al * bh + (m & 0xffffu);
  return uvec2((n << 16) | (low & 0xffffu), ah * bh + (m >> 16) + (n >> 16));
}`),
  // x modulo pi/2 for large x: the product with the digits of 1/(2 pi) that matter (Payne and Hanek,
  // 1983), of which the first two bits count quarters of a turn.
  reduceLarge: define(
    `
vec2 reduceLarge(float x) {
  const uint digits[8] = uint[8](0u, 0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u,
    0x36d8a566u, 0x4f10e410u, 0x7f9458eau);
  uint b = floatBitsToUint(x);
  uint mantissa = (b << 8) | 0x80000000u;
  int e = int((b >> 23) & 255u) - 126;
  int i = e >> 5, s = e & 31;
  uint hi = digits[i], mid = digits[i + 1], lo = digits[i + 2], next = digits[i + 3];
  if (s > 0) {
    hi = (hi << s) | (mid >> (32 - s));
    mid = (mid << s) | (lo >> (32 - s));
    lo = (lo << s) | (next >> (32 - s));
  }
  uvec2 p = wideProduct(mantissa, mid);
  uint carry = wideProduct(mantissa, lo).y;
  uint low = p.x + carry;
  uint high = p.y + uint(low < carry) + mantissa * hi;
  // Two bits, then the fraction; to the nearest multiple.
  int q = int(high >> 30);
  int rest = int(high << 2) >> 2;
  if (rest < 0) q++;
  // In two parts, by pi/2 in two parts.
  float large = float(rest & ~127), small = float(rest & 127) + float(low) * 2.32830644e-10;
  float r = (large * 1.57079637 + (small * 1.57079637 - large * 4.37113883e-08)) * 9.31322575e-10;
  return (b >> 31) == 1u ? vec2(-r, float(-q)) : vec2(r, float(q));
}`,
    'wideProduct',
  ),
  // x = q pi/2 + r with |r| <= pi/4, or a little more.
  f_quadrant: define(
    `
void f_quadrant(vec4 x, out vec4 r, out ivec4 q) {
  bvec4 large = greaterThan(abs(x), vec4(8000.0));
  q = f_near(clamp(x, -9000.0, 9000.0) * 0.636619772);
  vec4 n = vec4(q);
  r = ((x - n * 1.5703125) - n * 4.837512969970703125e-4) - n * 7.54978995489188e-8;
  if (any(large)) {
    for (int i = 0; i < 4; i++) {
      if (!large[i]) continue;
      bool finite = (floatBitsToInt(x[i]) & 0x7fffffff) < 0x7f800000;
      vec2 reduced = reduceLarge(finite ? x[i] : 1.0);
      r[i] = finite ? reduced.x : NAN;
      q[i] = int(reduced.y);
    }
  }
}`,
    'constants',
    'f_near',
    'reduceLarge',
  ),
  f_sinPoly: define(`
vec4 f_sinPoly(vec4 r) {
  vec4 z = r * r;
  return r + r * z * (((2.8317738e-06 * z - 0.00019853028) * z + 0.008333379) * z - 0.16666667);
}`),
  f_cosPoly: define(`
vec4 f_cosPoly(vec4 r) {
  vec4 z = r * r;
  return 1.0 - (0.5 * z - z * z * ((2.4430668e-05 * z - 0.0013887301) * z + 0.041666646));
}`),
  f_turn: define(
    `
vec4 f_turn(vec4 r, ivec4 q) {
  vec4 y = sel(equal(q & 1, ivec4(0)), f_sinPoly(r), f_cosPoly(r));
  return sel(equal(q & 2, ivec4(0)), y, -y);
}`,
    'f_sinPoly',
    'f_cosPoly',
    'sel',
  ),
  f_sin: define(
    `
vec4 f_sin(vec4 x) {
  vec4 r;
  ivec4 q;
  f_quadrant(x, r, q);
  return sel(b_or(equal(x, vec4(0.0)), f_isnan(x)), x, f_turn(r, q));
}`,
    'f_quadrant',
    'f_turn',
    'f_isnan',
    'b_or',
    'sel',
  ),
  f_cos: define(
    `
vec4 f_cos(vec4 x) {
  vec4 r;
  ivec4 q;
  f_quadrant(x, r, q);
  return sel(f_isnan(x), x, f_turn(r, q + 1));
}`,
    'f_quadrant',
    'f_turn',
    'f_isnan',
    'sel',
  ),
  f_tan: define(
    `
vec4 f_tan(vec4 x) {
  vec4 r;
  ivec4 q;
  f_quadrant(x, r, q);
  vec4 s = f_sinPoly(r), c = f_cosPoly(r);
  bvec4 even = equal(q & 1, ivec4(0));
  vec4 y = sel(even, s, -c) / sel(even, c, s);
  return sel(b_or(equal(x, vec4(0.0)), f_isnan(x)), x, y);
}`,
    'f_quadrant',
    'f_sinPoly',
    'f_cosPoly',
    'f_isnan',
    'b_or',
    'sel',
  ),
  // asin(x) - x for |x| <= 1/2, given x^2
  f_asinTail: define(`
vec4 f_asinTail(vec4 x, vec4 z) {
  return x * z * ((((0.04221852 * z + 0.02414885) * z + 0.04547653) * z + 0.0749525) * z + 0.16666754);
}`),
  f_asin: define(
    `
vec4 f_asin(vec4 x) {
  vec4 a = abs(x);
  bvec4 large = greaterThan(a, vec4(0.5));
  vec4 z = sel(large, 0.5 - 0.5 * a, a * a);
  vec4 s = sel(large, sqrt(z), a);
  vec4 y = s + f_asinTail(s, z);
  // pi/2 in two parts
  y = sel(large, 1.57079637 - (2.0 * y + 4.37113883e-08), y);
  y = sel(lessThan(floatBitsToInt(x), ivec4(0)), -y, y);
  y = sel(greaterThan(a, vec4(1.0)), vec4(NAN), y);
  return sel(f_isnan(x), x, y);
}`,
    'constants',
    'f_asinTail',
    'f_isnan',
    'sel',
  ),
  f_acos: define(
    `
vec4 f_acos(vec4 x) {
  vec4 a = abs(x);
  bvec4 large = greaterThan(a, vec4(0.5));
  vec4 z = sel(large, 0.5 - 0.5 * a, a * a);
  vec4 s = sel(large, sqrt(z), x);
  vec4 t = f_asinTail(s, z);
  vec4 far = 2.0 * (s + t);
  far = sel(lessThan(x, vec4(0.0)), 3.14159274 - (far + 8.74227766e-08), far);
  vec4 y = sel(large, far, 1.57079637 - (s + (t + 4.37113883e-08)));
  y = sel(greaterThan(a, vec4(1.0)), vec4(NAN), y);
  return sel(f_isnan(x), x, y);
}`,
    'constants',
    'f_asinTail',
    'f_isnan',
    'sel',
  ),
  // atan(n / d) for n, d >= 0, not both zero or infinite
  f_atanRatio: define(
    `
vec4 f_atanRatio(vec4 n, vec4 d) {
  bvec4 swap = greaterThan(n, d);
  vec4 small = sel(swap, d, n), large = sel(swap, n, d);
  // Beyond tan(pi/8), from pi/4: (n - d) / (n + d).
  bvec4 turn = greaterThan(small, large * 0.414213562);
  bvec4 huge = greaterThan(large, vec4(1e38));
  small = sel(huge, small * 0.25, small);
  large = sel(huge, large * 0.25, large);
  vec4 t = sel(turn, small - large, small) / sel(turn, small + large, large);
  vec4 z = t * t;
  vec4 p = t * z * ((((-0.060309514 * z + 0.10575906) * z - 0.14241228) * z + 0.19998357) * z - 0.33333313);
  vec4 y = sel(turn, 0.785398185 + (t + (p - 2.18556941e-08)), t + p);
  return sel(swap, 1.57079637 - (y + 4.37113883e-08), y);
}`,
    'sel',
  ),
  f_atan: define(
    `
vec4 f_atan(vec4 x) {
  vec4 a = abs(x);
  vec4 y = f_atanRatio(min(a, vec4(1e30)), vec4(1.0));
  y = sel(lessThan(floatBitsToInt(x), ivec4(0)), -y, y);
  return sel(f_isnan(x), x, y);
}`,
    'f_atanRatio',
    'f_isnan',
    'sel',
  ),
  f_atan2: define(
    `
vec4 f_atan2(vec4 y, vec4 x) {
  vec4 n = abs(y), d = abs(x);
  bvec4 endless = b_and(equal(n, vec4(INF)), equal(d, vec4(INF)));
  n = sel(endless, vec4(1.0), n);
  d = sel(endless, vec4(1.0), d);
  // An infinite side decides alone.
  d = sel(equal(n, vec4(INF)), vec4(0.0), d);
  n = sel(equal(d, vec4(INF)), vec4(0.0), n);
  d = sel(equal(d, vec4(INF)), vec4(1.0), d);
  n = sel(equal(n, vec4(INF)), vec4(1.0), n);
  bvec4 none = b_and(equal(n, vec4(0.0)), equal(d, vec4(0.0)));
  vec4 r = f_atanRatio(n, sel(none, vec4(1.0), d));
  r = sel(lessThan(floatBitsToInt(x), ivec4(0)), 3.14159274 - (r + 8.74227766e-08), r);
  r = sel(lessThan(floatBitsToInt(y), ivec4(0)), -r, r);
  return sel(f_isnan(x), x, sel(f_isnan(y), y, r));
}`,
    'constants',
    'f_atanRatio',
    'f_isnan',
    'b_and',
    'sel',
  ),
}
