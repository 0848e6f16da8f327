import {
  coalesce,
  contiguousStrides,
  elementCount,
  type NormalizeKernel,
  type Operand,
  reducedRank,
} from '@sconce/backend'
import { args } from './arguments.ts'
import { copy } from './copy.ts'
import type { Host } from './host.ts'
import { as, convert, type FloatName, floatOf, suffix, view } from './operands.ts'

/** Strides of one operand over the rows (two dims) and over the runs of a row. */
interface Steps {
  readonly outer: number
  readonly row: number
  readonly segment: number
  readonly element: number
}

interface Plan {
  readonly outer: number
  readonly rows: number
  readonly segments: number
  readonly length: number
  readonly steps: readonly Steps[]
}

/** The last two of a list of dims, led by a dim of size 1 if there is only one; undefined if there are more. */
function lastTwo(shape: readonly number[], strides: readonly (readonly number[])[]) {
  if (shape.length > 2) return undefined
  const missing = 2 - shape.length
  const pad = (list: readonly number[], fill: number) => [
    ...Array<number>(missing).fill(fill),
    ...list,
  ]
  return { shape: pad(shape, 1), strides: strides.map((s) => pad(s, 0)) }
}

/**
 * Rows and runs that all operands share, if they fit the kernel: at most two dims of rows, at most two of
 * a row. `spread` are operands with a value for every element or every run, the others span all elements
 * and must be contiguous along the runs; those of `perRow` have one value a row.
 */
function plan(
  shape: readonly number[],
  rank: number,
  whole: readonly Operand[],
  perRow: readonly Operand[],
  spread: readonly Operand[],
): Plan | undefined {
  const lead = shape.length - rank
  const all = [...whole, ...perRow, ...spread]
  const rows = coalesce(
    shape.slice(0, lead),
    all.map((o) => o.strides.slice(0, lead)),
  )
  const inner = coalesce(
    shape.slice(lead),
    all.map((o) => o.strides.slice(lead)),
  )
  const outer = lastTwo(rows.shape, rows.strides)
  const runs = lastTwo(inner.shape, inner.strides)
  if (!outer || !runs) return undefined
  const steps = all.map((_, i) => ({
    outer: outer.strides[i][0],
    row: outer.strides[i][1],
    segment: runs.strides[i][0],
    element: runs.strides[i][1],
  }))
  const [segments, length] = runs.shape
  const contiguous = (s: Steps) => length === 1 || s.element === 1
  if (!steps.slice(0, whole.length).every(contiguous)) return undefined
  const elements = steps.slice(whole.length + perRow.length).map((s) => s.element)
  if (elements.some((e) => e !== elements[0] || e > 1)) return undefined
  return { outer: outer.shape[0], rows: outer.shape[1], segments, length, steps }
}

/** As `as`, but a broadcast operand is converted once, not for every element that it stands for. */
function compactly(host: Host, operand: Operand, dtype: FloatName): Operand {
  if (operand.dtype === dtype) return operand
  const shape = operand.shape.map((size, d) => (operand.strides[d] === 0 ? 1 : size))
  const small = as(host, view(operand, shape, operand.strides), dtype)
  const strides = contiguousStrides(shape).map((s, d) => (operand.strides[d] === 0 ? 0 : s))
  return view(small, operand.shape, strides)
}

/** A dense copy with a place for every element. */
function expanded(host: Host, operand: Operand): Operand {
  const made = host.temporary(operand.dtype, operand.shape)
  copy(host, operand, made)
  return made
}

/** An operand like `like`, with the same strides of 0, dense otherwise. */
function similar(host: Host, like: Operand, dtype: FloatName): Operand {
  const shape = like.shape.map((size, d) => (like.strides[d] === 0 ? 1 : size))
  const made = host.temporary(dtype, shape)
  return view(
    made,
    like.shape,
    contiguousStrides(shape).map((s, d) => (like.strides[d] === 0 ? 0 : s)),
  )
}

/** Copies or converts to an output, once for all elements that share a place. */
function deliver(host: Host, from: Operand, to: Operand): void {
  if (from === to) return
  const shape = to.shape.map((size, d) => (to.strides[d] === 0 ? 1 : size))
  const [a, b] = [view(from, shape, from.strides), view(to, shape, to.strides)]
  if (a.dtype === b.dtype) copy(host, a, b)
  else convert(host, a, b)
}

/** Nanoseconds an element. */
const cost = { float32: 0.5, float64: 1 } as const

/** Layer, batch, group and instance norm of operands of any layout, or their backward pass. */
export function runNormalize(
  host: Host,
  kernel: NormalizeKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const dtype = floatOf(kernel.dtype)
  const [result] = outputs
  const { shape } = result
  const statistics = kernel.backward ? inputs[2] : outputs[1]
  const rank = reducedRank(statistics)
  if (elementCount(shape) === 0) return
  const sources = inputs.map((o) => compactly(host, o, dtype))
  // (gy, x) and (mean, rstd) are read; or x is read and (mean, rstd) are written.
  const wholes = kernel.backward ? 2 : 1
  const targets = outputs.map((o) => (o.dtype === dtype ? o : similar(host, o, dtype)))
  const attempt = (read: readonly Operand[], written: readonly Operand[]) => {
    const perRow = kernel.backward ? read.slice(2, 4) : written.slice(1)
    const spread = read.slice(kernel.backward ? 4 : 1)
    const whole = [...read.slice(0, wholes), written[0]]
    const found = plan(shape, rank, whole, perRow, spread)
    return found && { found, whole, perRow, spread, written }
  }
  let ready = attempt(sources, targets)
  if (!ready) {
    const lead = shape.slice(0, shape.length - rank)
    const dense = (o: Operand, i: number) => {
      const row = kernel.backward && (i === 2 || i === 3)
      if (!row) return expanded(host, o)
      const made = expanded(host, view(o, lead, o.strides.slice(0, lead.length)))
      return view(made, shape, [...made.strides, ...Array<number>(rank).fill(0)])
    }
    const fresh = (o: Operand, i: number) =>
      i === 0 ? host.temporary(dtype, shape) : similar(host, o, dtype)
    ready = attempt(sources.map(dense), targets.map(fresh))
  }
  if (!ready) throw new Error('normalize: dense operands always fit')
  const { found, whole, perRow, spread, written } = ready
  const { steps, outer, rows, segments, length } = found
  const address = (o: Operand | undefined) => (o ? host.address(o) : 0)
  const [weight, bias] = kernel.weight ? spread : [undefined, spread[0]]
  const spreadSteps = steps.slice(whole.length + perRow.length)
  const none: Steps = { outer: 0, row: 0, segment: 0, element: 0 }
  const weightSteps = weight ? spreadSteps[0] : none
  const biasSteps = bias ? spreadSteps[spreadSteps.length - 1] : none
  const perElement = length > 1 && spreadSteps.length > 0 ? spreadSteps[0].element : 0
  const all = ({ outer: o, row, segment }: Steps) => args.add(o, row, segment)
  const perRowSteps = ({ outer: o, row }: Steps) => args.add(o, row)
  args.reset()
  if (kernel.backward) {
    const [g, x, dx] = whole
    args.add(
      address(g),
      address(x),
      address(perRow[0]),
      address(perRow[1]),
      address(weight),
      address(dx),
    )
    args.add(rows, segments, length, perElement)
    all(steps[0])
    all(steps[1])
    perRowSteps(steps[3])
    perRowSteps(steps[4])
    all(weightSteps)
    all(steps[2])
  } else {
    const [x, y] = whole
    args.add(
      address(x),
      address(y),
      address(perRow[0]),
      address(perRow[1]),
      address(weight),
      address(bias),
    )
    args.add(rows, segments, length, perElement)
    all(steps[0])
    all(steps[1])
    perRowSteps(steps[2])
    perRowSteps(steps[3])
    all(weightSteps)
    all(biasSteps)
    args.addDouble(scalars[0])
  }
  const entry = `normalize_${kernel.backward ? 'backward_' : ''}${suffix[dtype]}` as const
  host.dispatch(entry, args, outer * rows, elementCount(shape) * cost[dtype])
  outputs.forEach((o, i) => deliver(host, written[i], o))
}
