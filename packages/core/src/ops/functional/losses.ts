import { isFloat } from '@sconce/backend'
import { check, sizes, ValueError } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { sameShape } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { nll } from './nll.ts'

const reduction = "str reduction='mean'" as const

/** Losses; `reduction: 'none' | 'mean' | 'sum'`; `torch.nn.functional`. */
export const lossSchemas = {
  mseLoss: `mse_loss(Tensor input, Tensor target, *, ${reduction}) -> Tensor`,
  l1Loss: `l1_loss(Tensor input, Tensor target, *, ${reduction}) -> Tensor`,
  smoothL1Loss: `smooth_l1_loss(Tensor input, Tensor target, *, ${reduction}, float beta=1) -> Tensor`,
  huberLoss: `huber_loss(Tensor input, Tensor target, *, ${reduction}, float delta=1) -> Tensor`,
  binaryCrossEntropy: `binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, ${reduction}) -> Tensor`,
  binaryCrossEntropyWithLogits: `binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, *, ${reduction}, Tensor? pos_weight=None) -> Tensor`,
  nllLoss: `nll_loss(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, ${reduction}) -> Tensor`,
  crossEntropy: `cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, int ignore_index=-100, ${reduction}, float label_smoothing=0) -> Tensor`,
  klDiv: `kl_div(Tensor input, Tensor target, *, ${reduction}, bool log_target=False) -> Tensor`,
  poissonNllLoss: `poisson_nll_loss(Tensor input, Tensor target, *, bool log_input=True, bool full=False, float eps=1e-08, ${reduction}) -> Tensor`,
  gaussianNllLoss: `gaussian_nll_loss(Tensor input, Tensor target, Tensor var, *, bool full=False, float eps=1e-06, ${reduction}) -> Tensor`,
} as const satisfies Schemas

/** `none`, `mean` or `sum` of the elements. */
export function reduced(loss: Tensor, how: string): Tensor {
  switch (how) {
    case 'none':
      return loss
    case 'mean':
      return loss.mean()
    case 'sum':
      return loss.sum()
    default:
      throw new ValueError(`${how} is not a valid value for reduction`)
  }
}

const functional = (name: string, ...args: unknown[]): Tensor => callOperation(name, args) as Tensor

function smoothL1(input: Tensor, target: Tensor, how: string, beta: number): Tensor {
  check(beta >= 0, () => 'smooth_l1_loss does not support negative values for beta.')
  const z = input.sub(target).abs()
  if (beta === 0) return reduced(z, how)
  return reduced(
    z
      .mul(z)
      .mul(0.5 / beta)
      .where(z.lt(beta), z.sub(0.5 * beta)),
    how,
  )
}

function huber(input: Tensor, target: Tensor, how: string, delta: number): Tensor {
  check(delta > 0, () => 'huber_loss does not support non-positive values for delta.')
  const z = input.sub(target).abs()
  return reduced(
    z
      .mul(z)
      .mul(0.5)
      .where(z.le(delta), z.sub(0.5 * delta).mul(delta)),
    how,
  )
}

function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  how: string,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ValueError(
      `Using a target size (torch.Size(${sizes(target.shape)})) that is different to the input size (torch.Size(${sizes(input.shape)})) is deprecated. Please ensure they have the same size.`,
    )
  }
  if (input.numel() > 0 && input.storage.device.backend.info.readSync === 'free') {
    const { min, max } = input.detach().aminmax()
    check(
      !(min.item() < 0 || max.item() > 1),
      () => 'all elements of input should be between 0 and 1',
    )
  }
  // PyTorch's limit keeps log(0) finite.
  const log = (x: Tensor) => x.log().clampMin(-100)
  const loss = target
    .sub(1)
    .mul(log(input.neg().add(1)))
    .sub(target.mul(log(input)))
  return reduced(weight ? loss.mul(weight) : loss, how)
}

function withLogits(
  input: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  how: string,
  positive: Tensor | undefined,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ValueError(
      `Target size (torch.Size(${sizes(target.shape)})) must be the same as input size (torch.Size(${sizes(input.shape)}))`,
    )
  }
  // -(t·log σ(x) + (1-t)·log(1-σ(x))), with p on the first term.
  const floor = input.neg().clampMin(0)
  const tail = floor.neg().exp().add(input.neg().sub(floor).exp()).log().add(floor)
  const rest = target.neg().add(1).mul(input)
  const loss = positive ? rest.add(positive.sub(1).mul(target).add(1).mul(tail)) : rest.add(tail)
  return reduced(weight ? loss.mul(weight) : loss, how)
}

function crossEntropy(
  input: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  ignore: number,
  how: string,
  smoothing: number,
): Tensor {
  const dim = input.ndim === 1 ? 0 : 1
  const classes = input.shape[dim]
  const log = input.logSoftmax(dim)
  if (isFloat(target.dtype) && sameShape(input.shape, target.shape)) {
    const soft = smoothing > 0 ? target.mul(1 - smoothing).add(smoothing / classes) : target
    const weighted = weight ? log.mul(perClass(weight, log, dim)) : log
    const losses = weighted.mul(soft).sum(dim).neg()
    if (how === 'mean') return losses.sum().div(Math.max(1, input.numel() / classes))
    return reduced(losses, how)
  }
  check(
    smoothing >= 0 && smoothing <= 1,
    () => `label_smoothing must be between 0.0 and 1.0. Got: ${smoothing}`,
  )
  const plain = functional('nll_loss', log, target, weight, ignore, how)
  if (smoothing === 0) return plain
  const weighted = weight ? log.mul(perClass(weight, log, dim)) : log
  const ignored = target.eq(ignore)
  const smooth = weighted.sum(dim).neg().maskedFill(ignored, 0)
  let spread: Tensor
  if (how === 'mean') {
    const count = weight
      ? weight
          .index([target.reshape([-1]).maskedFill(ignored.reshape([-1]), 0)])
          .maskedFill(ignored.reshape([-1]), 0)
          .sum()
      : ignored.logicalNot().to(log.dtype).sum()
    spread = smooth.sum().div(count)
  } else {
    spread = reduced(smooth, how)
  }
  return plain.mul(1 - smoothing).add(spread.mul(smoothing / classes))
}

const perClass = (weight: Tensor, like: Tensor, dim: number): Tensor =>
  weight.view(like.shape.map((_, d) => (d === dim ? -1 : 1)))

function klDiv(input: Tensor, target: Tensor, how: string, logTarget: boolean): Tensor {
  const losses = logTarget
    ? target.exp().mul(target.sub(input))
    : functional('xlogy', target, target).sub(target.mul(input))
  if (how === 'batchmean') return losses.sum().div(input.ndim === 0 ? 1 : input.shape[0])
  return reduced(losses, how)
}

/** ln Γ by Stirling, for targets above 1. */
const stirling = (x: Tensor): Tensor =>
  x
    .mul(x.log())
    .sub(x)
    .add(
      x
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    )

function gaussianNll(
  input: Tensor,
  target: Tensor,
  given: Tensor,
  full: boolean,
  eps: number,
  how: string,
): Tensor {
  let variance = given
  if (!sameShape(variance.shape, input.shape)) {
    const tail = input.shape.slice(0, -1)
    if (sameShape(tail, variance.shape)) variance = variance.unsqueeze(-1)
    else if (!(sameShape(tail, variance.shape.slice(0, -1)) && variance.shape.at(-1) === 1)) {
      throw new ValueError('var is of incorrect size')
    }
  }
  if (how !== 'none' && how !== 'mean' && how !== 'sum') throw new ValueError(`${how} is not valid`)
  if (
    variance.numel() > 0 &&
    variance.storage.device.backend.info.readSync === 'free' &&
    variance.detach().min().item() < 0
  ) {
    throw new ValueError('var has negative entry/entries')
  }
  // The limit has no gradient.
  const held = variance.where(variance.detach().ge(eps), variance.sub(variance.detach()).add(eps))
  const error = input.sub(target)
  const loss = held.log().add(error.mul(error).div(held)).mul(0.5)
  return reduced(full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss, how)
}

const implementations: FamilyImplementations<typeof lossSchemas> = {
  mse_loss: (input, target, how) => {
    const d = input.sub(target)
    return reduced(d.mul(d), how)
  },
  l1_loss: (input, target, how) => reduced(input.sub(target).abs(), how),
  smooth_l1_loss: smoothL1,
  huber_loss: huber,
  binary_cross_entropy: binaryCrossEntropy,
  binary_cross_entropy_with_logits: withLogits,
  nll_loss: nll,
  cross_entropy: crossEntropy,
  kl_div: klDiv,
  poisson_nll_loss: (input, target, logInput, full, eps, how) => {
    if (!['none', 'mean', 'sum'].includes(how)) throw new ValueError(`${how} is not valid`)
    let loss = logInput
      ? input.exp().sub(target.mul(input))
      : input.sub(target.mul(input.add(eps).log()))
    if (full) loss = loss.add(stirling(target).maskedFill(target.le(1), 0))
    return reduced(loss, how)
  },
  gaussian_nll_loss: gaussianNll,
}

define(lossSchemas, implementations, 'functional')
