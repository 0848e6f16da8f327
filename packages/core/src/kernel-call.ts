import {
  contiguousStrides,
  type DType,
  type Expr,
  elementCount,
  execute,
  type Kernel,
  kernels,
  type Layout,
  type Operand,
  type Reduction,
} from '@sconce/backend'
import { commonDevice, type Device } from './device.ts'
import { broadcastStrides } from './shape.ts'
import type { Storage } from './storage.ts'
import { makeTensor, type Tensor } from './tensor.ts'

/** A layout on a storage: a tensor, or a tensor seen in another shape. */
export interface View extends Layout {
  readonly storage: Storage
  readonly dtype: DType
}

const operand = (v: View): Operand => ({
  buffer: v.storage.use(),
  dtype: v.dtype,
  shape: v.shape,
  strides: v.strides,
  offset: v.offset,
})

/** Launches a kernel; operands must span what the kernel's kind asks for. */
export function runKernel(
  device: Device,
  kernel: Kernel,
  inputs: readonly View[],
  outputs: readonly View[],
  scalars: ArrayLike<number> = [],
): void {
  device.epoch++
  execute(device.backend, kernel, inputs.map(operand), outputs.map(operand), scalars)
}

/** The view broadcast to `shape`. */
export const broadcastView = (v: View, shape: readonly number[]): View => ({
  storage: v.storage,
  dtype: v.dtype,
  shape,
  strides: broadcastStrides(v, shape),
  offset: v.offset,
})

/** The view with dims in another order. */
export const permuteView = (v: View, dims: readonly number[]): View => ({
  storage: v.storage,
  dtype: v.dtype,
  shape: dims.map((d) => v.shape[d]),
  strides: dims.map((d) => v.strides[d]),
  offset: v.offset,
})

/** The view with `dim` moved to the end, where row kernels want it. */
export const dimLast = (v: View, dim: number): View =>
  permuteView(v, [...v.shape.keys()].filter((d) => d !== dim).concat(dim))

/**
 * Runs a map kernel into fresh contiguous tensors of `shape`. Inputs are broadcast to it, except those
 * that the expressions read through `load`.
 */
export function mapTo(
  values: readonly Expr[],
  inputs: readonly View[],
  shape: readonly number[],
  scalars: ArrayLike<number> = [],
  device: Device = commonDevice(inputs) as Device,
): Tensor[] {
  const kernel = kernels.map(
    values,
    inputs.map((t) => t.dtype),
  )
  const results = kernel.outputs.map((dtype) => makeTensor(device, dtype, shape))
  if (elementCount(shape) > 0) {
    runKernel(
      device,
      kernel,
      inputs.map((t, i) => (kernel.loaded[i] ? t : broadcastView(t, shape))),
      results,
      scalars,
    )
  }
  return results
}

/** As `mapTo`, over the elements of an existing tensor. */
export function mapInto(
  target: View,
  value: Expr,
  inputs: readonly View[],
  scalars: ArrayLike<number> = [],
): void {
  if (elementCount(target.shape) === 0) return
  const kernel = kernels.map(
    [value],
    inputs.map((t) => t.dtype),
  )
  runKernel(
    target.storage.device,
    kernel,
    inputs.map((t, i) => (kernel.loaded[i] ? t : broadcastView(t, target.shape))),
    [target],
    scalars,
  )
}

/** The shape that is left of `shape` when `dims` are reduced. */
export const reducedShape = (
  shape: readonly number[],
  dims: readonly number[],
  keepdim: boolean,
): number[] =>
  keepdim
    ? shape.map((s, d) => (dims.includes(d) ? 1 : s))
    : shape.filter((_, d) => !dims.includes(d))

/**
 * Runs a reduce kernel over `dims` (non-negative, distinct) of inputs that are broadcast to `shape`;
 * results are fresh tensors.
 */
export function reduceTo(
  reductions: readonly Reduction[],
  values: readonly Expr[],
  inputs: readonly View[],
  dims: readonly number[],
  keepdim: boolean,
  scalars: ArrayLike<number> = [],
  shape: readonly number[] = inputs[0].shape,
): Tensor[] {
  const device = commonDevice(inputs) as Device
  const kernel = kernels.reduce(
    reductions,
    values,
    inputs.map((t) => t.dtype),
  )
  const results = kernel.outputs.map((dtype) =>
    makeTensor(device, dtype, reducedShape(shape, dims, keepdim)),
  )
  const kept = [...shape.keys()].filter((d) => !dims.includes(d))
  const order = [...kept, ...[...dims].sort((a, b) => a - b)]
  const iteration = order.map((d) => shape[d])
  const keptShape = kept.map((d) => shape[d])
  if (elementCount(keptShape) === 0) return results
  const keptStrides = contiguousStrides(keptShape)
  runKernel(
    device,
    kernel,
    inputs.map((t) => permuteView(broadcastView(t, shape), order)),
    results.map((r) => ({
      storage: r.storage,
      dtype: r.dtype,
      shape: iteration,
      strides: [...keptStrides, ...dims.map(() => 0)],
      offset: r.offset,
    })),
    scalars,
  )
  return results
}

/** Whether two different elements of the view are one in memory. */
export function hasInternalOverlap(v: View): boolean {
  const dims = [...v.shape.keys()].filter((d) => v.shape[d] > 1)
  if (elementCount(v.shape) === 0) return false
  // Sorted by stride, each dim must step over everything that the smaller ones span.
  dims.sort((a, b) => v.strides[a] - v.strides[b])
  let span = 1
  for (const d of dims) {
    if (v.strides[d] === 0) return true
    if (v.strides[d] < span) return false
    span = v.strides[d] * (v.shape[d] - 1) + span
  }
  return false
}

/** Whether the views share elements without being exactly the same view. */
export function overlapsPartially(a: View, b: View): boolean {
  if (a.storage !== b.storage) return false
  const same =
    a.offset === b.offset &&
    a.shape.length === b.shape.length &&
    a.shape.every((s, d) => s === b.shape[d] && (s <= 1 || a.strides[d] === b.strides[d]))
  if (same) return false
  const [lowA, highA] = extent(a)
  const [lowB, highB] = extent(b)
  return lowA <= highB && lowB <= highA
}

function extent(v: View): [number, number] {
  let high = v.offset
  for (let d = 0; d < v.shape.length; d++) {
    if (v.shape[d] === 0) return [0, -1]
    high += v.strides[d] * (v.shape[d] - 1)
  }
  return [v.offset, high]
}
