import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/**
 * exp and log with their kin, on float32. Odd functions give a zero back as it is, with its sign. Coefficients are our own least-maximum fits, rounded to
 * float32 one after the other; range reductions are those of Cody and Waite (1980), with constants
 * whose products are exact, so that fusing a multiplication with an addition changes nothing.
 */
export const exponential: Library = {
  // x · 2^n in two steps, so that n may be beyond the exponents of float32. Multiplied, as shifting
  // vectors takes three times as long in software.
  f_scale: define(`
vec4 f_scale(vec4 x, ivec4 n) {
  ivec4 a = ivec4(vec4(n) * 0.5);
  ivec4 b = n - a;
  return x * intBitsToFloat(a * 0x800000 + 0x3f800000) * intBitsToFloat(b * 0x800000 + 0x3f800000);
}`),
  // (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2
  f_expTail: define(`
vec4 f_expTail(vec4 r) {
  return (((0.001390582 * r + 0.008362957) * r + 0.04166676) * r + 0.16666579) * r + 0.5;
}`),
  // e^(x + low) · 2^k
  f_expParts: define(
    `
vec4 f_expParts(vec4 x, vec4 low, ivec4 k) {
  vec4 c = clamp(x, -120.0, 110.0);
  vec4 n = vec4(f_near((c + low) * 1.44269504));
  vec4 r = (c - n * 0.693359375) + (n * 2.12194440e-4 + low);
  vec4 y = f_scale(1.0 + (r + r * r * f_expTail(r)), ivec4(n) + k);
  return sel(f_isnan(x), x, y);
}`,
    'f_near',
    'f_scale',
    'f_expTail',
    'f_isnan',
    'sel',
  ),
  f_exp: define('vec4 f_exp(vec4 x) { return f_expParts(x, vec4(0.0), ivec4(0)); }', 'f_expParts'),
  f_exp2: define(
    `
vec4 f_exp2(vec4 x) {
  vec4 c = clamp(x, -160.0, 140.0);
  vec4 n = vec4(f_near(c));
  vec4 r = c - n;
  vec4 p = ((((((1.154745e-05 * r + 0.0001545088) * r + 0.0013347615) * r + 0.00961809) * r
    + 0.055503976) * r + 0.2402265) * r + 0.6931472) * r;
  return sel(f_isnan(x), x, f_scale(1.0 + p, ivec4(n)));
}`,
    'f_near',
    'f_scale',
    'f_isnan',
    'sel',
  ),
  f_expm1: define(
    `
vec4 f_expm1(vec4 x) {
  vec4 c = clamp(x, -30.0, 100.0);
  vec4 n = vec4(f_near(c * 1.44269504));
  vec4 r = (c - n * 0.693359375) + n * 2.12194440e-4;
  vec4 q = r + r * r * f_expTail(r);
  // Half of 2^n, for 2^128 is no float32.
  vec4 h = f_scale(vec4(1.0), ivec4(n) - 1);
  vec4 y = (h * q + (h - 0.5)) * 2.0;
  // Above the cut, e^x as a whole: scaling comes last there.
  y = sel(equal(n, vec4(0.0)), q, y);
  y = sel(greaterThan(x, vec4(88.0)), f_exp(x), y);
  return sel(b_or(f_isnan(x), equal(x, vec4(0.0))), x, y);
}`,
    'f_near',
    'f_scale',
    'f_expTail',
    'f_exp',
    'f_isnan',
    'b_or',
    'sel',
  ),
  // x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), for positive finite x.
  f_logParts: define(
    `
void f_logParts(vec4 x, out vec4 f, out vec4 e) {
  bvec4 tiny = lessThan(x, vec4(1.17549435e-38));
  ivec4 b = floatBitsToInt(sel(tiny, x * 8388608.0, x)) - 0x3f3504f3;
  e = vec4((b >> 23) - sel(tiny, ivec4(23), ivec4(0)));
  f = intBitsToFloat((b & 0x7fffff) + 0x3f3504f3) - 1.0;
}`,
    'sel',
  ),
  // (log(1 + f) - f + f^2 / 2) / f^3
  f_logTail: define(`
vec4 f_logTail(vec4 f) {
  return (((((((0.07040288 * f - 0.11512859) * f + 0.116750106) * f - 0.124203764) * f
    + 0.14249618) * f - 0.1666805) * f + 0.200007) * f - 0.24999994) * f + 0.3333333;
}`),
  // log(2^e (1 + f)) + low
  f_logJoin: define(
    `
vec4 f_logJoin(vec4 f, vec4 e, vec4 low) {
  vec4 z = f * f;
  vec4 y = f * z * f_logTail(f) - e * 2.12194440e-4 + low;
  y -= 0.5 * z;
  return (f + y) + e * 0.693359375;
}`,
    'f_logTail',
  ),
  // The values of a logarithm where its argument is not a positive finite number.
  f_logEnds: define(
    `
vec4 f_logEnds(vec4 x, vec4 y) {
  y = sel(equal(x, vec4(INF)), x, y);
  y = sel(equal(x, vec4(0.0)), vec4(-INF), y);
  y = sel(lessThan(x, vec4(0.0)), vec4(NAN), y);
  return sel(f_isnan(x), x, y);
}`,
    'constants',
    'f_isnan',
    'sel',
  ),
  f_log: define(
    `
vec4 f_log(vec4 x) {
  vec4 f, e;
  f_logParts(x, f, e);
  return f_logEnds(x, f_logJoin(f, e, vec4(0.0)));
}`,
    'f_logParts',
    'f_logJoin',
    'f_logEnds',
  ),
  // log(1 + f) with more than float32's accuracy, as a head of 12 bits and a tail: from
  // s = f / (2 + f), whose remainder is exact, log(1 + f) = 2 s + s^3 P(s^2).
  f_logPair: define(
    `
void f_logPair(vec4 f, out vec4 head, out vec4 tail) {
  vec4 m = 1.0 + f;
  vec4 d = m + 1.0;
  vec4 s = f / d;
  vec4 sh = f_head(s);
  vec4 mh = f_head(m);
  vec4 sl = (((f - sh) - sh * mh) - sh * (m - mh)) / d;
  vec4 z = s * s;
  vec4 p = s * z * (((0.20994711 * z + 0.28656393) * z + 0.3999892) * z + 0.6666667);
  head = 2.0 * sh;
  tail = 2.0 * sl + p;
}`,
    'f_head',
  ),
  f_log2: define(
    `
vec4 f_log2(vec4 x) {
  vec4 f, e, h, l;
  f_logParts(x, f, e);
  f_logPair(f, h, l);
  // log2(e) = 1.4423828125 + 3.12228240e-4
  vec4 y = (h * 3.12228240e-4 + l * 1.44269504) + h * 1.4423828125;
  return f_logEnds(x, e + y);
}`,
    'f_logParts',
    'f_logPair',
    'f_logEnds',
  ),
  f_log10: define(
    `
vec4 f_log10(vec4 x) {
  vec4 f, e, h, l;
  f_logParts(x, f, e);
  f_logPair(f, h, l);
  // log10(e) = 0.434326171875 - 3.168997e-05; log10(2) = 0.301025390625 + 4.60503890e-06
  vec4 y = (l * 0.434294482 - h * 3.16899713e-05) + e * 4.60503890e-06;
  return f_logEnds(x, (y + h * 0.434326171875) + e * 0.301025390625);
}`,
    'f_logParts',
    'f_logPair',
    'f_logEnds',
  ),
  f_log1p: define(
    `
vec4 f_log1p(vec4 x) {
  vec4 u = 1.0 + x;
  // What rounding 1 + x lost, to first order.
  vec4 c = sel(lessThan(x, vec4(1.0)), x - (u - 1.0), 1.0 - (u - x));
  bvec4 near = b_and(greaterThan(x, vec4(-0.2928)), lessThan(x, vec4(0.4142)));
  vec4 f, e;
  f_logParts(u, f, e);
  f = sel(near, x, f);
  e = sel(near, vec4(0.0), e);
  vec4 low = sel(b_or(near, greaterThan(u, vec4(1e8))), vec4(0.0), c / u);
  vec4 y = f_logEnds(u, f_logJoin(f, e, low));
  return sel(equal(x, vec4(0.0)), x, y);
}`,
    'f_logParts',
    'f_logJoin',
    'f_logEnds',
    'b_and',
    'b_or',
    'sel',
  ),
  f_sigmoid: define('vec4 f_sigmoid(vec4 x) { return 1.0 / (1.0 + f_exp(-x)); }', 'f_exp'),
  f_sinh: define(
    `
vec4 f_sinh(vec4 x) {
  vec4 a = abs(x), z = x * x;
  vec4 p = x + x * z * (((2.65886e-06 * z + 0.00019860808) * z + 0.008333252) * z + 0.16666667);
  vec4 h = f_expParts(a, vec4(0.0), ivec4(-1));
  vec4 y = h - 0.25 / h;
  p = sel(equal(x, vec4(0.0)), x, p);
  return sel(lessThan(a, vec4(1.0)), p, sel(lessThan(x, vec4(0.0)), -y, y));
}`,
    'f_expParts',
    'sel',
  ),
  f_cosh: define(
    `
vec4 f_cosh(vec4 x) {
  vec4 h = f_expParts(abs(x), vec4(0.0), ivec4(-1));
  return h + 0.25 / h;
}`,
    'f_expParts',
  ),
  f_tanh: define(
    `
vec4 f_tanh(vec4 x) {
  vec4 a = abs(x), z = x * x;
  vec4 p = x + x * z * (((((0.0025250826 * z - 0.00861131) * z + 0.021877177) * z - 0.05397739) * z
    + 0.13333413) * z - 0.33333334);
  vec4 y = 1.0 - 2.0 / (f_exp(2.0 * a) + 1.0);
  p = sel(equal(x, vec4(0.0)), x, p);
  return sel(lessThan(a, vec4(0.65)), p, sel(lessThan(x, vec4(0.0)), -y, y));
}`,
    'f_exp',
    'sel',
  ),
  f_asinh: define(
    `
vec4 f_asinh(vec4 x) {
  vec4 a = abs(x), z = x * x;
  vec4 p = x + x * z * ((((((-0.037210505 * z + 0.038928308) * z - 0.029010914) * z + 0.031303015) * z
    - 0.044700325) * z + 0.075001314) * z - 0.16666667);
  bvec4 large = greaterThan(a, vec4(1e8));
  vec4 b = sel(large, vec4(1.0), a), w = b * b;
  vec4 y = f_log1p(sel(large, a, b + w / (1.0 + sqrt(1.0 + w)))) + sel(large, vec4(0.693147181), vec4(0.0));
  y = sel(lessThan(x, vec4(0.0)), -y, y);
  return sel(lessThan(a, vec4(0.5)), sel(equal(x, vec4(0.0)), x, p), y);
}`,
    'f_log1p',
    'sel',
  ),
  f_acosh: define(
    `
vec4 f_acosh(vec4 x) {
  bvec4 large = greaterThan(x, vec4(1e8));
  vec4 t = sel(large, vec4(1.0), x - 1.0);
  vec4 y = f_log1p(sel(large, x, t + sqrt(2.0 * t + t * t))) + sel(large, vec4(0.693147181), vec4(0.0));
  return sel(lessThan(x, vec4(1.0)), vec4(NAN), sel(f_isnan(x), x, y));
}`,
    'constants',
    'f_log1p',
    'f_isnan',
    'sel',
  ),
  f_atanh: define(
    `
vec4 f_atanh(vec4 x) {
  vec4 a = abs(x), z = x * x;
  vec4 p = x + x * z * ((((((0.22993213 * z - 0.015018075) * z + 0.11339528) * z + 0.10844098) * z
    + 0.14300382) * z + 0.19999702) * z + 0.33333334);
  vec4 y = 0.5 * f_log1p(2.0 * a / (1.0 - a));
  y = sel(lessThan(x, vec4(0.0)), -y, y);
  y = sel(greaterThan(a, vec4(1.0)), vec4(NAN), y);
  return sel(lessThan(a, vec4(0.5)), sel(equal(x, vec4(0.0)), x, p), y);
}`,
    'constants',
    'f_log1p',
    'sel',
  ),
}
