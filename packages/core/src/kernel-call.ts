import {
  type DType,
  type Expr,
  elementCount,
  execute,
  isContiguous,
  type Kernel,
  kernels,
  type Layout,
  type MapKernel,
  type Operand,
  type ReduceKernel,
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
  const [from, to] = [inputs.map(operand), outputs.map(operand)]
  try {
    execute(device.backend, kernel, from, to, scalars)
  } catch (error) {
    // Kernels take memory of their own; nothing is written before they have it.
    device.makeRoom(error)
    execute(device.backend, kernel, from, to, scalars)
  }
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
export const mapTo = (
  values: readonly Expr[],
  inputs: readonly View[],
  shape: readonly number[],
  scalars: ArrayLike<number> = [],
  device: Device = commonDevice(inputs) as Device,
): Tensor[] =>
  runMap(
    kernels.map(
      values,
      inputs.map((t) => t.dtype),
    ),
    inputs,
    shape,
    scalars,
    device,
  )

/** As `mapTo`, with a kernel that is known. */
export function runMap(
  kernel: MapKernel,
  inputs: readonly View[],
  shape: readonly number[],
  scalars: ArrayLike<number> = [],
  device: Device = commonDevice(inputs) as Device,
): Tensor[] {
  const results = kernel.outputs.map((dtype) => makeTensor(device, dtype, shape))
  if (elementCount(shape) > 0) {
    runKernel(device, kernel, spanning(kernel, inputs, shape), results, scalars)
  }
  return results
}

/** As `mapTo`, over the elements of an existing tensor. */
export const mapInto = (
  target: View,
  value: Expr,
  inputs: readonly View[],
  scalars: ArrayLike<number> = [],
): void =>
  runMapInto(
    target,
    kernels.map(
      [value],
      inputs.map((t) => t.dtype),
    ),
    inputs,
    scalars,
  )

/** As `mapInto`, with a kernel that is known. */
export function runMapInto(
  target: View,
  kernel: MapKernel,
  inputs: readonly View[],
  scalars: ArrayLike<number> = [],
): void {
  if (elementCount(target.shape) === 0) return
  const { device } = target.storage
  runKernel(device, kernel, spanning(kernel, inputs, target.shape), [target], scalars)
}

/** The inputs broadcast to `shape`, except those that are read through `load`. */
const spanning = (
  { loaded }: MapKernel,
  inputs: readonly View[],
  shape: readonly number[],
): readonly View[] => inputs.map((t, i) => (loaded[i] ? t : broadcastView(t, shape)))

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
export const reduceTo = (
  reductions: readonly Reduction[],
  values: readonly Expr[],
  inputs: readonly View[],
  dims: readonly number[],
  keepdim: boolean,
  scalars: ArrayLike<number> = [],
  shape: readonly number[] = inputs[0].shape,
): Tensor[] =>
  runReduce(
    kernels.reduce(
      reductions,
      values,
      inputs.map((t) => t.dtype),
    ),
    inputs,
    dims,
    keepdim,
    scalars,
    shape,
  )

/** As `reduceTo`, with a kernel that is known. */
export function runReduce(
  kernel: ReduceKernel,
  inputs: readonly View[],
  dims: readonly number[],
  keepdim: boolean,
  scalars: ArrayLike<number> = [],
  shape: readonly number[] = inputs[0].shape,
): Tensor[] {
  const device = commonDevice(inputs) as Device
  const left = reducedShape(shape, dims, keepdim)
  const results = kernel.outputs.map((dtype) => makeTensor(device, dtype, left))
  if (elementCount(left) === 0) return results
  // The reduced dims come last.
  const order: number[] = []
  for (let d = 0; d < shape.length; d++) if (!dims.includes(d)) order.push(d)
  const kept = order.length
  for (let d = 0; d < shape.length; d++) if (dims.includes(d)) order.push(d)
  const iteration = order.map((d) => shape[d])
  const strides = new Array<number>(order.length).fill(0)
  let stride = 1
  for (let k = kept - 1; k >= 0; k--) {
    strides[k] = stride
    stride *= iteration[k]
  }
  runKernel(
    device,
    kernel,
    inputs.map((t) => arranged(t, shape, order, iteration)),
    results.map((r) => ({
      storage: r.storage,
      dtype: r.dtype,
      shape: iteration,
      strides,
      offset: r.offset,
    })),
    scalars,
  )
  return results
}

/** The view broadcast to `shape`, its dims in that order, which gives the shape `iteration`. */
function arranged(
  t: View,
  shape: readonly number[],
  order: readonly number[],
  iteration: readonly number[],
): View {
  const strides = t.shape === shape ? t.strides : broadcastStrides(t, shape)
  return {
    storage: t.storage,
    dtype: t.dtype,
    shape: iteration,
    strides: order.map((d) => strides[d]),
    offset: t.offset,
  }
}

/** Whether two different elements of the view are one in memory. */
export function hasInternalOverlap(v: View): boolean {
  if (isContiguous(v.shape, v.strides) || elementCount(v.shape) === 0) return false
  const dims = [...v.shape.keys()].filter((d) => v.shape[d] > 1)
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
