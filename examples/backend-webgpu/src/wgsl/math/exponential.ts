/**
 * exp and log with their kin. Coefficients are least-maximum fits, rounded to float32 one after the other;
 * range reductions are those of Cody and Waite (1980), with constants whose products are exact. Odd
 * functions give a zero back as it is, with its sign.
 */
export const exponential = {
  // x · 2^n in two steps, so that n may be beyond the exponents of float32.
  f_scale: `
fn f_scale(x: f32, n: i32) -> f32 {
  let a = n >> 1u;
  let b = n - a;
  return x * bitcast<f32>((a + 127) << 23u) * bitcast<f32>((b + 127) << 23u);
}`,
  // (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2
  f_expTail: `
fn f_expTail(r: f32) -> f32 {
  return (((0.001390582 * r + 0.008362957) * r + 0.04166676) * r + 0.16666579) * r + 0.5;
}`,
  // e^(x + low) · 2^k
  f_expParts: `
fn f_expParts(x: f32, low: f32, k: i32) -> f32 {
  if (f_isnan(x)) { return x; }
  let c = clamp(x, -120.0, 110.0);
  let n = round((c + low) * 1.44269504);
  let r = (c - n * 0.693359375) + (n * 2.12194440e-4 + low);
  return f_scale(1.0 + (r + r * r * f_expTail(r)), i32(n) + k);
}`,
  f_exp: 'fn f_exp(x: f32) -> f32 { return f_expParts(x, 0.0, 0); }',
  f_exp2: `
fn f_exp2(x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  let c = clamp(x, -160.0, 140.0);
  let n = round(c);
  let r = c - n;
  let p = ((((((1.154745e-05 * r + 0.0001545088) * r + 0.0013347615) * r + 0.00961809) * r
    + 0.055503976) * r + 0.2402265) * r + 0.6931472) * r;
  return f_scale(1.0 + p, i32(n));
}`,
  f_expm1: `
fn f_expm1(x: f32) -> f32 {
  if (f_isnan(x) || x == 0.0) { return x; }
  // Above the cut, e^x as a whole: scaling comes last there.
  if (x > 88.0) { return f_exp(x); }
  let c = clamp(x, -30.0, 100.0);
  let n = round(c * 1.44269504);
  let r = (c - n * 0.693359375) + n * 2.12194440e-4;
  let q = r + r * r * f_expTail(r);
  if (n == 0.0) { return q; }
  // Half of 2^n, for 2^128 is no float32.
  let h = f_scale(1.0, i32(n) - 1);
  return (h * q + (h - 0.5)) * 2.0;
}`,
  // x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), as (f, e), for positive finite x.
  f_logParts: `
fn f_logParts(x: f32) -> vec2<f32> {
  let tiny = x < 1.17549435e-38;
  let b = bitcast<i32>(select(x, x * 8388608.0, tiny)) - 0x3f3504f3;
  let e = f32((b >> 23u) - select(0, 23, tiny));
  return vec2<f32>(bitcast<f32>((b & 0x7fffff) + 0x3f3504f3) - 1.0, e);
}`,
  // (log(1 + f) - f + f^2 / 2) / f^3
  f_logTail: `
fn f_logTail(f: f32) -> f32 {
  return (((((((0.07040288 * f - 0.11512859) * f + 0.116750106) * f - 0.124203764) * f
    + 0.14249618) * f - 0.1666805) * f + 0.200007) * f - 0.24999994) * f + 0.3333333;
}`,
  // log(2^e (1 + f)) + low
  f_logJoin: `
fn f_logJoin(parts: vec2<f32>, low: f32) -> f32 {
  let f = parts.x;
  let z = f * f;
  let y = (f * z * f_logTail(f) - parts.y * 2.12194440e-4 + low) - 0.5 * z;
  return (f + y) + parts.y * 0.693359375;
}`,
  // The values of a logarithm where its argument is not a positive finite number, else y.
  f_logEnds: `
fn f_logEnds(x: f32, y: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  if (x == 0.0) { return -f_inf(); }
  if (f_minus(x)) { return f_nan(); }
  return select(y, x, bitcast<u32>(x) == 0x7f800000u);
}`,
  f_log: 'fn f_log(x: f32) -> f32 { return f_logEnds(x, f_logJoin(f_logParts(x), 0.0)); }',
  // log(1 + f) with more than float32's accuracy, as a head of 12 bits and a tail: from
  // s = f / (2 + f), whose remainder is exact, log(1 + f) = 2 s + s^3 P(s^2).
  f_logPair: `
fn f_logPair(f: f32) -> vec2<f32> {
  let m = 1.0 + f;
  let d = m + 1.0;
  let s = f / d;
  let sh = f_head(s);
  let mh = f_head(m);
  let sl = (((f - sh) - sh * mh) - sh * (m - mh)) / d;
  let z = s * s;
  let p = s * z * (((0.20994711 * z + 0.28656393) * z + 0.3999892) * z + 0.6666667);
  return vec2<f32>(2.0 * sh, 2.0 * sl + p);
}`,
  f_log2: `
fn f_log2(x: f32) -> f32 {
  let parts = f_logParts(x);
  let l = f_logPair(parts.x);
  // log2(e) = 1.4423828125 + 3.12228240e-4
  let y = (l.x * 3.12228240e-4 + l.y * 1.44269504) + l.x * 1.4423828125;
  return f_logEnds(x, parts.y + y);
}`,
  f_log10: `
fn f_log10(x: f32) -> f32 {
  let parts = f_logParts(x);
  let l = f_logPair(parts.x);
  // log10(e) = 0.434326171875 - 3.168997e-05; log10(2) = 0.301025390625 + 4.60503890e-06
  let y = (l.y * 0.434294482 - l.x * 3.16899713e-05) + parts.y * 4.60503890e-06;
  return f_logEnds(x, (y + l.x * 0.434326171875) + parts.y * 0.301025390625);
}`,
  f_log1p: `
fn f_log1p(x: f32) -> f32 {
  if (x == 0.0) { return x; }
  if (x > -0.2928 && x < 0.4142) { return f_logJoin(vec2<f32>(x, 0.0), 0.0); }
  let u = 1.0 + x;
  // What rounding 1 + x lost, to first order.
  let c = select(1.0 - (u - x), x - (u - 1.0), x < 1.0);
  let low = select(c / u, 0.0, u > 1e8);
  return f_logEnds(u, f_logJoin(f_logParts(u), low));
}`,
  f_sigmoid: 'fn f_sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + f_exp(-x)); }',
}
