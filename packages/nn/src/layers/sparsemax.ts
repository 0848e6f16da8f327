import { arange, type Tensor } from '@sconce/core'
import { layer } from '../layer.ts'

/**
 * The projection onto the probability simplex: as softmax, but small values become 0. `nnf_contrib_sparsemax`
 * of R torch; Martins and Astudillo (2016), algorithm 1. Differentiable once.
 *
 * @param dim the dim whose slices sum to 1
 */
export function sparsemax(input: Tensor, dim = -1): Tensor {
  const last = input.transpose(dim, -1)
  const { values } = last.sort(-1, true)
  const sums = values.cumsum(-1)
  const ranks = arange(1, last.shape[last.ndim - 1] + 1, {
    dtype: input.dtype,
    device: input.device,
  })
  const support = values.mul(ranks).add(1).gt(sums).sum(-1, true)
  const threshold = sums.gather(-1, support.sub(1)).sub(1).div(support)
  return last.sub(threshold).clampMin(0).transpose(dim, -1)
}

/** `nn_contrib_sparsemax` of R torch: see `sparsemax`. */
export class Sparsemax extends layer('Sparsemax(int dim=-1)', 'dim', (o, x: Tensor) =>
  sparsemax(x, o.dim),
) {}
