import {
  callOperation,
  functional,
  type linearSchemas,
  type lossSchemas,
  type nllInnerSchemas,
  type Tensor,
} from '@sconce/core'
import { defineDerivatives } from './row.ts'

/** What each element's loss counts for in the result. */
const share = (g: Tensor, reduction: string, count: number): Tensor =>
  reduction === 'mean' ? g.div(count) : g

defineDerivatives<typeof lossSchemas>({
  mse_loss: {
    save: ['input', 'target'],
    input: (g, { input, target, reduction }) => {
      const apart = input.sub(target)
      return apart.mul(share(g, reduction, apart.numel()).mul(2))
    },
    target: (g, { input, target, reduction }) => {
      const apart = target.sub(input)
      return apart.mul(share(g, reduction, apart.numel()).mul(2))
    },
  },
  binary_cross_entropy: {
    save: ['input', 'target', 'weight'],
    input: (g, { input, target, weight, reduction }) => {
      const slope = input.sub(target).div(input.neg().add(1).mul(input).clampMin(1e-12))
      const each = slope.mul(share(g, reduction, input.numel()))
      return weight ? each.mul(weight) : each
    },
    target: (g, { input, weight, reduction }) => {
      const slope = input.neg().log1p().sub(input.log())
      const each = slope.mul(share(g, reduction, input.numel()))
      return weight ? each.mul(weight) : each
    },
  },
  nll_loss: {
    save: ['target', 'weight'],
    input: (g, { target, weight, ignoreIndex, reduction }, { input }) =>
      callOperation('_nll_loss_backward', [
        ...[g, target, weight, ignoreIndex, reduction, input.shape],
      ]) as Tensor,
  },
})

defineDerivatives<typeof nllInnerSchemas>({
  _nll_loss_backward: {
    save: ['target', 'weight'],
    // The loss is linear in the input, so that the gradient's gradient is the loss again.
    grad: (g, { target, weight, ignoreIndex, reduction }) =>
      functional.nllLoss(g, target, weight, { ignoreIndex, reduction }),
  },
})

defineDerivatives<typeof linearSchemas>({
  embedding: {
    save: ['input'],
    weight: (g, { input, paddingIdx, scaleGradByFreq }, { weight }) => {
      const [rows, width] = weight.shape
      const at = input.reshape([-1])
      let flat = g.reshape([at.numel(), width])
      if (paddingIdx !== undefined) {
        const padding = at.eq(paddingIdx < 0 ? paddingIdx + rows : paddingIdx)
        flat = flat.maskedFill(padding.unsqueeze(1), 0)
      }
      if (scaleGradByFreq) {
        const counts = at.bincount({ minlength: rows }).to(g.dtype)
        flat = flat.div(counts.indexSelect(0, at).unsqueeze(1))
      }
      return g.newZeros(weight.shape).indexAdd(0, at, flat)
    },
  },
})
