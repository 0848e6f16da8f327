import {
  acc,
  coalesce,
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

type Op = 'argmax' | 'argmin'

/** A search for the extreme of one operand as it is. */
interface Plan {
  readonly op: Op
  readonly dtype: FloatName
  readonly source: number
  /** The epilogue as a map over the inputs and, last, the position; if there is one. */
  readonly map: MapKernel | undefined
}

function analyse(kernel: ReduceKernel): Plan | undefined {
  const [{ op, value }] = kernel.reductions
  const { dtype } = value
  if (kernel.reductions.length > 1 || kernel.positional) return undefined
  if (op !== 'argmax' && op !== 'argmin') return undefined
  if (value.op !== 'input' || (dtype !== 'float32' && dtype !== 'float64')) return undefined
  const plan = { op, dtype, source: value.value }
  if (kernel.values.length === 1 && kernel.values[0].op === 'acc')
    return { ...plan, map: undefined }
  const count = kernel.inputs.length
  const result = acc(0, 'int32').dtype
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

/** Whether the library finds these positions; other reductions are emitted. */
export const supportsReduce = (kernel: ReduceKernel): boolean => planOf(kernel) !== undefined

const count = (dims: readonly { size: number }[]) => dims.reduce((n, d) => n * d.size, 1)

/** Nanoseconds an element. */
const cost = { float32: 0.1, float64: 0.2 } as const

/** Searches `x` over its last dims; `out` has its strides over the kept ones. */
function search(host: Host, { op, dtype }: Plan, x: Operand, out: Operand): void {
  const rank = out.shape.length
  const outer = coalesce(x.shape.slice(0, rank), [x.strides.slice(0, rank), out.strides])
  const inner = coalesce(x.shape.slice(rank), [x.strides.slice(rank)])
  const kept = outer.shape.map((size, d) => ({
    size,
    from: outer.strides[0][d],
    to: outer.strides[1][d],
  }))
  const runs = inner.shape.map((size, d) => ({ size, from: inner.strides[0][d] }))
  const rows = count(kept)
  if (rows === 0) return
  const nothing = { size: count(runs), from: 1 }
  const run = nothing.size === 0 || runs.length === 0 ? nothing : runs.pop()
  if (run?.from !== 1) {
    const made = host.temporary(dtype, x.shape)
    copy(host, x, made)
    search(host, { op, dtype, source: 0, map: undefined }, made, out)
    return
  }
  const { size } = run
  args.reset(host.address(x), host.address(out), count(runs), size, kept.length, runs.length)
  for (const dim of kept) args.add(dim.size, dim.from)
  for (const dim of kept) args.add(dim.size, dim.to)
  for (const dim of runs) args.add(dim.size, dim.from)
  const time = rows * (20 + count(runs) * (10 + size * cost[dtype]))
  host.dispatch(`${op}_${suffix[dtype]}`, args, rows, time)
}

/** Positions of extremes of one operand of any layout. */
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
  if (!plan.map) {
    search(host, plan, source, keptOf(outputs[0]))
    return
  }
  const result = host.temporary('int32', outputs[0].shape.slice(0, rank))
  search(host, plan, source, result)
  host.map(plan.map, [...inputs.map(keptOf), result], outputs.map(keptOf), scalars)
}
