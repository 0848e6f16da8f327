import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/**
 * Selection, truth values, and the float functions in which NaN matters. NaN is always told by its
 * bits: compilers are free to assume that comparisons never see one.
 */
export const basic: Library = {
  constants: define(`
#define INF intBitsToFloat(0x7f800000)
#define NAN intBitsToFloat(0x7fc00000)
#define LANES ivec4(0, 1, 2, 3)`),
  sel: define(`
vec4 sel(bvec4 c, vec4 a, vec4 b) { return mix(b, a, c); }
ivec4 sel(bvec4 c, ivec4 a, ivec4 b) {
  return ivec4(c.x ? a.x : b.x, c.y ? a.y : b.y, c.z ? a.z : b.z, c.w ? a.w : b.w);
}
bvec4 sel(bvec4 c, bvec4 a, bvec4 b) { return bvec4(sel(c, ivec4(a), ivec4(b))); }`),
  b_and: define(
    'bvec4 b_and(bvec4 a, bvec4 b) { return bvec4(a.x && b.x, a.y && b.y, a.z && b.z, a.w && b.w); }',
  ),
  b_or: define(
    'bvec4 b_or(bvec4 a, bvec4 b) { return bvec4(a.x || b.x, a.y || b.y, a.z || b.z, a.w || b.w); }',
  ),
  // The nearest integer, for |x| < 2^21: adding 1.5 · 2^23 leaves it in the low bits of the mantissa.
  f_near: define('ivec4 f_near(vec4 x) { return floatBitsToInt(x + 12582912.0) - 0x4b400000; }'),
  f_isnan: define(
    'bvec4 f_isnan(vec4 x) { return greaterThan(floatBitsToInt(x) & 0x7fffffff, ivec4(0x7f800000)); }',
  ),
  // The comparisons where the device's own can't be trusted with NaN.
  f_ordered: define(
    'bvec4 f_ordered(vec4 a, vec4 b) { return not(b_or(f_isnan(a), f_isnan(b))); }',
    'f_isnan',
    'b_or',
  ),
  f_lt: define(
    'bvec4 f_lt(vec4 a, vec4 b) { return b_and(lessThan(a, b), f_ordered(a, b)); }',
    'b_and',
    'f_ordered',
  ),
  f_le: define(
    'bvec4 f_le(vec4 a, vec4 b) { return b_and(lessThanEqual(a, b), f_ordered(a, b)); }',
    'b_and',
    'f_ordered',
  ),
  f_gt: define('bvec4 f_gt(vec4 a, vec4 b) { return f_lt(b, a); }', 'f_lt'),
  f_ge: define('bvec4 f_ge(vec4 a, vec4 b) { return f_le(b, a); }', 'f_le'),
  f_eq: define(
    'bvec4 f_eq(vec4 a, vec4 b) { return b_and(equal(a, b), f_ordered(a, b)); }',
    'b_and',
    'f_ordered',
  ),
  f_ne: define('bvec4 f_ne(vec4 a, vec4 b) { return not(f_eq(a, b)); }', 'f_eq'),
  // NaN in either gives NaN…
  f_min: define(
    `
vec4 f_min(vec4 a, vec4 b) {
  vec4 r = sel(f_isnan(b), b, sel(lessThan(b, a), b, a));
  return sel(f_isnan(a), a, r);
}`,
    'sel',
    'f_isnan',
  ),
  f_max: define(
    `
vec4 f_max(vec4 a, vec4 b) {
  vec4 r = sel(f_isnan(b), b, sel(lessThan(a, b), b, a));
  return sel(f_isnan(a), a, r);
}`,
    'sel',
    'f_isnan',
  ),
  // …and where comparisons with NaN are known to be false, that of `a` needs no test, and that of
  // `b` only where it may be one.
  f_minOrdered: define(
    'vec4 f_minOrdered(vec4 a, vec4 b) { return sel(f_isnan(b), b, sel(lessThan(b, a), b, a)); }',
    'sel',
    'f_isnan',
  ),
  f_maxOrdered: define(
    'vec4 f_maxOrdered(vec4 a, vec4 b) { return sel(f_isnan(b), b, sel(lessThan(a, b), b, a)); }',
    'sel',
    'f_isnan',
  ),
  f_sign: define(
    `
vec4 f_sign(vec4 x) {
  vec4 r = vec4(greaterThan(x, vec4(0.0))) - vec4(lessThan(x, vec4(0.0)));
  return sel(f_isnan(x), vec4(0.0), r);
}`,
    'sel',
    'f_isnan',
  ),
  f_positiveZero: define(
    'vec4 f_positiveZero(vec4 x) { return sel(equal(x, vec4(0.0)), vec4(0.0), x); }',
    'sel',
  ),
  // y with the sign of x, for rounding functions that lose the sign of zero.
  f_signed: define(`
vec4 f_signed(vec4 x, vec4 y) {
  return intBitsToFloat(floatBitsToInt(y) | (floatBitsToInt(x) & int(0x80000000u)));
}`),
  // The bits up to and including 12 of the mantissa: products of two such are exact. Going through
  // the bits keeps a compiler from seeing that x - f_head(x) could be reassociated.
  f_head: define('vec4 f_head(vec4 x) { return intBitsToFloat(floatBitsToInt(x) & ~0xfff); }'),
  // Division and square root made exact by the remainder, for devices whose own are not.
  f_div: define(
    `
vec4 f_div(vec4 a, vec4 b) {
  vec4 q = a / b;
  ivec4 e = (floatBitsToInt(q) >> 23) & 255;
  ivec4 d = (floatBitsToInt(b) >> 23) & 255;
  vec4 qh = f_head(q), bh = f_head(b);
  vec4 ql = q - qh, bl = b - bh;
  vec4 r = (((a - qh * bh) - qh * bl) - ql * bh) - ql * bl;
  bvec4 safe = b_and(
    b_and(greaterThan(e, ivec4(30)), lessThan(e, ivec4(254))),
    b_and(greaterThan(d, ivec4(30)), lessThan(d, ivec4(220))));
  safe = b_and(safe, lessThan((floatBitsToInt(a) >> 23) & 255, ivec4(250)));
  return sel(safe, q + r / b, q);
}`,
    'f_head',
    'sel',
    'b_and',
  ),
  f_sqrt: define(
    `
vec4 f_sqrt(vec4 x) {
  vec4 s = sqrt(x);
  vec4 h = f_head(s);
  vec4 l = s - h;
  vec4 r = ((x - h * h) - 2.0 * h * l) - l * l;
  bvec4 safe = b_and(greaterThan(x, vec4(1e-30)), lessThan(x, vec4(1e37)));
  return sel(safe, s + 0.5 * r / s, s);
}`,
    'f_head',
    'sel',
    'b_and',
  ),
  // Truncation, then modulo 2^32: what does not fit an int keeps its low bits.
  f_toInt: define(
    `
ivec4 f_toInt(vec4 x) {
  ivec4 b = floatBitsToInt(x);
  ivec4 e = ((b >> 23) & 255) - 150;
  ivec4 m = (b & 0x7fffff) | 0x800000;
  ivec4 wide = sel(lessThan(e, ivec4(32)), m << clamp(e, 0, 31), ivec4(0));
  wide = sel(lessThan(b, ivec4(0)), -wide, wide);
  bvec4 large = greaterThan(e, ivec4(6));
  return sel(large, wide, ivec4(sel(large, vec4(0.0), x)));
}`,
    'sel',
  ),
  // Two exact conversions and one exactly rounded addition, for devices whose own rounds otherwise.
  f_fromInt: define('vec4 f_fromInt(ivec4 i) { return vec4(i & ~0xfff) + vec4(i & 0xfff); }'),
}
