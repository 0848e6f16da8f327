import { type BinaryOp, type DType, InvalidKernel, type UnaryOp } from '@sconce/backend'
import { type Comparison, comparisons, floatBinary, floatUnary } from '../scalar/float.ts'
import { integers, isNarrow, longs } from '../scalar/integer.ts'

/** Ops on blocks: `y[i] = f(x[i])` and `y[i] = f(a[i], b[i])` for the first `n` values. */
export type Loop1<X, Y = X> = (x: X, y: Y, n: number) => void
export type Loop2<X, Y = X> = (a: X, b: X, y: Y, n: number) => void
type Floats = Float64Array
type Ints = Int32Array
type Longs = BigInt64Array
type Table<L> = Partial<Record<string, L>>

/** The frequent ops have loops of their own, which the JS engine compiles well; the others share one. */
const floats1: Table<Loop1<Floats>> = {
  neg(x, y, n) {
    for (let i = 0; i < n; i++) y[i] = -x[i]
  },
  abs(x, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.abs(x[i])
  },
  sqrt(x, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i])
  },
  exp(x, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.exp(x[i])
  },
}

const floats2: Table<Loop2<Floats>> = {
  add(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] + b[i]
  },
  sub(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] - b[i]
  },
  mul(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] * b[i]
  },
  div(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] / b[i]
  },
  min(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.min(a[i], b[i])
  },
  max(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.max(a[i], b[i])
  },
}

/** Of int32; the results are then wrapped to the width of a narrower type. */
const ints2: Table<Loop2<Ints>> = {
  add(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] + b[i]
  },
  sub(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] - b[i]
  },
  mul(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = Math.imul(a[i], b[i])
  },
  and(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] & b[i]
  },
  or(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] | b[i]
  },
  xor(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] ^ b[i]
  },
}

const compared: Table<Loop2<Floats | Ints, Ints>> = {
  lt(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] < b[i] ? 1 : 0
  },
  le(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] <= b[i] ? 1 : 0
  },
  gt(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] > b[i] ? 1 : 0
  },
  ge(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] >= b[i] ? 1 : 0
  },
  eq(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] === b[i] ? 1 : 0
  },
  ne(a, b, y, n) {
    for (let i = 0; i < n; i++) y[i] = a[i] !== b[i] ? 1 : 0
  },
}

/** The function of that name, if the table has it. */
const find = <F>(table: Readonly<Record<string, F>>, op: string): F | undefined =>
  Object.hasOwn(table, op) ? table[op] : undefined

const missing = (op: string, dtype: DType): never => {
  throw new InvalidKernel(`${op}: not defined on ${dtype}`)
}

export const isComparison = (op: string): op is Comparison => Object.hasOwn(comparisons, op)

export function floatLoop1(op: UnaryOp): Loop1<Floats> {
  const own = floats1[op]
  if (own) return own
  const f = find<(x: number) => number>(floatUnary, op) ?? missing(op, 'float64')
  return (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i])
  }
}

export function floatLoop2(op: BinaryOp): Loop2<Floats> {
  const own = floats2[op]
  if (own) return own
  const f = find<(a: number, b: number) => number>(floatBinary, op) ?? missing(op, 'float64')
  return (a, b, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(a[i], b[i])
  }
}

export const isNan: Loop1<Floats, Ints> = (x, y, n) => {
  for (let i = 0; i < n; i++) y[i] = x[i] !== x[i] ? 1 : 0
}

export const round: Loop1<Floats> = (x, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.fround(x[i])
}

const truths = { not: (x: number) => 1 - x }

export function intLoop1(op: UnaryOp, dtype: DType): Loop1<Ints> {
  const table = isNarrow(dtype) ? integers[dtype].unary : dtype === 'bool' ? truths : {}
  const f = find<(x: number) => number>(table, op) ?? missing(op, dtype)
  return (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i])
  }
}

export function intLoop2(op: BinaryOp, dtype: DType): Loop2<Ints> {
  const own = ints2[op]
  if (own && (dtype === 'int32' || dtype === 'bool')) return own
  // Truth values are 0 and 1, on which the ops of int32 do what those of bool are to do.
  const table = integers[isNarrow(dtype) ? dtype : 'int32'].binary
  const f = find<(a: number, b: number) => number>(table, op) ?? missing(op, dtype)
  return (a, b, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(a[i], b[i])
  }
}

export function longLoop1(op: UnaryOp): Loop1<Longs> {
  const f = find<(x: bigint) => bigint>(longs.unary, op) ?? missing(op, 'int64')
  return (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i])
  }
}

export function longLoop2(op: BinaryOp): Loop2<Longs> {
  const f = find<(a: bigint, b: bigint) => bigint>(longs.binary, op) ?? missing(op, 'int64')
  return (a, b, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(a[i], b[i])
  }
}

export const compareLoop = (op: Comparison): Loop2<Floats | Ints, Ints> =>
  compared[op] ?? missing(op, 'float64')

export function compareLongs(op: Comparison): Loop2<Longs, Ints> {
  const f = comparisons[op]
  return (a, b, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(a[i], b[i]) ? 1 : 0
  }
}
