import {
  finfo,
  invokeInplace,
  minimum,
  functional as ops,
  overloads,
  type Tensor,
  ValueError,
} from '@sconce/core'
import { multiHeadAttentionForward } from './attention/attend.ts'
import { fractionalMaxPool2d, fractionalMaxPool3d } from './layers/fractional-pool.ts'

/** Calls the in-place form of an op of the namespace: `elu_` of PyTorch. */
export function inplace(name: keyof typeof ops, input: Tensor, ...args: unknown[]): Tensor {
  const list = overloads.get(`functional.${name}`) ?? overloads.get(name) ?? []
  invokeInplace(list, [input, ...args])
  return input
}

/** The loss of each element, their mean or their sum. @throws ValueError for another reduction. */
export function reduce(losses: Tensor, reduction: string): Tensor {
  switch (reduction) {
    case 'none':
      return losses
    case 'mean':
      return losses.mean()
    case 'sum':
      return losses.sum()
    default:
      throw new ValueError(`${reduction} is not a valid value for reduction`)
  }
}

/** `torch.nn.functional.rms_norm`: over the last dims. `eps` is the dtype's machine epsilon by default. */
function rmsNorm(
  input: Tensor,
  normalizedShape: readonly number[],
  weight?: Tensor,
  eps: number = finfo(input.dtype).eps,
): Tensor {
  const dims = normalizedShape.map((_, i) => i - normalizedShape.length)
  const scaled = input.mul(input.square().mean(dims, true).add(eps).rsqrt())
  return weight ? scaled.mul(weight) : scaled
}

interface TripletOptions {
  distanceFunction?: (a: Tensor, b: Tensor) => Tensor
  margin?: number
  swap?: boolean
  reduction?: string
}

/** `torch.nn.functional.triplet_margin_with_distance_loss`. */
function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletOptions = {},
): Tensor {
  const {
    distanceFunction = (a: Tensor, b: Tensor) => ops.pairwiseDistance(a, b),
    margin = 1,
    swap = false,
    reduction = 'mean',
  } = options
  const near = distanceFunction(anchor, positive)
  let far = distanceFunction(anchor, negative)
  if (swap) far = minimum(far, distanceFunction(positive, negative))
  return reduce(near.sub(far).add(margin).clampMin(0), reduction)
}

/** `torch.nn.functional`: the ops, and the functions that are made of them. */
export const functional = {
  ...ops,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  multiHeadAttentionForward,
  rmsNorm,
  tripletMarginWithDistanceLoss,
}
