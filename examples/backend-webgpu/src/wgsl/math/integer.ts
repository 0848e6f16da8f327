/** Integer functions that are exact for all 2^32 values, in the cases too that WGSL decides otherwise. */
export const integer = {
  i_div: `
fn i_div(a: i32, b: i32) -> i32 {
  if (b == 0) { return 0; }
  if (b == -1) { return -a; }
  return a / b;
}`,
  i_rem: 'fn i_rem(a: i32, b: i32) -> i32 { return select(a - i_div(a, b) * b, 0, b == 0); }',
  i_mod: `
fn i_mod(a: i32, b: i32) -> i32 {
  let r = i_rem(a, b);
  return select(r, r + b, r != 0 && (r < 0) != (b < 0));
}`,
  i_pow: `
fn i_pow(a: i32, b: i32) -> i32 {
  if (b < 0) {
    if (a == 1) { return 1; }
    return select(0, 1 - 2 * (b & 1), a == -1);
  }
  var r = 1;
  var x = a;
  for (var e = b; e > 0; e >>= 1u) {
    if ((e & 1) == 1) { r *= x; }
    x *= x;
  }
  return r;
}`,
  i_shl: `
fn i_shl(a: i32, b: i32, width: i32) -> i32 {
  return select(0, a << (u32(b) & 31u), b >= 0 && b < width);
}`,
  i_shr: `
fn i_shr(a: i32, b: i32, width: i32) -> i32 {
  return a >> select(31u, u32(b) & 31u, b >= 0 && b < width);
}`,
}
