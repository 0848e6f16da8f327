// Running sums, products and extremes along contiguous rows.

/**
 * Rows of `length` values; y gets the running result, `positions` (i32; 0 for none) where a running extreme was met.
 * Rows are `xRow`, `yRow`, `positionsRow` elements apart. y may be x.
 */
@unmanaged
class ScanArgs {
  x: usize
  y: usize
  positions: usize
  length: i32
  xRow: i32
  yRow: i32
  positionsRow: i32
}

// @ts-ignore: decorator
@inline
const SUM: i32 = 0
// @ts-ignore: decorator
@inline
const PROD: i32 = 1
// @ts-ignore: decorator
@inline
const MAX: i32 = 2
// @ts-ignore: decorator
@inline
const MIN: i32 = 3

/** `T` is the element's type, `A` that of the running result: double for f32, as in PyTorch. `kind` is a constant. */
// @ts-ignore: decorator
@inline
function accumulate<T, A>(kind: i32, x: usize, y: usize, length: i32): void {
  let total: A = kind == SUM ? <A>0 : <A>1
  const size = sizeof<T>()
  for (let i = 0; i < length; i++) {
    const v = <A>load<T>(x)
    total = kind == SUM ? total + v : total * v
    store<T>(y, <T>total)
    x += size
    y += size
  }
}

/** Ties go to the later one; NaN wins and stays. `least` is a constant. */
// @ts-ignore: decorator
@inline
function extremes<T>(least: bool, x: usize, y: usize, positions: usize, length: i32): void {
  if (length == 0) return
  const size = sizeof<T>()
  let best = load<T>(x)
  let at = 0
  for (let i = 0; i < length; i++) {
    const v = load<T>(x)
    if ((least ? v <= best : v >= best) || v != v) {
      best = v
      at = i
    }
    store<T>(y, best)
    if (positions) {
      store<i32>(positions, at)
      positions += 4
    }
    x += size
    y += size
  }
}

// @ts-ignore: decorator
@inline
function scan<T, A>(kind: i32, args: usize, begin: i32, end: i32): void {
  const p = changetype<ScanArgs>(args)
  const size = sizeof<T>()
  for (let row = begin; row < end; row++) {
    const x = p.x + <usize>(row * p.xRow) * size
    const y = p.y + <usize>(row * p.yRow) * size
    if (kind == SUM || kind == PROD) accumulate<T, A>(kind, x, y, p.length)
    else extremes<T>(kind == MIN, x, y, p.positions ? p.positions + (<usize>(row * p.positionsRow) << 2) : 0, p.length)
  }
}

/** `begin`…`end` count rows. No scratch. The same holds for all below. */
export function cumsum_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f32, f64>(SUM, args, begin, end)
}
export function cumsum_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f64, f64>(SUM, args, begin, end)
}
export function cumsum_i32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i32, i32>(SUM, args, begin, end)
}
export function cumsum_i64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i64, i64>(SUM, args, begin, end)
}
export function cumprod_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f32, f64>(PROD, args, begin, end)
}
export function cumprod_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f64, f64>(PROD, args, begin, end)
}
export function cumprod_i32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i32, i32>(PROD, args, begin, end)
}
export function cumprod_i64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i64, i64>(PROD, args, begin, end)
}
export function cummax_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f32, f32>(MAX, args, begin, end)
}
export function cummax_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f64, f64>(MAX, args, begin, end)
}
export function cummax_i32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i32, i32>(MAX, args, begin, end)
}
export function cummax_i64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i64, i64>(MAX, args, begin, end)
}
export function cummin_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f32, f32>(MIN, args, begin, end)
}
export function cummin_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<f64, f64>(MIN, args, begin, end)
}
export function cummin_i32(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i32, i32>(MIN, args, begin, end)
}
export function cummin_i64(args: usize, begin: i32, end: i32, scratch: usize): void {
  scan<i64, i64>(MIN, args, begin, end)
}
