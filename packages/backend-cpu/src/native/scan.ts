import {
  type DType,
  dtypes,
  type Expr,
  elementCount,
  input,
  kernels,
  type Operand,
  type ScanKernel,
  type ScanOp,
  substitute,
} from '@sconce/backend'
import type { Register } from '../elements.ts'
import type { Program } from '../engine.ts'
import { Rows } from './rows.ts'
import { mapStep, plain, type Tools, withScratch } from './tools.ts'

/** log(exp a + exp b) without overflow; equal infinities are themselves. */
function logAddExp(a: number, b: number): number {
  if (a === b && Math.abs(a) === Number.POSITIVE_INFINITY) return a
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))
}

type Accumulating = Exclude<ScanOp, 'min' | 'max'>

/** Running results of a row in place; those of floats are rounded only where they are stored. */
function accumulate(op: Accumulating, row: Register, n: number): void {
  if (row instanceof BigInt64Array) {
    for (let i = 1; i < n; i++) row[i] = op === 'sum' ? row[i - 1] + row[i] : row[i - 1] * row[i]
  } else if (row instanceof Int32Array) {
    const sum = op === 'sum'
    for (let i = 1; i < n; i++) row[i] = sum ? row[i - 1] + row[i] : Math.imul(row[i - 1], row[i])
  } else if (op === 'sum') {
    for (let i = 1; i < n; i++) row[i] += row[i - 1]
  } else if (op === 'prod') {
    for (let i = 1; i < n; i++) row[i] *= row[i - 1]
  } else {
    for (let i = 1; i < n; i++) row[i] = logAddExp(row[i - 1], row[i])
  }
}

/** Running extremes in place, and where they came from: the later of a tie; NaN wins and stays. */
function extremes(op: 'min' | 'max', row: Register, n: number, places: Int32Array): void {
  if (row instanceof BigInt64Array) runningExtremes(op, row, n, places)
  else if (row instanceof Int32Array) runningExtremes(op, row, n, places)
  else runningFloats(op === 'min' ? 1 : -1, row, n, places)
}

function runningExtremes<T extends number | bigint>(
  op: 'min' | 'max',
  row: { [i: number]: T },
  n: number,
  places: Int32Array,
): void {
  let place = 0
  let best = row[0]
  for (let i = 0; i < n; i++) {
    const v = row[i]
    if (op === 'min' ? v <= best : v >= best) {
      best = v
      place = i
    }
    row[i] = best
    places[i] = place
  }
}

/** `sign` turns a maximum into a minimum. */
function runningFloats(sign: number, row: Float64Array, n: number, places: Int32Array): void {
  let place = 0
  let best = row[0]
  for (let i = 0; i < n; i++) {
    const v = row[i]
    // A comparison with NaN is false, so that once there it stays until the next one.
    if (sign * v <= sign * best || v !== v) {
      best = v
      place = i
    }
    row[i] = best
    places[i] = place
  }
}

function rowFor(dtype: DType, n: number): Register {
  if (dtype === 'int64') return new BigInt64Array(n)
  return dtypes[dtype].kind === 'float' ? new Float64Array(n) : new Int32Array(n)
}

/** Where an epilogue is nothing but the running results, they are written straight to the outputs. */
const isDirect = ({ op, values }: ScanKernel): boolean =>
  values.every((value, k) => value.op === 'acc' && value.value === k) &&
  (op === 'min' || op === 'max' || values.length === 1)

/** Inclusive scans along the last dim. */
export function scanProgram(kernel: ScanKernel, tools: Tools): Program {
  const { op, value, values, inputs: types } = kernel
  const indexed = op === 'min' || op === 'max'
  const results: DType[] = indexed ? [value.dtype, 'int32'] : [value.dtype]
  const direct = isDirect(kernel)
  const start = value.op === 'input' ? undefined : mapStep(tools, kernels.map([value], types))
  const replace = (node: Expr) =>
    node.op === 'acc' ? input(types.length + node.value, results[node.value]) : undefined
  const finish = direct
    ? undefined
    : mapStep(
        tools,
        kernels.map(
          values.map((v) => substitute(v, replace)),
          [...types, ...results],
        ),
      )

  return (inputs, outputs, scalars) => {
    const { shape } = outputs[0]
    const count = elementCount(shape)
    const wanted = [
      [results[0], start ? count : 0],
      ...results.map((dtype) => [dtype, direct ? 0 : count] as const),
    ] as const
    withScratch(tools, wanted, (computed, ...accumulated) => {
      let source: Operand = inputs[value.value]
      if (start) {
        source = plain(computed, shape)
        start(inputs, [source], scalars)
      }
      const targets = direct ? outputs : accumulated.map((buffer) => plain(buffer, shape))
      const rows = new Rows([source, ...targets], 1)
      const n = rows.length(0)
      const row = rowFor(value.dtype, n)
      const places = new Int32Array(indexed ? n : 0)
      rows.each(() => {
        rows.read(0, row)
        if (op === 'min' || op === 'max') extremes(op, row, n, places)
        else accumulate(op, row, n)
        rows.write(1, row)
        if (targets.length > 1) rows.write(2, places)
      })
      finish?.([...inputs, ...targets], outputs, scalars)
    })
  }
}
