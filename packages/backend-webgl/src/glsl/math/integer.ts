import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/** Integer functions that are exact for all 2^32 values; GLSL leaves the cases asked about undefined. */
export const integer: Library = {
  i_abs: define('ivec4 i_abs(ivec4 x) { return sel(lessThan(x, ivec4(0)), -x, x); }', 'sel'),
  i_div: define(
    `
ivec4 i_div(ivec4 a, ivec4 b) {
  bvec4 zero = equal(b, ivec4(0)), minus = equal(b, ivec4(-1));
  ivec4 q = a / sel(b_or(zero, minus), ivec4(1), b);
  return sel(zero, ivec4(0), sel(minus, -a, q));
}`,
    'sel',
    'b_or',
  ),
  i_rem: define(
    `
ivec4 i_rem(ivec4 a, ivec4 b) {
  return sel(equal(b, ivec4(0)), ivec4(0), a - i_div(a, b) * b);
}`,
    'sel',
    'i_div',
  ),
  i_mod: define(
    `
ivec4 i_mod(ivec4 a, ivec4 b) {
  ivec4 r = i_rem(a, b);
  return r + sel(b_and(notEqual(r, ivec4(0)), lessThan(r ^ b, ivec4(0))), b, ivec4(0));
}`,
    'sel',
    'b_and',
    'i_rem',
  ),
  i_pow: define(
    `
ivec4 i_pow(ivec4 a, ivec4 b) {
  ivec4 r = ivec4(1), x = a, e = max(b, ivec4(0));
  for (int i = 0; i < 31 && any(notEqual(e, ivec4(0))); i++) {
    r = sel(equal(e & 1, ivec4(1)), r * x, r);
    x *= x;
    e >>= 1;
  }
  ivec4 one = sel(equal(a, ivec4(1)), ivec4(1),
    sel(equal(a, ivec4(-1)), 1 - 2 * (b & 1), ivec4(0)));
  return sel(lessThan(b, ivec4(0)), one, r);
}`,
    'sel',
  ),
  i_shl: define(
    `
ivec4 i_shl(ivec4 a, ivec4 b) {
  bvec4 inside = b_and(greaterThanEqual(b, ivec4(0)), lessThan(b, ivec4(32)));
  return sel(inside, a << (b & 31), ivec4(0));
}`,
    'sel',
    'b_and',
  ),
  i_shr: define(
    `
ivec4 i_shr(ivec4 a, ivec4 b) {
  bvec4 inside = b_and(greaterThanEqual(b, ivec4(0)), lessThan(b, ivec4(32)));
  return a >> sel(inside, b, ivec4(31));
}`,
    'sel',
    'b_and',
  ),
}
