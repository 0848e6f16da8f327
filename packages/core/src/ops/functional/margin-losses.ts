import { check, sizes } from '../../errors.ts'
import { asFloat } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { sameShape } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { reduced } from './losses.ts'

const reduction = "str reduction='mean'" as const

/** Losses that ask for a margin; `torch.nn.functional`. */
export const marginLossSchemas = {
  hingeEmbeddingLoss: `hinge_embedding_loss(Tensor input, Tensor target, *, float margin=1, ${reduction}) -> Tensor`,
  marginRankingLoss: `margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, *, float margin=0, ${reduction}) -> Tensor`,
  cosineEmbeddingLoss: `cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, *, float margin=0, ${reduction}) -> Tensor`,
  softMarginLoss: `soft_margin_loss(Tensor input, Tensor target, *, ${reduction}) -> Tensor`,
  multiMarginLoss: `multi_margin_loss(Tensor input, Tensor target, *, float p=1, float margin=1, Tensor? weight=None, ${reduction}) -> Tensor`,
  multilabelMarginLoss: `multilabel_margin_loss(Tensor input, Tensor target, *, ${reduction}) -> Tensor`,
  multilabelSoftMarginLoss: `multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, *, ${reduction}) -> Tensor`,
  tripletMarginLoss: `triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, *, float margin=1, float p=2, float eps=1e-06, bool swap=False, ${reduction}) -> Tensor`,
} as const satisfies Schemas

const functional = (name: string, ...args: unknown[]): Tensor => callOperation(name, args) as Tensor

const softplus = (x: Tensor): Tensor => x.clampMin(0).add(x.abs().neg().exp().log1p())

function multiMargin(
  input: Tensor,
  target: Tensor,
  p: number,
  margin: number,
  weight: Tensor | undefined,
  how: string,
): Tensor {
  check(p === 1 || p === 2, () => 'only p == 1 and p == 2 supported')
  const single = input.ndim <= 1
  const rows = single ? input.reshape([1, -1]) : input
  const labels = target.reshape([-1])
  const classes = rows.shape[1]
  check(
    rows.numel() > 0 && rows.ndim === 2,
    () =>
      `Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${sizes(input.shape)}`,
  )
  check(
    labels.numel() === rows.shape[0],
    () => `inconsistent target size, expected ${rows.shape[0]} but got ${sizes(target.shape)}`,
  )
  const at = labels.unsqueeze(1)
  let terms = rows.sub(rows.gather(1, at)).add(margin).clampMin(0)
  if (p === 2) terms = terms.mul(terms)
  if (weight) terms = terms.mul(weight.index([labels]).unsqueeze(1))
  const losses = terms.scatter(1, at, 0).sum(1).div(classes)
  return reduced(single ? losses.reshape(target.shape) : losses, how)
}

/** Labels are listed first in `target`, ended by -1. */
function multilabelMargin(input: Tensor, target: Tensor, how: string): Tensor {
  check(
    sameShape(input.shape, target.shape),
    () =>
      `inconsistent target size: ${sizes(target.shape)} for input of size: ${sizes(input.shape)}`,
  )
  const rows = input.ndim < 2 ? input.reshape([1, -1]) : input
  const lists = target.ndim < 2 ? target.reshape([1, -1]) : target
  const classes = rows.shape[1]
  // Valid as long as no -1 has come.
  const valid = lists.lt(0).cumsum(1).eq(0)
  const at = lists.maskedFill(valid.logicalNot(), 0)
  const isTarget = rows.detach().zerosLike().scatterAdd(1, at, valid.to(rows.dtype)).gt(0)
  const wanted = rows.gather(1, at).unsqueeze(2)
  const margins = wanted.neg().add(1).add(rows.unsqueeze(1)).clampMin(0)
  const counted = valid.unsqueeze(2).logicalAnd(isTarget.logicalNot().unsqueeze(1))
  const losses = margins.maskedFill(counted.logicalNot(), 0).sum([1, 2]).div(classes)
  return reduced(input.ndim < 2 ? losses.reshape([]) : losses, how)
}

const implementations: FamilyImplementations<typeof marginLossSchemas> = {
  hinge_embedding_loss: (input, target, margin, how) => {
    const zeros = input.zerosLike()
    const apart = input.neg().add(margin).clampMin(0)
    const loss = apart.where(target.ne(1), zeros).add(input.where(target.ne(-1), zeros))
    return reduced(loss, how)
  },
  margin_ranking_loss: (a, b, target, margin, how) => {
    check(
      a.ndim === b.ndim && a.ndim === target.ndim,
      () =>
        `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${sizes(a.shape)}, input2: ${sizes(b.shape)}, target: ${sizes(target.shape)} `,
    )
    return reduced(target.neg().mul(a.sub(b)).add(asFloat(margin)).clampMin(0), how)
  },
  cosine_embedding_loss: (a, b, target, margin, how) => {
    const rank = target.ndim
    check(
      rank === 0 || rank === 1,
      () => '0D or 1D target tensor expected, multi-target not supported',
    )
    if (rank === 1) {
      check(
        a.ndim === 2 && b.ndim === 2,
        () =>
          `1D target tensor expects 2D input tensors, but found inputs with sizes ${sizes(a.shape)} and ${sizes(b.shape)}.`,
      )
    } else {
      check(
        a.ndim === 1 && b.ndim === 1,
        () =>
          `0D target tensor expects 1D input tensors, but found inputs with sizes ${sizes(a.shape)} and ${sizes(b.shape)}.`,
      )
    }
    const EPSILON = 1e-12
    const dot = a.mul(b).sum(rank)
    const lengths = a.mul(a).sum(rank).add(EPSILON).mul(b.mul(b).sum(rank).add(EPSILON))
    const cosine = dot.div(lengths.sqrt())
    const zeros = cosine.zerosLike()
    const alike = cosine.neg().add(1).where(target.eq(1), zeros)
    const apart = cosine.sub(margin).clampMin(0).where(target.eq(-1), zeros)
    return reduced(alike.add(apart), how)
  },
  soft_margin_loss: (input, target, how) => reduced(softplus(input.neg().mul(target)), how),
  multi_margin_loss: multiMargin,
  multilabel_margin_loss: multilabelMargin,
  multilabel_soft_margin_loss: (input, target, weight, how) => {
    const losses = functional('log_sigmoid', input)
      .mul(target)
      .add(functional('log_sigmoid', input.neg()).mul(target.neg().add(1)))
      .neg()
    const weighted = weight ? losses.mul(weight) : losses
    return reduced(weighted.mean(input.ndim - 1), how)
  },
  triplet_margin_loss: (anchor, positive, negative, margin, p, eps, swap, how) => {
    const distance = (a: Tensor, b: Tensor) => functional('pairwise_distance', a, b, p, eps, false)
    const near = distance(anchor, positive)
    let far = distance(anchor, negative)
    if (swap) far = far.minimum(distance(positive, negative))
    return reduced(near.sub(far).add(margin).clampMin(0), how)
  },
}

define(marginLossSchemas, implementations, 'functional')
