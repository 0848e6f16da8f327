import {
  acc,
  type DType,
  type Expr,
  index,
  input,
  isInteger,
  kernels,
  load,
  scalar,
} from '@sconce/backend'
import { check, IndexError, RuntimeError, sizes } from '../errors.ts'
import { mapTo, reduceTo, runKernel, type View } from '../kernel-call.ts'
import { broadcastShapes, broadcastStrides, sameShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Throws unless all elements of an integer tensor are in `[low, size)`. Only where the device's memory
 * is the host's: elsewhere the check would wait for the device, and reads outside give 0 there.
 */
export function checkIndices(
  at: Tensor,
  low: number,
  size: number,
  fail: (index: number) => Error,
): void {
  if (at.numel() === 0 || at.storage.device.backend.info.readSync !== 'free') return
  const x = input(0, at.dtype)
  const dims = [...at.shape.keys()]
  const [min, max] = reduceTo(
    [
      { op: 'min', value: x },
      { op: 'max', value: x },
    ],
    [acc(0, at.dtype), acc(1, at.dtype)],
    [at],
    dims,
    false,
  ).map((t) => t.item())
  if (min < low) throw fail(min)
  if (max >= size) throw fail(max)
}

/** The error of `gather`, `scatter` and their like. */
export const outOfBounds =
  (dim: number, size: number) =>
  (i: number): Error =>
    new RuntimeError(`index ${i} is out of bounds for dimension ${dim} with size ${size}`)

/** An index as an int32 coordinate. */
export const coordinate = (x: Expr): Expr => x.cast('int32')

/** A negative index counts from the end; `size` is an int32 expression. */
export const wrapped = (x: Expr, size: Expr): Expr => {
  const i = coordinate(x)
  return i.lt(0).where(i.add(size), i)
}

/**
 * How an indexing expression `x[.., i, .., j, ..]` reads `self`: the shape of the result, the index
 * tensors as views that span it, and the coordinate expressions over the dims of `self`.
 */
export interface IndexPlan {
  readonly shape: readonly number[]
  readonly indices: readonly View[]
  /** Coordinates when index `k` is input `first + k`; sizes are scalars from `0` on. */
  coordinates(first: number): Expr[]
  readonly sizes: readonly number[]
}

const isMask = (dtype: DType) => dtype === 'bool' || dtype === 'uint8'

/** Masks as the positions of their true elements, other indices as they are; all on one shape. */
export function expandMasks(
  self: Tensor,
  indices: readonly (Tensor | undefined)[],
): (Tensor | undefined)[] {
  const result: (Tensor | undefined)[] = []
  for (const at of indices) {
    if (!at || !isMask(at.dtype)) {
      if (at && !isInteger(at.dtype)) {
        throw new IndexError('tensors used as indices must be long, byte or bool tensors')
      }
      result.push(at)
      continue
    }
    for (let d = 0; d < at.ndim; d++) {
      if (at.shape[d] !== self.shape[result.length + d]) {
        throw new IndexError(
          `The shape of the mask ${sizes(at.shape)} at index ${d} does not match the shape of the indexed tensor ${sizes(self.shape)} at index ${result.length + d}`,
        )
      }
    }
    result.push(...(at.nonzero() as Tensor).unbind(1))
  }
  if (result.length > self.ndim) {
    throw new IndexError(
      `too many indices for tensor of dimension ${self.ndim} (got ${result.length})`,
    )
  }
  return result
}

/** Plans `self[indices]`; indexed dims that are not neighbours move to the front, as in NumPy. */
export function planIndex(self: Tensor, given: readonly (Tensor | undefined)[]): IndexPlan {
  const indices = expandMasks(self, given)
  const used = [...self.shape.keys()].filter((d) => indices[d] !== undefined)
  const tensors = used.map((d) => indices[d] as Tensor)
  let common: readonly number[] = []
  for (const t of tensors) {
    try {
      common = broadcastShapes(common, t.shape)
    } catch {
      throw new IndexError(
        `shape mismatch: indexing tensors could not be broadcast together with shapes ${tensors.map((x) => sizes(x.shape)).join(', ')}`,
      )
    }
  }
  const adjacent = used.every((d, i) => i === 0 || d === used[i - 1] + 1)
  const front = adjacent && used.length > 0 ? used[0] : 0
  const kept = [...self.shape.keys()].filter((d) => indices[d] === undefined)
  const before = adjacent ? kept.filter((d) => d < front) : []
  const after = kept.filter((d) => !before.includes(d))
  const shape = [...before.map((d) => self.shape[d]), ...common, ...after.map((d) => self.shape[d])]
  tensors.forEach((t, i) => {
    const size = self.shape[used[i]]
    checkIndices(
      t,
      -size,
      size,
      (x) =>
        new IndexError(`index ${x} is out of bounds for dimension ${used[i]} with size ${size}`),
    )
  })
  const views = tensors.map((t): View => {
    const strides = broadcastStrides(t, common)
    return {
      storage: t.storage,
      dtype: t.dtype,
      shape,
      strides: [...before.map(() => 0), ...strides, ...after.map(() => 0)],
      offset: t.offset,
    }
  })
  return {
    shape,
    indices: views,
    sizes: used.map((d) => self.shape[d]),
    coordinates: (first) =>
      [...self.shape.keys()].map((d) => {
        const k = used.indexOf(d)
        if (k >= 0) return wrapped(input(first + k, tensors[k].dtype), scalar(k, 'int32'))
        const position = before.indexOf(d)
        return index(position >= 0 ? position : before.length + common.length + after.indexOf(d))
      }),
  }
}

/** `self[indices]` as a copy. */
export function readIndex(self: Tensor, indices: readonly (Tensor | undefined)[]): Tensor {
  const plan = planIndex(self, indices)
  return mapTo(
    [load(0, self.dtype, plan.coordinates(1))],
    [self, ...plan.indices],
    plan.shape,
    plan.sizes,
  )[0]
}

/** `self[indices] = values`, or `+=`; `self` is changed. */
export function writeIndex(
  self: Tensor,
  indices: readonly (Tensor | undefined)[],
  values: Tensor,
  accumulate: boolean,
): void {
  check(
    values.dtype === self.dtype,
    () =>
      `Index put requires the source and destination dtypes match, got ${self.dtype} for the destination and ${values.dtype} for the source.`,
  )
  const plan = planIndex(self, indices)
  let fits = values.ndim <= plan.shape.length
  try {
    fits &&= sameShape(broadcastShapes(values.shape, plan.shape), plan.shape)
  } catch {
    fits = false
  }
  check(
    fits,
    () =>
      `shape mismatch: value tensor of shape ${sizes(values.shape)} cannot be broadcast to indexing result of shape ${sizes(plan.shape)}`,
  )
  if (plan.shape.includes(0)) return
  const source: View = {
    storage: values.storage,
    dtype: values.dtype,
    shape: plan.shape,
    strides: broadcastStrides(values, plan.shape),
    offset: values.offset,
  }
  const kernel = kernels.scatter(
    accumulate ? 'add' : 'assign',
    plan.coordinates(1),
    input(0, values.dtype),
    self.dtype,
    [values.dtype, ...plan.indices.map((v) => v.dtype)],
  )
  runKernel(self.storage.device, kernel, [source, ...plan.indices], [self], plan.sizes)
}
