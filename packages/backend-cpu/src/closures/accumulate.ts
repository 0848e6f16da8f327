import { type DType, dtypes, kernels, type Reduction } from '@sconce/backend'
import { floats, ints, longs, type Register } from '../elements.ts'
import { accumulators, blockLength, identity, isFloatSum, isIndexed } from '../reduction.ts'
import { isNarrow, wraps } from '../scalar/integer.ts'
import { blockSize, fill } from './registers.ts'

/**
 * One accumulator of a reduction, in the order of summation that `reduction.ts` states: `row` takes a
 * block of a row, whose values become one; `column` takes a value into each of a block of accumulators.
 */
export interface Accumulator {
  /** Begins anew, with `n` accumulators in a column-wise reduction. */
  start(n: number): void
  /** Takes `n` values of a row; `position` is the first one's within the reduced dims. */
  row(n: number, position: number): void
  /** Takes one value for each of `n` accumulators. */
  column(n: number, position: number): void
  /** Writes the first `n` results to the register of `acc(k)`. */
  finish(n: number): void
}

/** A sum of floats: lanes within a block, block sums in groups. */
function floatSum(x: Float64Array, out: Float64Array, dtype: DType, lanes: number): Accumulator {
  const part = new Float64Array(blockSize)
  const whole = new Float64Array(blockSize)
  let blocks = 0
  return {
    start(n) {
      part.fill(0, 0, n)
      whole.fill(0, 0, n)
      blocks = 0
    },
    row(n) {
      let [p, q, r, s, i] = [0, 0, 0, 0, 0]
      if (lanes === 4) {
        for (; i < n - 3; i += 4) {
          p += x[i]
          q += x[i + 1]
          r += x[i + 2]
          s += x[i + 3]
        }
      }
      for (; i < n; i++) p += x[i]
      part[0] += lanes === 4 ? p + q + (r + s) : p
      if ((++blocks & (blockLength - 1)) === 0) {
        whole[0] += part[0]
        part[0] = 0
      }
    },
    column(n, position) {
      for (let i = 0; i < n; i++) part[i] += x[i]
      if (((position + 1) & (blockLength - 1)) !== 0) return
      for (let i = 0; i < n; i++) whole[i] += part[i]
      part.fill(0, 0, n)
    },
    finish(n) {
      for (let i = 0; i < n; i++) out[i] = whole[i] + part[i]
      if (dtype === 'float32') for (let i = 0; i < n; i++) out[i] = Math.fround(out[i])
    },
  }
}

type Combine<T> = (a: T, b: T) => T

const numbers: Partial<Record<Reduction['op'], [float: Combine<number>, int: Combine<number>]>> = {
  sum: [(a, b) => a + b, (a, b) => (a + b) | 0],
  prod: [(a, b) => a * b, Math.imul],
  min: [(a, b) => Math.min(a, b), (a, b) => (b < a ? b : a)],
  max: [(a, b) => Math.max(a, b), (a, b) => (a < b ? b : a)],
  any: [(a, b) => a || b, (a, b) => a | b],
  all: [(a, b) => a && b, (a, b) => a & b],
}

const bigints: Partial<Record<Reduction['op'], Combine<bigint>>> = {
  sum: (a, b) => BigInt.asIntN(64, a + b),
  prod: (a, b) => BigInt.asIntN(64, a * b),
  min: (a, b) => (b < a ? b : a),
  max: (a, b) => (a < b ? b : a),
}

/** What folds one value after the other with `combine`, in four lanes where floats allow it. */
function fold<T extends number | bigint>(
  x: { [i: number]: T },
  out: { [i: number]: T },
  state: { [i: number]: T },
  combine: Combine<T>,
  start: (n: number) => void,
  finished: (value: T) => T,
  lanes: number,
): Accumulator {
  let columns = false
  return {
    start(n) {
      columns = false
      start(Math.max(n, lanes))
    },
    row(n) {
      let i = 0
      if (lanes === 4) {
        for (; i < n - 3; i += 4) {
          state[0] = combine(state[0], x[i])
          state[1] = combine(state[1], x[i + 1])
          state[2] = combine(state[2], x[i + 2])
          state[3] = combine(state[3], x[i + 3])
        }
      }
      let a = state[0]
      for (; i < n; i++) a = combine(a, x[i])
      state[0] = a
    },
    column(n) {
      columns = true
      for (let i = 0; i < n; i++) state[i] = combine(state[i], x[i])
    },
    finish(n) {
      if (lanes === 4 && !columns) {
        out[0] = finished(combine(combine(state[0], state[1]), combine(state[2], state[3])))
        return
      }
      for (let i = 0; i < n; i++) out[i] = finished(state[i])
    },
  }
}

/** Positions of the extremes: the first, or that of the first NaN. */
function extreme(x: Register, out: Int32Array, op: 'argmin' | 'argmax'): Accumulator {
  const best = Array<number | bigint>(blockSize).fill(0)
  const place = new Int32Array(blockSize)
  const take = (v: number | bigint, j: number, position: number) => {
    const a = best[j]
    if (place[j] < 0 || (op === 'argmin' ? v < a : a < v) || (v !== v && a === a)) {
      best[j] = v
      place[j] = position
    }
  }
  return {
    start: () => place.fill(-1),
    row(n, position) {
      for (let i = 0; i < n; i++) take(x[i], 0, position + i)
    },
    column(n, position) {
      for (let i = 0; i < n; i++) take(x[i], i, position)
    },
    finish(n) {
      for (let i = 0; i < n; i++) out[i] = Math.max(place[i], 0)
    },
  }
}

/** The accumulator of `reduction`, which takes its values from `x` and leaves its results in `out`. */
export function accumulator(
  reduction: Reduction,
  x: Register,
  out: Register,
  lanes: number,
): Accumulator {
  const { op } = reduction
  const dtype = kernels.reductionDType(reduction)
  if (isFloatSum(reduction)) return floatSum(floats(x), floats(out), dtype, lanes)
  if (isIndexed(reduction)) return extreme(x, ints(out), op === 'argmin' ? op : 'argmax')
  const first = identity(reduction)
  const state = accumulators(dtype, blockSize)
  if (state instanceof BigInt64Array) {
    const combine = bigints[op]!
    const start = (n: number) => fill(state, first, n)
    return fold(longs(x), longs(out), state, combine, start, (v) => v, lanes)
  }
  const isFloat = dtypes[dtype].kind === 'float'
  const combine = numbers[op]![isFloat ? 0 : 1]
  const keep = (v: number) => v
  const wrap = isNarrow(dtype) ? wraps[dtype] : keep
  const finished = dtype === 'float32' ? Math.fround : wrap
  const [from, to] = isFloat ? [floats(x), floats(out)] : [ints(x), ints(out)]
  const start = (n: number) => state.fill(Number(first), 0, n)
  return fold(from, to, state, combine, start, finished, lanes)
}
