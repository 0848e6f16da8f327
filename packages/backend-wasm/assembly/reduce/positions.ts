// Positions of extremes in rows of runs that are contiguous in memory.
import { offsetAt } from '../lib/dims'
import { position, worst } from './extreme'

/**
 * out[row] = the position of the first NaN, or else of the first extreme, in `runs` runs of `length` contiguous
 * elements. Behind the fields: `keptRank` pairs (size, stride in x), as many pairs (size, stride in out), then
 * `runRank` pairs (size, stride in x). All in row-major order, strides in elements.
 */
@unmanaged
class PositionArgs {
  x: usize
  out: usize
  runs: i32
  length: i32
  keptRank: i32
  runRank: i32
}

/** `least` is a constant. */
// @ts-ignore: decorator
@inline
function positions<T>(least: bool, args: usize, begin: i32, end: i32): void {
  const size = sizeof<T>()
  const p = changetype<PositionArgs>(args)
  const kept = args + offsetof<PositionArgs>()
  const runs = kept + (<usize>p.keptRank << 4)
  for (let row = begin; row < end; row++) {
    const x = p.x + <usize>offsetAt(kept, p.keptRank, row) * size
    let best = worst<T>(least)
    let found = 0
    for (let r = 0; r < p.runs; r++) {
      const run = x + <usize>offsetAt(runs, p.runRank, r) * size
      const at = position<T>(least, run, p.length)
      const v = load<T>(run + <usize>at * size)
      if ((least ? v < best : v > best) || v != v) {
        best = v
        found = r * p.length + at
      }
      if (best != best) break
    }
    store<i32>(p.out + (<usize>offsetAt(kept + (<usize>p.keptRank << 3), p.keptRank, row) << 2), found)
  }
}

/** `begin`…`end` count rows. No scratch. The same holds for all below. */
export function argmax_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  positions<f32>(false, args, begin, end)
}
export function argmax_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  positions<f64>(false, args, begin, end)
}
export function argmin_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  positions<f32>(true, args, begin, end)
}
export function argmin_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  positions<f64>(true, args, begin, end)
}
