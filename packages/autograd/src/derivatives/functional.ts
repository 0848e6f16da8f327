import {
  callOperation,
  type convolutionSchemas,
  type foldInnerSchemas,
  type nativeNormSchemas,
  type padInnerSchemas,
  type poolInnerSchemas,
  type Tensor,
} from '@sconce/core'
import { mode } from '../mode.ts'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

interface Geometry {
  readonly stride: number[]
  readonly padding: number[]
  readonly dilation: number[]
  readonly groups: number
}

const geometry = ({ stride, padding, dilation, groups }: Geometry): unknown[] => [
  stride,
  padding,
  dilation,
  groups,
]

/** The three passes of a convolution, each the gradient of the others. */
const forward = (x: Tensor, w: Tensor, s: Geometry): Tensor =>
  callOperation('_convolution', [x, w, ...geometry(s)]) as Tensor
const ofInput = (g: Tensor, w: Tensor, size: readonly number[], s: Geometry): Tensor =>
  callOperation('_convolution_input', [g, w, size, ...geometry(s)]) as Tensor
const ofWeight = (x: Tensor, g: Tensor, size: readonly number[], s: Geometry): Tensor =>
  callOperation('_convolution_weight', [x, g, size, ...geometry(s)]) as Tensor

/** An output padding beyond the stride leaves room for windows that the forward pass had not. */
const cropped = (y: Tensor, shape: readonly number[]): Tensor =>
  shape.reduce((narrow, n, d) => narrow.narrow(d, 0, n), y)

const node = 'ConvolutionBackward0'

defineDerivatives<typeof convolutionSchemas>({
  _convolution: {
    node,
    save: { input: ['weight'], weight: ['input'] },
    input: (g, s, { input }) => ofInput(g, s.weight, input.shape, s),
    weight: (g, s, { weight }) => ofWeight(s.input, g, weight.shape, s),
  },
  _convolution_input: {
    node,
    save: { grad: ['weight'], weight: ['grad'] },
    grad: (g, s, { grad }) => cropped(forward(g, s.weight, s), grad.shape),
    weight: (g, s, { weight }) => ofWeight(g, s.grad, weight.shape, s),
  },
  _convolution_weight: {
    node,
    save: { input: ['grad'], grad: ['input'] },
    input: (g, s, { input }) => ofInput(s.grad, g, input.shape, s),
    grad: (g, s, { grad }) => cropped(forward(s.input, g, s), grad.shape),
  },
})

/** Gradient of normalisation over the last dims, written with ops: differentiable once more. */
function normalizeBackward(g: Tensor, x: Tensor, rstd: Tensor, dims: number): Tensor {
  const over = Array.from({ length: dims }, (_, i) => x.ndim - dims + i)
  // rstd of x again, with its gradient: only eps is unknown, and is what rstd tells.
  const centered = x.sub(x.mean(over, true))
  const spread = centered.mul(centered).mean(over, true)
  const eps = rstd.pow(-2).sub(spread).detach()
  const factor = spread.add(eps).rsqrt()
  const unit = centered.mul(factor)
  const inner = g.sub(g.mean(over, true)).sub(unit.mul(g.mul(unit).mean(over, true)))
  return inner.mul(factor)
}

defineDerivatives<typeof nativeNormSchemas>({
  _normalize: {
    node: 'NativeLayerNormBackward0',
    save: ['self', 'mean', 'rstd'],
    self: (g, { self, mean, rstd, dims }) =>
      mode.enabled
        ? normalizeBackward(g.output, self, rstd, dims)
        : (callOperation('_normalize_backward', [g.output, self, mean, rstd, dims]) as Tensor),
  },
})

defineDerivatives<typeof padInnerSchemas>({
  _pad_indexed: {
    self: (g, { pad, mode: how }, { self }) =>
      callOperation('_pad_indexed_backward', [g, self.shape, pad, how]) as Tensor,
  },
  _pad_indexed_backward: {
    grad: (g, { pad, mode: how }) => callOperation('_pad_indexed', [g, pad, how]) as Tensor,
  },
})

defineDerivatives<typeof foldInnerSchemas>({
  _sum_strided: {
    self: (g, { size, stride, storageOffset }) =>
      g.reshape([-1]).clone().asStrided(size, stride, storageOffset),
  },
})

defineNonDifferentiable<typeof poolInnerSchemas>(['_pool_argmax'])
