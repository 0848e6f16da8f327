import { arange, ones, type Tensor, zeros } from '@sconce/core'
import type { TensorInfo } from '../node.ts'

type Geometry = Pick<TensorInfo, 'shape' | 'strides' | 'offset'>

/** The elements from the first to the last that the layout reaches. */
const span = ({ shape, strides, offset }: Geometry): number =>
  shape.includes(0) ? 0 : shape.reduce((n, s, d) => n + (s - 1) * strides[d], 1) + offset

/** Whether two positions may be one element; says yes where it is not sure, as PyTorch does. */
function mayOverlap({ shape, strides }: Geometry): boolean {
  const dims = [...shape.keys()].filter((d) => shape[d] > 1)
  dims.sort((a, b) => strides[a] - strides[b])
  let largest = 0
  for (const d of dims) {
    if (strides[d] <= largest) return true
    largest += strides[d] * (shape[d] - 1)
  }
  return false
}

/**
 * Gradient of `asStrided`: written (or, where elements are seen several times, added) into a stretch
 * of memory in the output's layout, and read out in the input's. Elements that the input shows several
 * times share their gradient. PyTorch's `as_strided_backward`.
 */
export function asStridedBackward(
  g: Tensor,
  self: TensorInfo,
  size: readonly number[],
  stride: readonly number[],
  offset: number,
): Tensor {
  const start = Math.min(self.offset, offset)
  const input = { shape: self.shape, strides: self.strides, offset: self.offset - start }
  const output = { shape: size, strides: stride, offset: offset - start }
  const length = Math.max(span(input), span(output))
  const memory = zeros([length], { dtype: g.dtype, device: g.device })
  const see = (t: Tensor, at: Geometry) => t.asStrided(at.shape, at.strides, at.offset)
  const positions = (at: Geometry) =>
    see(arange(length, { dtype: 'int32', device: g.device }), at).reshape([-1])
  let filled = memory
  if (mayOverlap(output)) {
    filled = memory.scatterAdd(0, positions(output), g.reshape([-1]))
  } else {
    see(memory, output).copy_(g)
  }
  if (mayOverlap(input)) {
    const at = positions(input)
    const one = ones(at.shape, { dtype: g.dtype, device: g.device })
    const none = zeros([length], { dtype: g.dtype, device: g.device })
    filled = filled.div(none.scatterAdd(0, at, one))
  }
  return see(filled, input)
}
