/** x^y by a logarithm of about 35 bits, with the special values of C99 (Annex F.9.4.4). */
export const power = {
  // |x|^y for positive finite |x|: y log x as a product of two heads, which is exact, and a rest.
  f_powCore: `
fn f_powCore(a: f32, y: f32) -> f32 {
  let parts = f_logParts(a);
  let l = f_logPair(parts.x);
  let w = parts.y * 0.693359375;
  let t = f_head(w + l.x);
  let rest = ((w - t) + l.x) + (l.y - parts.y * 2.12194440e-4);
  let yh = f_head(y);
  let p = yh * t;
  let low = (y - yh) * t + y * rest;
  return f_expParts(p, select(0.0, low, abs(p) < 200.0), 0);
}`,
  f_pow: `
fn f_pow(x: f32, y: f32) -> f32 {
  if (x == 1.0 || y == 0.0) { return 1.0; }
  if (f_isnan(x)) { return x; }
  if (f_isnan(y)) { return y; }
  let infinite = 0x7f800000u;
  let a = f_abs(x);
  let b = f_abs(y);
  let grows = y > 0.0;
  let toInfinity = select(0.0, f_inf(), grows);
  let toZero = select(f_inf(), 0.0, grows);
  if (bitcast<u32>(b) == infinite) {
    if (a == 1.0) { return 1.0; }
    return select(toZero, toInfinity, a > 1.0);
  }
  let whole = floor(y) == y || b >= 16777216.0;
  let odd = whole && b < 16777216.0 && floor(0.5 * y) != 0.5 * y;
  var r: f32;
  if (bitcast<u32>(a) == infinite) { r = toInfinity; }
  else if (a == 0.0) { r = toZero; }
  else if (f_minus(x) && !whole) { return f_nan(); }
  else { r = f_powCore(a, y); }
  return select(r, f_neg(r), f_minus(x) && odd);
}`,
}
