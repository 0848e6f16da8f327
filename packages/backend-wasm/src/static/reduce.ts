import {
  acc,
  coalesce,
  type Expr,
  input,
  kernels,
  type MapKernel,
  type Operand,
  type ReduceKernel,
  reducedRank,
  substitute,
  UnsupportedKernel,
} from '@sconce/backend'
import { args } from './arguments.ts'
import { copy } from './copy.ts'
import type { Host } from './host.ts'
import { type FloatName, suffix, view } from './operands.ts'

type Op = 'sum' | 'max' | 'min' | 'argmax' | 'argmin'

const ops: readonly string[] = ['sum', 'max', 'min', 'argmax', 'argmin'] satisfies Op[]
const isOp = (op: string): op is Op => ops.includes(op)

/** A reduction of one operand as it is. */
interface Plan {
  readonly op: Op
  readonly dtype: FloatName
  readonly source: number
  /** What the result is divided by, where that is all of the epilogue. */
  readonly divisor: Expr | undefined
  /** The epilogue as a map over the inputs and, last, the result; if it is more. */
  readonly map: MapKernel | undefined
}

function analyse(kernel: ReduceKernel): Plan | undefined {
  const [{ op, value }] = kernel.reductions
  const { dtype } = value
  if (kernel.reductions.length > 1 || kernel.positional || !isOp(op)) return undefined
  if (value.op !== 'input' || (dtype !== 'float32' && dtype !== 'float64')) return undefined
  const plan = { op, dtype, source: value.value, divisor: undefined, map: undefined }
  const [epilogue] = kernel.values
  if (kernel.values.length === 1 && epilogue.op === 'acc') return plan
  if (kernel.values.length === 1 && epilogue.op === 'div' && op === 'sum') {
    const [total, divisor] = epilogue.args
    const plain = divisor.op === 'scalar' || divisor.op === 'const'
    if (total.op === 'acc' && plain) return { ...plan, divisor }
  }
  const count = kernel.inputs.length
  const result = acc(0, op.startsWith('arg') ? 'int32' : dtype).dtype
  const values = kernel.values.map((v) =>
    substitute(v, (node) => (node.op === 'acc' ? input(count, result) : undefined)),
  )
  return { ...plan, map: kernels.map(values, [...kernel.inputs, result]) }
}

const plans = new WeakMap<ReduceKernel, { plan: Plan | undefined }>()

function planOf(kernel: ReduceKernel): Plan | undefined {
  let known = plans.get(kernel)
  if (!known) {
    known = { plan: analyse(kernel) }
    plans.set(kernel, known)
  }
  return known.plan
}

export const supportsReduce = (kernel: ReduceKernel): boolean => planOf(kernel) !== undefined

/** A dim that is kept: its strides in the source and in the result. */
interface Kept {
  readonly size: number
  readonly from: number
  readonly to: number
}

/** A dim that is reduced. */
interface Run {
  readonly size: number
  readonly from: number
}

interface Reduction {
  readonly op: Op
  readonly dtype: FloatName
  readonly from: number
  readonly to: number
  readonly divisor: number
  readonly kept: readonly Kept[]
}

const count = (dims: readonly { size: number }[]) => dims.reduce((n, d) => n * d.size, 1)

function addDims(kept: readonly Kept[], runs: readonly Run[]): void {
  for (const { size, from } of kept) args.add(size, from)
  for (const { size, to } of kept) args.add(size, to)
  for (const { size, from } of runs) args.add(size, from)
}

/** Nanoseconds an element. */
const cost = { float32: 0.1, float64: 0.2 } as const

/** Elements of a row from which on threads may share it. */
const longRow = 1 << 17

/** Runs of `length` neighbours, one after the other, to one result per row. */
function reduceRows(host: Host, r: Reduction, runs: readonly Run[], length: number): void {
  const rows = count(r.kept)
  const entry = `${r.op}_${suffix[r.dtype]}` as const
  const time = rows * (20 + count(runs) * (10 + length * cost[r.dtype]))
  const send = (to: number, divisor: number, chunk: number, units: number) => {
    args.reset(r.from, to).addDouble(divisor)
    args.add(count(runs), length, chunk, r.kept.length, runs.length)
    addDims(r.kept, runs)
    host.dispatch(entry, args, units, time)
  }
  const divisible = runs.length === 0 && !r.op.startsWith('arg') && length >= longRow
  if (host.threads === 1 || !divisible || rows >= 2 * host.threads) {
    send(r.to, r.divisor, length, rows)
    return
  }
  const chunk = Math.ceil(length / (4 * host.threads * 1024)) * 1024
  const chunks = Math.ceil(length / chunk)
  const parts = host.address(host.temporary(r.dtype, [rows, chunks]))
  send(parts, 1, chunk, rows * chunks)
  let stride = chunks * rows
  const kept = r.kept.map((dim) => {
    stride /= dim.size
    return { ...dim, from: stride }
  })
  reduceRows(host, { ...r, from: parts, kept }, [], chunks)
}

/** Columns side by side: `columns` is the kept dim whose elements are neighbours. */
function reduceColumns(host: Host, r: Reduction, columns: Kept, rows: readonly Run[]): void {
  const { size, to } = columns
  const outer = count(r.kept)
  args.reset(r.from, r.to).addDouble(r.divisor)
  args.add(count(rows), size, to, r.kept.length, rows.length)
  addDims(r.kept, rows)
  const time = outer * (50 + size * count(rows) * 1.5 * cost[r.dtype])
  const entry = `${r.op as 'sum'}_columns_${suffix[r.dtype]}` as const
  host.dispatch(entry, args, outer * Math.ceil(size / 64), time)
}

/** Reduces `x` over its last dims to `out`, which has its strides over the kept ones. */
function reduce(host: Host, { op, dtype }: Plan, x: Operand, out: Operand, divisor: number): void {
  const rank = out.shape.length
  const keptShape = x.shape.slice(0, rank)
  const outer = coalesce(keptShape, [x.strides.slice(0, rank), out.strides])
  const inner = coalesce(x.shape.slice(rank), [x.strides.slice(rank)])
  const kept = outer.shape.map((size, d) => ({
    size,
    from: outer.strides[0][d],
    to: outer.strides[1][d],
  }))
  const runs = inner.shape.map((size, d) => ({ size, from: inner.strides[0][d] }))
  if (count(kept) === 0) return
  const r = { op, dtype, from: host.address(x), to: host.address(out), divisor, kept }
  const last = runs[runs.length - 1]
  if (runs.length === 0 || count(runs) === 0) {
    reduceRows(host, r, [], count(runs))
    return
  }
  const arg = op.startsWith('arg')
  const run = last.from === 1 || arg ? runs.length - 1 : runs.findIndex((d) => d.from === 1)
  if (run >= 0 && runs[run].from === 1) {
    reduceRows(
      host,
      r,
      runs.filter((_, i) => i !== run),
      runs[run].size,
    )
    return
  }
  const columns = arg ? undefined : kept.find((d) => d.from === 1)
  if (columns) {
    reduceColumns(host, { ...r, kept: kept.filter((d) => d !== columns) }, columns, runs)
    return
  }
  const made = host.temporary(dtype, x.shape)
  copy(host, x, made)
  reduce(host, { op, dtype, source: 0, divisor: undefined, map: undefined }, made, out, divisor)
}

/** Sum, mean, extremes and their positions of one operand of any layout. */
export function runReduce(
  host: Host,
  kernel: ReduceKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const plan = planOf(kernel)
  if (!plan) throw new UnsupportedKernel('the static library has no such reduction')
  const rank = outputs[0].shape.length - reducedRank(outputs[0])
  const keptOf = (o: Operand) => view(o, o.shape.slice(0, rank), o.strides.slice(0, rank))
  const source = inputs[plan.source]
  const { divisor } = plan
  const by =
    divisor === undefined ? 1 : divisor.op === 'scalar' ? scalars[divisor.value] : divisor.value
  if (!plan.map) {
    reduce(host, plan, source, keptOf(outputs[0]), by)
    return
  }
  const dtype = plan.op.startsWith('arg') ? 'int32' : plan.dtype
  const result = host.temporary(dtype, outputs[0].shape.slice(0, rank))
  reduce(host, plan, source, result, by)
  host.map(plan.map, [...inputs.map(keptOf), result], outputs.map(keptOf), scalars)
}
