import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/** Remainders, exact: long division of the mantissas, seven bits at a time. */
export const remainder: Library = {
  // |x| = m · 2^e with 2^23 <= m < 2^24, for finite x other than 0
  f_mantissa: define(
    `
void f_mantissa(vec4 x, out ivec4 m, out ivec4 e) {
  ivec4 b = floatBitsToInt(x) & 0x7fffffff;
  bvec4 tiny = lessThan(b, ivec4(0x800000));
  ivec4 n = floatBitsToInt(vec4(b));
  // A subnormal is an integer, which as a float is normal.
  e = sel(tiny, (n >> 23) - 149, b >> 23);
  m = (sel(tiny, n, b) & 0x7fffff) | 0x800000;
}`,
    'sel',
  ),
  f_rem: define(
    `
vec4 f_rem(vec4 a, vec4 b) {
  vec4 x = abs(a), y = abs(b);
  bvec4 valid = b_and(lessThan(floatBitsToInt(x), ivec4(0x7f800000)), greaterThan(floatBitsToInt(y), ivec4(0)));
  valid = b_and(valid, lessThanEqual(floatBitsToInt(y), ivec4(0x7f800000)));
  // Floats of one sign are ordered as their bits.
  bvec4 work = b_and(b_and(valid, greaterThanEqual(floatBitsToInt(x), floatBitsToInt(y))),
    lessThan(floatBitsToInt(y), ivec4(0x7f800000)));
  ivec4 m, e, n, f;
  f_mantissa(sel(work, x, vec4(1.0)), m, e);
  f_mantissa(sel(work, y, vec4(1.0)), n, f);
  ivec4 left = e - f;
  m = m % n;
  while (any(greaterThan(left, ivec4(0)))) {
    ivec4 step_ = clamp(left, 0, 7);
    m = (m << step_) % n;
    left -= step_;
  }
  // m · 2^(f - 150), by normalising m; below 2^-126 the bits move on to the right.
  bvec4 zero = equal(m, ivec4(0));
  ivec4 c = floatBitsToInt(vec4(sel(zero, ivec4(1), m)));
  ivec4 shift = 150 - (c >> 23);
  ivec4 g = f - shift;
  ivec4 tiny = (m << clamp(f - 1, 0, 23)) >> clamp(1 - f, 0, 31);
  ivec4 bits = sel(greaterThan(g, ivec4(0)), (m << shift) - 0x800000 + (g << 23), tiny);
  vec4 r = sel(work, sel(zero, vec4(0.0), intBitsToFloat(bits)), x);
  r = sel(lessThan(floatBitsToInt(a), ivec4(0)), -r, r);
  r = sel(valid, r, vec4(NAN));
  return sel(f_isnan(a), a, sel(f_isnan(b), b, r));
}`,
    'constants',
    'f_mantissa',
    'f_isnan',
    'b_and',
    'sel',
  ),
  f_mod: define(
    `
vec4 f_mod(vec4 a, vec4 b) {
  vec4 r = f_rem(a, b);
  bvec4 other = notEqual(lessThan(r, vec4(0.0)), lessThan(b, vec4(0.0)));
  return sel(b_and(notEqual(r, vec4(0.0)), other), r + b, r);
}`,
    'f_rem',
    'b_and',
    'sel',
  ),
}
