import { elementCount } from '@sconce/backend'
import {
  arange,
  cat,
  type splitSchemas,
  stack,
  type Tensor,
  type viewSchemas,
  wrapDim,
} from '@sconce/core'
import { asStridedBackward } from './as-strided.ts'
import { defineDerivatives } from './row.ts'
import { embedded } from './shapes.ts'

/** The order of dims that undoes `dims`. */
function inverse(dims: readonly number[]): number[] {
  const result: number[] = []
  dims.forEach((d, i) => {
    result[wrapDim(d, dims.length)] = i
  })
  return result
}

/** What a list of consecutive parts along a dim is made of. */
const joined = (parts: readonly Tensor[], dim: number): Tensor => cat([...parts], dim)

/** Overlapping windows: every element gets the sum of where it was seen. */
function unfoldBackward(
  g: Tensor,
  shape: readonly number[],
  dimension: number,
  size: number,
  step: number,
): Tensor {
  const count = elementCount(shape)
  const positions = arange(count, { dtype: 'int32', device: g.device })
    .view(shape)
    .unfold(dimension, size, step)
  return g
    .newZeros([count])
    .scatterAdd(0, positions.reshape([-1]), g.reshape([-1]))
    .view(shape)
}

const swap = 'TransposeBackward0'

defineDerivatives<typeof viewSchemas>({
  view: { self: (g, _, { self }) => g.reshape(self.shape) },
  _unsafe_view: {
    node: 'UnsafeViewBackward0',
    self: (g, _, { self }) => g.reshape(self.shape),
  },
  alias: { self: (g) => g },
  transpose: { self: (g, { dim0, dim1 }) => g.transpose(dim0, dim1) },
  swapaxes: { node: swap, self: (g, { axis0, axis1 }) => g.transpose(axis0, axis1) },
  swapdims: { node: swap, self: (g, { dim0, dim1 }) => g.transpose(dim0, dim1) },
  t: { self: (g) => g.t() },
  permute: { self: (g, { dims }) => g.permute(inverse(dims)) },
  // Summing over what was repeated is the engine's.
  expand: { self: (g) => g },
  squeeze: { self: (g, _, { self }) => g.view(self.shape) },
  'squeeze.dim': { node: 'SqueezeBackward1', self: (g, _, { self }) => g.view(self.shape) },
  unsqueeze: { self: (g, { dim }) => g.squeeze(dim) },
  select: {
    self: (g, { dim, index }, { self }) => embedded(g, self, (x) => x.select(dim, index)),
  },
  slice: {
    self: (g, { dim, start, end, step }, { self }) =>
      embedded(g, self, (x) => x.slice(dim, start, end, step)),
  },
  diagonal: {
    self: (g, { offset, dim1, dim2 }, { self }) =>
      embedded(g, self, (x) => x.diagonal(offset, dim1, dim2)),
  },
  unfold: {
    self: (g, { dimension, size, step }, { self }) =>
      unfoldBackward(g, self.shape, dimension, size, step),
  },
  as_strided: {
    self: (g, { size, stride, storageOffset }, { self }) =>
      asStridedBackward(g, self, size, stride, storageOffset ?? self.offset),
  },
})

defineDerivatives<typeof splitSchemas>({
  split: { self: (g, { dim }) => joined(g, dim) },
  split_with_sizes: { self: (g, { dim }) => joined(g, dim) },
  unbind: { self: (g, { dim }) => stack([...g], dim) },
})
