/** erf, erfc, lgamma and digamma. Coefficients are least-maximum fits unless said otherwise. */
export const gamma = {
  // erf(x) for |x| < 0.94
  f_erfSmall: `
fn f_erfSmall(x: f32) -> f32 {
  let z = x * x;
  let p = ((((((7.974875e-05 * z - 0.0008044708) * z + 0.0051919934) * z - 0.026855595) * z
    + 0.11283624) * z - 0.3761263) * z + 0.12837917);
  // Of the least numbers, the product alone may be subnormal.
  return select(x + x * p, x * 1.12837917, abs(x) < 1e-30);
}`,
  // erfc(a) for 0.85 < a: e^(-a^2) / (1 + 2a) · P((a - 2) / (a + 2))
  f_erfcLarge: `
fn f_erfcLarge(x: f32) -> f32 {
  let a = min(x, 11.0);
  let q = (a - 2.0) / (a + 2.0);
  let p = ((((((((0.00031743967 * q - 0.0018291828) * q + 0.001020709) * q + 0.008901041) * q
    - 0.00801005) * q - 0.054244906) * q + 0.1640507) * q - 0.16602927) * q - 0.092763826) * q + 1.2769784;
  let h = f_head(a);
  let l = a - h;
  return f_expParts(-h * h, -(a + h) * l, 0) * p / (1.0 + 2.0 * a);
}`,
  f_erf: `
fn f_erf(x: f32) -> f32 {
  let a = f_abs(x);
  if (f_isnan(x) || x == 0.0) { return x; }
  if (a < 0.9) { return f_erfSmall(x); }
  return f_signed(x, 1.0 - f_erfcLarge(a));
}`,
  f_erfc: `
fn f_erfc(x: f32) -> f32 {
  let a = f_abs(x);
  if (f_isnan(x)) { return x; }
  if (a < 0.85) { return 1.0 - f_erfSmall(x); }
  let y = f_erfcLarge(a);
  return select(y, 2.0 - y, x < 0.0);
}`,
  // sin(pi r) for |r| <= 1/2
  f_sinPi: `
fn f_sinPi(r: f32) -> f32 {
  let z = r * r;
  let p = (((((-0.005392634 * z + 0.081038974) * z - 0.59903455) * z + 2.5501444) * z - 5.167712) * z
    + 0.14159265);
  return r * (3.0 + p);
}`,
  // log Γ(x) for x > 0
  f_lgammaPlus: `
fn f_lgammaPlus(x: f32) -> f32 {
  let logX = f_log(x);
  if (x < 1.5) {
    let low = x < 0.5;
    let u = select(x - 1.0, x, low);
    let y = u * ((((((((((((-0.15433773 * u + 0.17377134) * u - 0.067121856) * u + 0.069631) * u
      - 0.11446154) * u + 0.12993827) * u - 0.14385448) * u + 0.16927382) * u - 0.20739393) * u
      + 0.2705871) * u - 0.40068525) * u + 0.822467) * u - 0.5772157);
    return y - select(0.0, logX, low);
  }
  if (x < 4.0) {
    let v = x - 2.0;
    return v * (((((((((((1.5918672e-06 * v - 1.5962947e-05) * v + 7.295339e-05) * v - 0.0002155033) * v
      + 0.0005170788) * v - 0.0011985414) * v + 0.0028910832) * v - 0.0073854597) * v + 0.020580731) * v
      - 0.06735215) * v + 0.32246703) * v + 0.42278433);
  }
  // Stirling's series.
  let w = 1.0 / x;
  let z = w * w;
  let tail = w * (((-0.0005083047 * z + 0.00079409656) * z - 0.0027780076) * z + 0.083333336);
  return (x - 0.5) * (logX - 1.0) + (0.418938533 + tail);
}`,
  f_lgamma: `
fn f_lgamma(x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  let a = f_abs(x);
  // A tiny negative number is no pole, though it may be flushed to zero.
  let pole = x == 0.0 || (x <= -1.0 && floor(x) == x);
  if (pole || bitcast<u32>(a) == 0x7f800000u) { return f_inf(); }
  var y = f_lgammaPlus(a);
  if (x < 0.0) {
    // Γ(-a) Γ(a) = -pi / (a sin(pi a))
    let s = abs(f_sinPi(a - floor(a + 0.5)));
    y = (1.14472989 - f_log(s)) - (f_log(a) + y);
  }
  // The zeros at 1 and 2 are positive.
  return select(y, 0.0, y == 0.0);
}`,
  // Recurrence up to 10, then the asymptotic series (Abramowitz and Stegun, 6.3.18), as PyTorch.
  f_digammaPlus: `
fn f_digammaPlus(start: f32) -> f32 {
  var x = start;
  var y = 0.0;
  for (var i = 0; i < 10 && x < 10.0; i++) {
    y -= 1.0 / x;
    x += 1.0;
  }
  let w = 1.0 / x;
  let z = w * w;
  let tail = z * ((((-0.00416666667 * z + 0.00396825397) * z - 0.00833333333) * z) + 0.0833333333);
  return (y + f_log(x)) - (0.5 * w + tail);
}`,
  f_digamma: `
fn f_digamma(x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  if (x == 0.0) { return f_signed(f_neg(x), f_inf()); }
  if (x > 0.0) { return select(f_digammaPlus(x), x, bitcast<u32>(x) == 0x7f800000u); }
  if (floor(x) == x) { return f_nan(); }
  // psi(x) = psi(1 - x) - pi / tan(pi x)
  let r = x - floor(x + 0.5);
  return f_digammaPlus(1.0 - x) - 3.14159265 * f_sinPi(0.5 - abs(r)) / f_sinPi(r);
}`,
}
