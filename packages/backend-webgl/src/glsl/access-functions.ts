import { rowBits, rowTexels } from '../device/textures.ts'
import { define } from './define.ts'
import type { Library } from './functions.ts'

/** The same text for float, int and unsigned textures; the last are read as int. */
const each = (code: string): string =>
  [
    ['sampler2D', 'vec4', 'float'],
    ['isampler2D', 'ivec4', 'int'],
    ['usampler2D', 'ivec4', 'int'],
  ]
    .map(([sampler, vector, element]) =>
      code.replaceAll('SAMPLER', sampler).replaceAll('VEC', vector).replaceAll('ONE', element),
    )
    .join('\n')

const both = (code: string): string =>
  code.replaceAll('VEC', 'vec4').replaceAll('PAIR', 'vec2').replaceAll('ONE', 'float') +
  code.replaceAll('VEC', 'ivec4').replaceAll('PAIR', 'ivec2').replaceAll('ONE', 'int')

/** Reading elements: texel `t` holds elements 4t … 4t + 3; long buffers are folded into rows. */
export const access: Library = {
  // `texture` and not `texelFetch`: texels are met in their middle, and the test for places outside,
  // which never occur, is what takes most of a fetch in software. Scalar conversions, for the same reason.
  at: define(
    each(`
VEC at(highp SAMPLER s, vec2 scale, int t) {
  float x = float(t & ${rowTexels - 1}), y = float(t >> ${rowBits});
  return VEC(texture(s, vec2((x + 0.5) * scale.x, (y + 0.5) * scale.y)));
}`),
  ),
  // The texel at the place of the fragment.
  here: define(
    each(`
VEC here(highp SAMPLER s, vec2 scale) { return VEC(texture(s, gl_FragCoord.xy * scale)); }`),
  ),
  // The number of the fragment's texel.
  texel: define(`
int texel() { return (int(gl_FragCoord.y) << ${rowBits}) + int(gl_FragCoord.x); }`),
  pick: define(
    both(`
ONE pick(VEC v, int c) {
  PAIR p = (c & 2) == 0 ? v.xy : v.zw;
  return (c & 1) == 0 ? p.x : p.y;
}`),
  ),
  // One element, in all lanes.
  splat: define(
    each(
      'VEC splat(highp SAMPLER s, vec2 scale, int o) { return VEC(pick(at(s, scale, o >> 2), o & 3)); }',
    ),
    'at',
    'pick',
  ),
  // Four elements anywhere.
  gather: define(
    each(`
VEC gather(highp SAMPLER s, vec2 scale, ivec4 o) {
  return VEC(
    pick(at(s, scale, o.x >> 2), o.x & 3),
    pick(at(s, scale, o.y >> 2), o.y & 3),
    pick(at(s, scale, o.z >> 2), o.z & 3),
    pick(at(s, scale, o.w >> 2), o.w & 3));
}`),
    'at',
    'pick',
  ),
  // Four neighbours from any element on.
  loose: define(
    each(`
VEC loose(highp SAMPLER s, vec2 scale, int o) {
  VEC a = at(s, scale, o >> 2);
  int c = o & 3;
  if (c == 0) return a;
  VEC b = at(s, scale, (o >> 2) + 1);
  return c == 1 ? VEC(a.yzw, b.x) : c == 2 ? VEC(a.zw, b.xy) : VEC(a.w, b.xyz);
}`),
    'at',
  ),
  // a / n rounded down, for 0 <= a < 2^28 and the float nearest to 1 / n: faster than a division of
  // integers, and made exact by the remainder.
  quotient: define(`
int quotient(int a, int n, float inverse) {
  int q = int(float(a) * inverse);
  q += int(floor(float(a - q * n) * inverse));
  int r = a - q * n;
  return q + int(r >= n) - int(r < 0);
}
ivec4 quotient(ivec4 a, int n, float inverse) {
  ivec4 q = ivec4(vec4(a) * inverse);
  q += ivec4(floor(vec4(a - q * n) * inverse));
  ivec4 r = a - q * n;
  return q + ivec4(greaterThanEqual(r, ivec4(n))) - ivec4(lessThan(r, ivec4(0)));
}`),
  // The same for 0 <= a < 2^21, where the float is near enough: half a unit more than rounding can lose.
  smallQuotient: define(
    'int smallQuotient(int a, float inverse) { return int((float(a) + 0.5) * inverse); }',
  ),
}
