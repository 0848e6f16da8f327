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
  code.replaceAll('VEC', 'vec4').replaceAll('ONE', 'float') +
  code.replaceAll('VEC', 'ivec4').replaceAll('ONE', 'int')

/** Reading elements: texel `t` holds elements 4t … 4t + 3; long buffers are folded into rows. */
export const access: Library = {
  at: define(
    each(`
VEC at(highp SAMPLER s, int t) {
  return VEC(texelFetch(s, ivec2(t & ${rowTexels - 1}, t >> ${rowBits}), 0));
}`),
  ),
  // The texel at the place of the fragment.
  here: define(
    each('VEC here(highp SAMPLER s) { return VEC(texelFetch(s, ivec2(gl_FragCoord.xy), 0)); }'),
  ),
  // A texel of a texture that is no buffer's.
  grid: define(
    'vec4 grid(highp sampler2D s, int x, int y) { return texelFetch(s, ivec2(x, y), 0); }',
  ),
  // The number of the fragment's texel.
  texel: define(`
int texel() { return (int(gl_FragCoord.y) << ${rowBits}) + int(gl_FragCoord.x); }`),
  pick: define(
    both(`
ONE pick(VEC v, int c) {
  return (c & 2) == 0 ? ((c & 1) == 0 ? v.x : v.y) : ((c & 1) == 0 ? v.z : v.w);
}`),
  ),
  // One element, in all lanes.
  splat: define(
    each('VEC splat(highp SAMPLER s, int o) { return VEC(pick(at(s, o >> 2), o & 3)); }'),
    'at',
    'pick',
  ),
  // Four elements anywhere.
  gather: define(
    each(`
VEC gather(highp SAMPLER s, ivec4 o) {
  ivec4 t = o >> 2;
  ivec4 c = o & 3;
  return VEC(pick(at(s, t.x), c.x), pick(at(s, t.y), c.y), pick(at(s, t.z), c.z), pick(at(s, t.w), c.w));
}`),
    'at',
    'pick',
  ),
  // Four neighbours from any element on.
  loose: define(
    each(`
VEC loose(highp SAMPLER s, int o) {
  VEC a = at(s, o >> 2);
  int c = o & 3;
  if (c == 0) return a;
  VEC b = at(s, (o >> 2) + 1);
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
