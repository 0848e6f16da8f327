/** Hyperbolic functions and their inverses: a polynomial near 0, exp and log elsewhere. */
export const hyperbolic = {
  f_sinh: `
fn f_sinh(x: f32) -> f32 {
  let a = f_abs(x);
  let z = x * x;
  if (x == 0.0) { return x; }
  if (a < 1.0) {
    return x + x * z * (((2.65886e-06 * z + 0.00019860808) * z + 0.008333252) * z + 0.16666667);
  }
  let h = f_expParts(a, 0.0, -1);
  let y = h - 0.25 / h;
  return select(y, -y, f_minus(x));
}`,
  f_cosh: `
fn f_cosh(x: f32) -> f32 {
  let h = f_expParts(f_abs(x), 0.0, -1);
  return h + 0.25 / h;
}`,
  f_tanh: `
fn f_tanh(x: f32) -> f32 {
  let a = f_abs(x);
  let z = x * x;
  if (x == 0.0) { return x; }
  if (a < 0.65) {
    return x + x * z * (((((0.0025250826 * z - 0.00861131) * z + 0.021877177) * z - 0.05397739) * z
      + 0.13333413) * z - 0.33333334);
  }
  let y = 1.0 - 2.0 / (f_exp(2.0 * a) + 1.0);
  return select(y, -y, f_minus(x));
}`,
  f_asinh: `
fn f_asinh(x: f32) -> f32 {
  let a = f_abs(x);
  let z = x * x;
  if (x == 0.0) { return x; }
  if (a < 0.5) {
    return x + x * z * ((((((-0.037210505 * z + 0.038928308) * z - 0.029010914) * z + 0.031303015) * z
      - 0.044700325) * z + 0.075001314) * z - 0.16666667);
  }
  let large = a > 1e8;
  let b = select(a, 1.0, large);
  let w = b * b;
  let t = select(b + w / (1.0 + sqrt(1.0 + w)), a, large);
  let y = f_log1p(t) + select(0.0, 0.693147181, large);
  return select(y, -y, f_minus(x));
}`,
  f_acosh: `
fn f_acosh(x: f32) -> f32 {
  if (f_isnan(x)) { return x; }
  if (x < 1.0) { return f_nan(); }
  let large = x > 1e8;
  let t = select(x - 1.0, 1.0, large);
  return f_log1p(select(t + sqrt(2.0 * t + t * t), x, large)) + select(0.0, 0.693147181, large);
}`,
  f_atanh: `
fn f_atanh(x: f32) -> f32 {
  let a = f_abs(x);
  let z = x * x;
  if (x == 0.0) { return x; }
  if (a < 0.5) {
    return x + x * z * ((((((0.22993213 * z - 0.015018075) * z + 0.11339528) * z + 0.10844098) * z
      + 0.14300382) * z + 0.19999702) * z + 0.33333334);
  }
  if (a > 1.0) { return f_nan(); }
  if (a == 1.0) { return f_signed(x, f_inf()); }
  let y = 0.5 * f_log1p(2.0 * a / (1.0 - a));
  return select(y, -y, f_minus(x));
}`,
}
