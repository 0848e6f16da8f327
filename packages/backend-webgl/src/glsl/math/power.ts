import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/** x^y by a logarithm of about 35 bits, with the special values of C99 (Annex F.9.4.4). */
export const power: Library = {
  // |x|^y for positive finite |x|: y log x as a product of two heads, which is exact, and a rest.
  f_powCore: define(
    `
vec4 f_powCore(vec4 a, vec4 y) {
  vec4 f, e, h, l;
  f_logParts(a, f, e);
  f_logPair(f, h, l);
  vec4 w = e * 0.693359375;
  vec4 t = f_head(w + h);
  vec4 rest = ((w - t) + h) + (l - e * 2.12194440e-4);
  vec4 yh = f_head(y);
  vec4 p = yh * t;
  vec4 low = (y - yh) * t + y * rest;
  return f_expParts(p, sel(lessThan(abs(p), vec4(200.0)), low, vec4(0.0)), ivec4(0));
}`,
    'f_logParts',
    'f_logPair',
    'f_head',
    'f_expParts',
    'sel',
  ),
  f_pow: define(
    `
vec4 f_pow(vec4 x, vec4 y) {
  vec4 a = abs(x), b = abs(y), half_ = 0.5 * y;
  bvec4 whole = b_or(equal(floor(y), y), greaterThanEqual(b, vec4(16777216.0)));
  bvec4 odd = b_and(b_and(whole, notEqual(floor(half_), half_)), lessThan(b, vec4(16777216.0)));
  bvec4 minus = lessThan(floatBitsToInt(x), ivec4(0));
  vec4 r = f_powCore(a, y);
  // 0 and infinity, and exponents beyond all bounds.
  bvec4 grows = greaterThan(y, vec4(0.0));
  vec4 far = sel(grows, vec4(INF), vec4(0.0));
  r = sel(equal(a, vec4(INF)), far, r);
  r = sel(equal(a, vec4(0.0)), sel(grows, vec4(0.0), vec4(INF)), r);
  vec4 endless = sel(greaterThan(a, vec4(1.0)), far, sel(grows, vec4(0.0), vec4(INF)));
  r = sel(equal(b, vec4(INF)), sel(equal(a, vec4(1.0)), vec4(1.0), endless), r);
  r = sel(b_and(minus, odd), -r, r);
  bvec4 complex = b_and(b_and(minus, not(whole)), b_and(notEqual(a, vec4(0.0)), lessThan(a, vec4(INF))));
  r = sel(complex, vec4(NAN), r);
  r = sel(f_isnan(y), y, sel(f_isnan(x), x, r));
  return sel(b_or(equal(x, vec4(1.0)), equal(y, vec4(0.0))), vec4(1.0), r);
}`,
    'constants',
    'f_powCore',
    'f_isnan',
    'b_and',
    'b_or',
    'sel',
  ),
}
