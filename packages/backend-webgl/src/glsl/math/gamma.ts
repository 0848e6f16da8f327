import { define } from '../define.ts'
import type { Library } from '../functions.ts'

/** erf, erfc, lgamma and digamma. Coefficients are our own least-maximum fits unless said otherwise. */
export const gamma: Library = {
  // erf(x) for |x| < 0.94
  f_erfSmall: define(
    `
vec4 f_erfSmall(vec4 x) {
  vec4 z = x * x;
  vec4 p = ((((((7.974875e-05 * z - 0.0008044708) * z + 0.0051919934) * z - 0.026855595) * z
    + 0.11283624) * z - 0.3761263) * z + 0.12837917);
  // Of the least numbers, the product alone may be subnormal.
  return sel(lessThan(abs(x), vec4(1e-30)), x * 1.12837917, x + x * p);
}`,
    'sel',
  ),
  // erfc(a) for 0.85 < a: e^(-a^2) / (1 + 2a) · P((a - 2) / (a + 2))
  f_erfcLarge: define(
    `
vec4 f_erfcLarge(vec4 a) {
  a = min(a, vec4(11.0));
  vec4 q = (a - 2.0) / (a + 2.0);
  vec4 p = ((((((((0.00031743967 * q - 0.0018291828) * q + 0.001020709) * q + 0.008901041) * q
    - 0.00801005) * q - 0.054244906) * q + 0.1640507) * q - 0.16602927) * q - 0.092763826) * q + 1.2769784;
  vec4 h = f_head(a);
  vec4 l = a - h;
  return f_expParts(-h * h, -(a + h) * l, ivec4(0)) * p / (1.0 + 2.0 * a);
}`,
    'f_head',
    'f_expParts',
  ),
  f_erf: define(
    `
vec4 f_erf(vec4 x) {
  vec4 a = abs(x);
  vec4 y = 1.0 - f_erfcLarge(max(a, vec4(0.85)));
  y = sel(lessThan(x, vec4(0.0)), -y, y);
  y = sel(lessThan(a, vec4(0.9)), f_erfSmall(x), y);
  return sel(f_isnan(x), x, y);
}`,
    'f_erfSmall',
    'f_erfcLarge',
    'f_isnan',
    'sel',
  ),
  f_erfc: define(
    `
vec4 f_erfc(vec4 x) {
  vec4 a = abs(x);
  vec4 y = f_erfcLarge(max(a, vec4(0.85)));
  y = sel(lessThan(x, vec4(0.0)), 2.0 - y, y);
  y = sel(lessThan(a, vec4(0.85)), 1.0 - f_erfSmall(x), y);
  return sel(f_isnan(x), x, y);
}`,
    'f_erfSmall',
    'f_erfcLarge',
    'f_isnan',
    'sel',
  ),
  // sin(pi r) for |r| <= 1/2
  f_sinPi: define(`
vec4 f_sinPi(vec4 r) {
  vec4 z = r * r;
  vec4 p = (((((-0.005392634 * z + 0.081038974) * z - 0.59903455) * z + 2.5501444) * z - 5.167712) * z
    + 0.14159265);
  return r * (3.0 + p);
}`),
  // log Γ(x) for x > 0
  f_lgammaPlus: define(
    `
vec4 f_lgammaPlus(vec4 x) {
  bvec4 low = lessThan(x, vec4(0.5));
  bvec4 mid = lessThan(x, vec4(1.5));
  vec4 logX = f_log(x);
  vec4 u = sel(low, x, x - 1.0);
  vec4 one = u * ((((((((((((-0.15433773 * u + 0.17377134) * u - 0.067121856) * u + 0.069631) * u
    - 0.11446154) * u + 0.12993827) * u - 0.14385448) * u + 0.16927382) * u - 0.20739393) * u
    + 0.2705871) * u - 0.40068525) * u + 0.822467) * u - 0.5772157);
  one -= sel(low, logX, vec4(0.0));
  vec4 v = x - 2.0;
  vec4 two = v * (((((((((((1.5918672e-06 * v - 1.5962947e-05) * v + 7.295339e-05) * v - 0.0002155033) * v
    + 0.0005170788) * v - 0.0011985414) * v + 0.0028910832) * v - 0.0073854597) * v + 0.020580731) * v
    - 0.06735215) * v + 0.32246703) * v + 0.42278433);
  // Stirling's series.
  vec4 w = 1.0 / x;
  vec4 z = w * w;
  vec4 tail = w * (((-0.0005083047 * z + 0.00079409656) * z - 0.0027780076) * z + 0.083333336);
  vec4 large = (x - 0.5) * (logX - 1.0) + (0.418938533 + tail);
  return sel(mid, one, sel(lessThan(x, vec4(4.0)), two, large));
}`,
    'f_log',
    'sel',
  ),
  f_lgamma: define(
    `
vec4 f_lgamma(vec4 x) {
  vec4 a = abs(x);
  vec4 y = f_lgammaPlus(a);
  // Γ(-a) Γ(a) = -pi / (a sin(pi a))
  vec4 r = a - floor(a + 0.5);
  vec4 s = abs(f_sinPi(r));
  vec4 reflected = (1.14472989 - f_log(s)) - (f_log(a) + y);
  y = sel(lessThan(x, vec4(0.0)), reflected, y);
  // A tiny negative number is no pole, though it may be flushed to zero.
  bvec4 pole = b_or(equal(x, vec4(0.0)), b_and(lessThanEqual(x, vec4(-1.0)), equal(floor(x), x)));
  y = sel(b_or(pole, equal(a, vec4(INF))), vec4(INF), y);
  // The zeros at 1 and 2 are positive.
  return sel(f_isnan(x), x, f_positiveZero(y));
}`,
    'constants',
    'f_lgammaPlus',
    'f_positiveZero',
    'f_sinPi',
    'f_log',
    'f_isnan',
    'b_and',
    'b_or',
    'sel',
  ),
  // Recurrence up to 10, then the asymptotic series (Abramowitz and Stegun, 6.3.18), as PyTorch.
  f_digammaPlus: define(
    `
vec4 f_digammaPlus(vec4 x) {
  vec4 y = vec4(0.0);
  for (int i = 0; i < 10; i++) {
    bvec4 low = lessThan(x, vec4(10.0));
    y -= sel(low, 1.0 / x, vec4(0.0));
    x += vec4(low);
  }
  vec4 w = 1.0 / x;
  vec4 z = w * w;
  vec4 tail = z * ((((-0.00416666667 * z + 0.00396825397) * z - 0.00833333333) * z) + 0.0833333333);
  return (y + f_log(x)) - (0.5 * w + tail);
}`,
    'f_log',
    'sel',
  ),
  f_digamma: define(
    `
vec4 f_digamma(vec4 x) {
  bvec4 minus = lessThan(x, vec4(0.0));
  vec4 y = f_digammaPlus(sel(minus, 1.0 - x, x));
  // psi(x) = psi(1 - x) - pi / tan(pi x)
  vec4 r = x - floor(x + 0.5);
  vec4 c = f_sinPi(0.5 - abs(r));
  y -= sel(minus, 3.14159265 * c / f_sinPi(r), vec4(0.0));
  y = sel(b_and(minus, equal(floor(x), x)), vec4(NAN), y);
  y = sel(equal(x, vec4(0.0)), sel(lessThan(floatBitsToInt(x), ivec4(0)), vec4(INF), vec4(-INF)), y);
  return sel(f_isnan(x), x, sel(equal(x, vec4(INF)), x, y));
}`,
    'constants',
    'f_digammaPlus',
    'f_sinPi',
    'f_isnan',
    'b_and',
    'sel',
  ),
}
