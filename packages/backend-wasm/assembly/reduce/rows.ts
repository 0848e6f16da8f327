// Reductions of runs that are contiguous in memory.
import { offsetAt } from '../lib/dims'
import { min32 } from '../lib/simd'
import { hasNaN, position, rowMax, rowMin, worst } from './extreme'
import { sum } from './sum'

/**
 * out[row] = the reduction of `runs` runs of `length` contiguous elements, or, with `chunk` less than
 * `length`, one result for each chunk of a single run. `divisor` divides a sum.
 * Behind the fields: `keptRank` pairs (size, stride in x), as many pairs (size, stride in out), then `runRank` pairs
 * (size, stride in x). All in row-major order, strides in elements.
 */
@unmanaged
class ReduceArgs {
  x: usize
  out: usize
  divisor: f64
  runs: i32
  length: i32
  chunk: i32
  keptRank: i32
  runRank: i32
}

// The reductions, as constants of `reduceRow`.
// @ts-ignore: decorator
@inline
const SUM: i32 = 0
// @ts-ignore: decorator
@inline
const MAX: i32 = 1
// @ts-ignore: decorator
@inline
const MIN: i32 = 2
// @ts-ignore: decorator
@inline
const ARGMAX: i32 = 3
// @ts-ignore: decorator
@inline
const ARGMIN: i32 = 4

/** NaN if there is one, else the extreme. `least` is a constant. */
// @ts-ignore: decorator
@inline
function extremeOrNaN<T>(least: bool, x: usize, length: i32): T {
  const best = least ? rowMin<T>(x, length) : rowMax<T>(x, length)
  return hasNaN<T>(x, length) ? <T>NaN : best
}

// @ts-ignore: decorator
@inline
function reduceRow<T>(kind: i32, p: ReduceArgs, x: usize, length: i32, out: usize): void {
  const size = sizeof<T>()
  const runs = changetype<usize>(p) + offsetof<ReduceArgs>() + (<usize>p.keptRank << 4)
  if (kind == SUM) {
    let total: f64 = 0
    for (let r = 0; r < p.runs; r++) total += sum<T>(x + <usize>offsetAt(runs, p.runRank, r) * size, length)
    store<T>(out, <T>(total / p.divisor))
  } else if (kind == MAX || kind == MIN) {
    const least = kind == MIN
    let best = worst<T>(least)
    for (let r = 0; r < p.runs; r++) {
      const v = extremeOrNaN<T>(least, x + <usize>offsetAt(runs, p.runRank, r) * size, length)
      if ((least ? v < best : v > best) || v != v) best = v
      if (best != best) break
    }
    store<T>(out, best)
  } else {
    const least = kind == ARGMIN
    let best = worst<T>(least)
    let found = 0
    for (let r = 0; r < p.runs; r++) {
      const run = x + <usize>offsetAt(runs, p.runRank, r) * size
      const at = position<T>(least, run, length)
      const v = load<T>(run + <usize>at * size)
      if ((least ? v < best : v > best) || v != v) {
        best = v
        found = r * length + at
      }
      if (best != best) break
    }
    store<i32>(out, found)
  }
}

// @ts-ignore: decorator
@inline
function reduceRows<T>(kind: i32, args: usize, begin: i32, end: i32): void {
  const p = changetype<ReduceArgs>(args)
  const kept = args + offsetof<ReduceArgs>()
  const outSize = kind >= ARGMAX ? <usize>4 : sizeof<T>()
  const chunks = p.chunk < p.length ? (p.length + p.chunk - 1) / p.chunk : 1
  for (let unit = begin; unit < end; unit++) {
    const row = unit / chunks
    const from = (unit - row * chunks) * p.chunk
    const x = p.x + <usize>(offsetAt(kept, p.keptRank, row) + from) * sizeof<T>()
    // Results of chunks lie side by side.
    const at = chunks > 1 ? unit : offsetAt(kept + (<usize>p.keptRank << 3), p.keptRank, row)
    reduceRow<T>(kind, p, x, min32(p.chunk, p.length - from), p.out + <usize>at * outSize)
  }
}

/** `begin`…`end` count rows, or chunks of rows. No scratch. The same holds for all below. */
export function sum_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f32>(SUM, args, begin, end)
}
export function sum_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f64>(SUM, args, begin, end)
}
export function max_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f32>(MAX, args, begin, end)
}
export function max_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f64>(MAX, args, begin, end)
}
export function min_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f32>(MIN, args, begin, end)
}
export function min_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f64>(MIN, args, begin, end)
}
export function argmax_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f32>(ARGMAX, args, begin, end)
}
export function argmax_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f64>(ARGMAX, args, begin, end)
}
export function argmin_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f32>(ARGMIN, args, begin, end)
}
export function argmin_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  reduceRows<f64>(ARGMIN, args, begin, end)
}
