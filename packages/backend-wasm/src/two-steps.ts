import {
  acc,
  contiguousStrides,
  type DType,
  type Expr,
  elementCount,
  fromData,
  input,
  kernels,
  type Operand,
  type ReduceKernel,
  substitute,
} from '@sconce/backend'
import type { Heap, WasmBuffer } from './memory/heap.ts'

/** A reduction with few results as two: of parts that threads can share, then of the parts' results. */
export interface TwoSteps {
  readonly first: ReduceKernel
  readonly second: ReduceKernel
}

/** What a part's result is kept in: that of float32 in double, so that nothing is lost on the way. */
const partDType = (dtype: DType): DType => (dtype === 'float32' ? 'float64' : dtype)

/** The expression as one of this copy of the library: another copy's can't be built upon. */
const adopt = (expr: Expr): Expr =>
  substitute(expr, (node) => (node.args.length === 0 ? fromData(node) : undefined))

/** The two steps of a reduction, if it can be split. */
export function twoSteps(kernel: ReduceKernel): TwoSteps | undefined {
  const { inputs, positional } = kernel
  const reductions = kernel.reductions.map(({ op, value }) => ({ op, value: adopt(value) }))
  const values = kernel.values.map(adopt)
  if (positional || reductions.some((r) => r.op.startsWith('arg'))) return undefined
  const dtypes = reductions.map((r) => r.value.dtype)
  const parts = dtypes.map(partDType)
  const first = kernels.reduce(
    reductions,
    dtypes.map((dtype, k) => acc(k, dtype).cast(parts[k])),
    inputs,
  )
  const results = (node: Expr): Expr | undefined =>
    node.op === 'acc' ? acc(node.value, parts[node.value]).cast(node.dtype) : undefined
  const second = kernels.reduce(
    reductions.map(({ op }, k) => ({ op, value: input(inputs.length + k, parts[k]) })),
    values.map((value) => substitute(value, results)),
    [...inputs, ...parts],
  )
  return { first, second }
}

type Run = (
  kernel: ReduceKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** Elements of the outermost reduced dim in a part are a multiple of this. */
const unit = 16

/**
 * Runs both steps. Of `shape` the last `reduced` dims are collapsed; the outermost of these is cut into
 * about `parts` parts.
 */
export function runTwoSteps(
  { first, second }: TwoSteps,
  heap: Heap,
  run: Run,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
  reduced: number,
  parts: number,
): void {
  const { shape } = outputs[0]
  const boundary = shape.length - reduced
  const kept = shape.slice(0, boundary)
  const length = shape[boundary]
  const chunk = Math.ceil(length / parts / unit) * unit
  const whole = Math.floor(length / chunk)
  const count = whole + (whole * chunk < length ? 1 : 0)
  const results = elementCount(kept)
  const buffers: WasmBuffer[] = []
  try {
    const partials = first.outputs.map((dtype) => {
      const buffer = heap.allocate(dtype, count * results)
      buffers.push(buffer)
      return buffer
    })
    /** The operands of `chunks` parts of `size` elements each, from element `start` on. */
    const part = (o: Operand, chunks: number, size: number, start: number): Operand => ({
      ...o,
      shape: [chunks, ...kept, size, ...shape.slice(boundary + 1)],
      strides: [chunk * o.strides[boundary], ...o.strides],
      offset: o.offset + start * o.strides[boundary],
    })
    const resultOf = (k: number, chunks: number, size: number, start: number): Operand => ({
      buffer: partials[k],
      dtype: first.outputs[k],
      shape: [chunks, ...kept, size, ...shape.slice(boundary + 1)],
      strides: [results, ...contiguousStrides(kept), ...new Array<number>(reduced).fill(0)],
      offset: start * results,
    })
    const step = (chunks: number, size: number, from: number) =>
      run(
        first,
        inputs.map((o) => part(o, chunks, size, from * chunk)),
        partials.map((_, k) => resultOf(k, chunks, size, from)),
        scalars,
      )
    if (whole > 0) step(whole, chunk, 0)
    if (whole < count) step(1, length - whole * chunk, whole)
    const row = (o: Operand): Operand => ({
      ...o,
      shape: [...kept, count],
      strides: [...o.strides.slice(0, boundary), 0],
    })
    const partial = (buffer: WasmBuffer, k: number): Operand => ({
      buffer,
      dtype: first.outputs[k],
      shape: [...kept, count],
      strides: [...contiguousStrides(kept), results],
      offset: 0,
    })
    run(second, [...inputs.map(row), ...partials.map(partial)], outputs.map(row), scalars)
  } finally {
    for (const buffer of buffers) heap.free(buffer)
  }
}
