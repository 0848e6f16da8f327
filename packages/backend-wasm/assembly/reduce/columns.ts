// Reductions across rows: neighbouring columns side by side in registers.
import { offsetAt } from '../lib/dims'
import { lanes, min32 } from '../lib/simd'
import { worst } from './extreme'

/**
 * out[outer, column] = the reduction over `count` rows of `columns` contiguous elements. `divisor` divides a sum.
 * Behind the fields: `keptRank` pairs (size, stride in x) of the outer kept dims, as many (size, stride in out), then `rowRank` pairs
 * (size, stride in x) of the reduced dims. Strides in elements.
 */
@unmanaged
class ColumnsArgs {
  x: usize
  out: usize
  divisor: f64
  count: i32
  columns: i32
  outColumn: i32
  keptRank: i32
  rowRank: i32
}

/** Columns of one unit, whose results are collected in scratch. */
// @ts-ignore: decorator
@inline
const CHUNK: i32 = 64

/** Rows summed in the dtype's own precision. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 128

// @ts-ignore: decorator
@inline
const SUM: i32 = 0
// @ts-ignore: decorator
@inline
const MAX: i32 = 1
// @ts-ignore: decorator
@inline
const MIN: i32 = 2

/** `kind` is a constant. For the extremes: a NaN, once there, stays. */
// @ts-ignore: decorator
@inline
function fold<T>(kind: i32, acc: v128, v: v128): v128 {
  if (kind == SUM) return v128.add<T>(acc, v)
  const best = kind == MIN ? v128.pmin<T>(acc, v) : v128.pmax<T>(acc, v)
  // pmin and pmax keep `acc` where the comparison fails: also where acc is NaN; a NaN in v is added.
  return v128.bitselect(v, best, v128.ne<T>(v, v))
}

// @ts-ignore: decorator
@inline
function foldOne<T>(kind: i32, acc: T, v: T): T {
  if (kind == SUM) return acc + v
  return v != v || (kind == MIN ? v < acc : v > acc) ? v : acc
}

/** Adds what a block of rows gave to the doubles (of a sum) or the extremes in scratch. */
// @ts-ignore: decorator
@inline
function keep<T>(kind: i32, total: usize, v: v128): void {
  if (kind != SUM) {
    v128.store(total, fold<T>(kind, v128.load(total), v))
    return
  }
  if (sizeof<T>() == 8) {
    v128.store(total, f64x2.add(v128.load(total), v))
    return
  }
  v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(v)))
  const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 0))
  v128.store(total, f64x2.add(v128.load(total, 16), high), 16)
}

// @ts-ignore: decorator
@inline
function block<T>(kind: i32, p: ColumnsArgs, x: usize, first: i32, rows: i32, columns: i32, totals: usize): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  const dims = changetype<usize>(p) + offsetof<ColumnsArgs>() + (<usize>p.keptRank << 4)
  const simple = p.rowRank == 1
  const stride = simple ? load<i32>(dims, 4) : 0
  const slot = kind == SUM ? <usize>8 : size
  const none = v128.splat<T>(kind == SUM ? <T>0 : worst<T>(kind == MIN))
  let c = 0
  for (; c + 4 * unit <= columns; c += 4 * unit) {
    let s0 = none
    let s1 = none
    let s2 = none
    let s3 = none
    const from = x + <usize>c * size
    for (let r = first; r < first + rows; r++) {
      const q = from + <usize>(simple ? r * stride : offsetAt(dims, p.rowRank, r)) * size
      s0 = fold<T>(kind, s0, v128.load(q))
      s1 = fold<T>(kind, s1, v128.load(q, 16))
      s2 = fold<T>(kind, s2, v128.load(q, 32))
      s3 = fold<T>(kind, s3, v128.load(q, 48))
    }
    const total = totals + <usize>c * slot
    const step = <usize>unit * slot
    keep<T>(kind, total, s0)
    keep<T>(kind, total + step, s1)
    keep<T>(kind, total + 2 * step, s2)
    keep<T>(kind, total + 3 * step, s3)
  }
  for (; c + unit <= columns; c += unit) {
    let s = none
    const from = x + <usize>c * size
    for (let r = first; r < first + rows; r++) {
      s = fold<T>(kind, s, v128.load(from + <usize>(simple ? r * stride : offsetAt(dims, p.rowRank, r)) * size))
    }
    keep<T>(kind, totals + <usize>c * slot, s)
  }
  for (; c < columns; c++) {
    const from = x + <usize>c * size
    if (kind == SUM) {
      let s = load<f64>(totals + <usize>c * slot)
      for (let r = first; r < first + rows; r++) {
        s += <f64>load<T>(from + <usize>(simple ? r * stride : offsetAt(dims, p.rowRank, r)) * size)
      }
      store<f64>(totals + <usize>c * slot, s)
    } else {
      let s = load<T>(totals + <usize>c * slot)
      for (let r = first; r < first + rows; r++) {
        s = foldOne<T>(kind, s, load<T>(from + <usize>(simple ? r * stride : offsetAt(dims, p.rowRank, r)) * size))
      }
      store<T>(totals + <usize>c * slot, s)
    }
  }
}

// @ts-ignore: decorator
@inline
function reduceColumns<T>(kind: i32, args: usize, begin: i32, end: i32, scratch: usize): void {
  const size = sizeof<T>()
  const p = changetype<ColumnsArgs>(args)
  const kept = args + offsetof<ColumnsArgs>()
  const chunks = (p.columns + CHUNK - 1) / CHUNK
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / chunks
    const from = (unit - outer * chunks) * CHUNK
    const columns = min32(CHUNK, p.columns - from)
    const x = p.x + <usize>(offsetAt(kept, p.keptRank, outer) + from) * size
    const out = p.out + <usize>(offsetAt(kept + (<usize>p.keptRank << 3), p.keptRank, outer) + from * p.outColumn) * size
    for (let c = 0; c < CHUNK; c++) {
      if (kind == SUM) store<f64>(scratch + (<usize>c << 3), 0)
      else store<T>(scratch + <usize>c * size, worst<T>(kind == MIN))
    }
    for (let r = 0; r < p.count; r += BLOCK) block<T>(kind, p, x, r, min32(BLOCK, p.count - r), columns, scratch)
    for (let c = 0; c < columns; c++) {
      const to = out + <usize>(c * p.outColumn) * size
      if (kind == SUM) store<T>(to, <T>(load<f64>(scratch + (<usize>c << 3)) / p.divisor))
      else store<T>(to, load<T>(scratch + <usize>c * size))
    }
  }
}

/** `begin`…`end` count units: outer positions × chunks of 64 columns. 512 bytes of scratch. The same holds for all below. */
export function sum_columns_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f32>(SUM, args, begin, end, scratch)
}
export function sum_columns_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f64>(SUM, args, begin, end, scratch)
}
export function max_columns_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f32>(MAX, args, begin, end, scratch)
}
export function max_columns_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f64>(MAX, args, begin, end, scratch)
}
export function min_columns_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f32>(MIN, args, begin, end, scratch)
}
export function min_columns_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceColumns<f64>(MIN, args, begin, end, scratch)
}
