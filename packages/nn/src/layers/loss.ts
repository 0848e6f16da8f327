/** Losses: one row each, of arguments and of the function. `reduction: 'none' | 'mean' | 'sum'`. */
import { AssertionError, type Tensor, ValueError } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { layer } from '../layer.ts'
import { Module } from '../module/module.ts'

const reduction = "bool? size_average=None, bool? reduce=None, str reduction='mean'" as const

interface Reduced {
  reduction: string
  sizeAverage?: boolean
  reduce?: boolean
}

/** The reduction, also where it is given by the two older flags. */
const how = ({ reduction, sizeAverage, reduce }: Reduced): { reduction: string } => {
  if (sizeAverage === undefined && reduce === undefined) return { reduction }
  if (reduce === false) return { reduction: 'none' }
  return { reduction: sizeAverage === false ? 'sum' : 'mean' }
}

/** `torch.nn.L1Loss`: |x − y|. */
export class L1Loss extends layer(`L1Loss(${reduction})`, '', (o, x: Tensor, target: Tensor) =>
  F.l1Loss(x, target, how(o)),
) {}

/** `torch.nn.NLLLoss`: the negative log-probability of a class: of [N, C, …] and classes [N, …]. */
export class NLLLoss extends layer(
  "NLLLoss(Tensor? weight=None, bool? size_average=None, int ignore_index=-100, bool? reduce=None, str reduction='mean')",
  '',
  (o, x: Tensor, target: Tensor) =>
    F.nllLoss(x, target, o.weight, { ignoreIndex: o.ignoreIndex, ...how(o) }),
) {}

/** `NLLLoss` by its older name. */
export class NLLLoss2d extends NLLLoss {}

/** `torch.nn.PoissonNLLLoss`: for counts: e^x − y·x, or x − y·log x. */
export class PoissonNLLLoss extends layer(
  "PoissonNLLLoss(bool log_input=True, bool full=False, bool? size_average=None, float eps=1e-08, bool? reduce=None, str reduction='mean')",
  '',
  (o, x: Tensor, target: Tensor) =>
    F.poissonNllLoss(x, target, {
      logInput: o.logInput,
      full: o.full,
      eps: o.eps,
      ...how(o),
    }),
) {}

/** `torch.nn.GaussianNLLLoss`: for a mean and a variance. */
export class GaussianNLLLoss extends layer(
  "GaussianNLLLoss(*, bool full=False, float eps=1e-06, str reduction='mean')",
  '',
  (o, x: Tensor, target: Tensor, variance: Tensor) =>
    F.gaussianNllLoss(x, target, variance, { full: o.full, eps: o.eps, ...how(o) }),
) {}

/** `torch.nn.KLDivLoss`: y(log y − x) for log-probabilities x. */
export class KLDivLoss extends layer(
  `KLDivLoss(${reduction}, bool log_target=False)`,
  '',
  (o, x: Tensor, target: Tensor) => F.klDiv(x, target, { logTarget: o.logTarget, ...how(o) }),
) {}

/** `torch.nn.MSELoss`: (x − y)². */
export class MSELoss extends layer(`MSELoss(${reduction})`, '', (o, x: Tensor, target: Tensor) =>
  F.mseLoss(x, target, how(o)),
) {}

/** `torch.nn.BCELoss`: cross entropy of probabilities. */
export class BCELoss extends layer(
  `BCELoss(Tensor? weight=None, ${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) => F.binaryCrossEntropy(x, target, o.weight, how(o)),
) {}

/** `torch.nn.BCEWithLogitsLoss`: cross entropy of σ(x). */
export class BCEWithLogitsLoss extends layer(
  `BCEWithLogitsLoss(Tensor? weight=None, ${reduction}, Tensor? pos_weight=None)`,
  '',
  (o, x: Tensor, target: Tensor) =>
    F.binaryCrossEntropyWithLogits(x, target, o.weight, { posWeight: o.posWeight, ...how(o) }),
) {}

/** `torch.nn.HingeEmbeddingLoss`: x where y is 1, max(0, margin − x) where it is −1. */
export class HingeEmbeddingLoss extends layer(
  `HingeEmbeddingLoss(float margin=1.0, ${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) =>
    F.hingeEmbeddingLoss(x, target, { margin: o.margin, ...how(o) }),
) {}

/** `torch.nn.MultiLabelMarginLoss`: margins between the classes that are and those that are not; labels end at −1. */
export class MultiLabelMarginLoss extends layer(
  `MultiLabelMarginLoss(${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) => F.multilabelMarginLoss(x, target, how(o)),
) {}

/** `torch.nn.SmoothL1Loss`: squared below β, linear above. */
export class SmoothL1Loss extends layer(
  `SmoothL1Loss(${reduction}, float beta=1.0)`,
  '',
  (o, x: Tensor, target: Tensor) => F.smoothL1Loss(x, target, { beta: o.beta, ...how(o) }),
) {}

/** `torch.nn.HuberLoss`: squared below δ, linear above, without the division by δ. */
export class HuberLoss extends layer(
  "HuberLoss(str reduction='mean', float delta=1.0)",
  '',
  (o, x: Tensor, target: Tensor) => F.huberLoss(x, target, { delta: o.delta, ...how(o) }),
) {}

/** `torch.nn.SoftMarginLoss`: log(1 + e^(−y·x)) for y of ±1. */
export class SoftMarginLoss extends layer(
  `SoftMarginLoss(${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) => F.softMarginLoss(x, target, how(o)),
) {}

/** `torch.nn.CrossEntropyLoss`: the negative log of the softmax, at classes or under probabilities. */
export class CrossEntropyLoss extends layer(
  "CrossEntropyLoss(Tensor? weight=None, bool? size_average=None, int ignore_index=-100, bool? reduce=None, str reduction='mean', float label_smoothing=0.0)",
  '',
  (o, x: Tensor, target: Tensor) =>
    F.crossEntropy(x, target, o.weight, {
      ignoreIndex: o.ignoreIndex,
      labelSmoothing: o.labelSmoothing,
      ...how(o),
    }),
) {}

/** `torch.nn.MultiLabelSoftMarginLoss`: binary cross entropy of every class. */
export class MultiLabelSoftMarginLoss extends layer(
  `MultiLabelSoftMarginLoss(Tensor? weight=None, ${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) => F.multilabelSoftMarginLoss(x, target, o.weight, how(o)),
) {}

/** `torch.nn.CosineEmbeddingLoss`: 1 − cos where y is 1, max(0, cos − margin) where it is −1. */
export class CosineEmbeddingLoss extends layer(
  `CosineEmbeddingLoss(float margin=0.0, ${reduction})`,
  '',
  (o, x1: Tensor, x2: Tensor, target: Tensor) =>
    F.cosineEmbeddingLoss(x1, x2, target, { margin: o.margin, ...how(o) }),
) {}

/** `torch.nn.MarginRankingLoss`: max(0, −y(x₁ − x₂) + margin). */
export class MarginRankingLoss extends layer(
  `MarginRankingLoss(float margin=0.0, ${reduction})`,
  '',
  (o, x1: Tensor, x2: Tensor, target: Tensor) =>
    F.marginRankingLoss(x1, x2, target, { margin: o.margin, ...how(o) }),
) {}

/** `torch.nn.MultiMarginLoss`: margins between a class and all others. */
export class MultiMarginLoss extends layer(
  `MultiMarginLoss(int p=1, float margin=1.0, Tensor? weight=None, ${reduction})`,
  '',
  (o, x: Tensor, target: Tensor) =>
    F.multiMarginLoss(x, target, { p: o.p, margin: o.margin, weight: o.weight, ...how(o) }),
  ({ p, weight }) => {
    if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported')
    if (weight && weight.ndim !== 1) throw new AssertionError('')
  },
) {}

/** `torch.nn.TripletMarginLoss`: max(0, d(a, p) − d(a, n) + margin); Balntas et al. (2016). */
export class TripletMarginLoss extends layer(
  `TripletMarginLoss(float margin=1.0, float p=2.0, float eps=1e-06, bool swap=False, ${reduction})`,
  '',
  (o, anchor: Tensor, positive: Tensor, negative: Tensor) =>
    F.tripletMarginLoss(anchor, positive, negative, {
      margin: o.margin,
      p: o.p,
      eps: o.eps,
      swap: o.swap,
      ...how(o),
    }),
) {}

/** `torch.nn.CTCLoss`: of [T, N, C] and label sequences; Graves et al. (2006). */
export class CTCLoss extends layer(
  "CTCLoss(int blank=0, str reduction='mean', bool zero_infinity=False)",
  '',
  (
    o,
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: number | number[] | Tensor,
    targetLengths: number | number[] | Tensor,
  ) =>
    F.ctcLoss(logProbs, targets, inputLengths, targetLengths, {
      blank: o.blank,
      zeroInfinity: o.zeroInfinity,
      ...how(o),
    }),
) {}

/** How far two batches of vectors are apart. */
export type DistanceFunction = (a: Tensor, b: Tensor) => Tensor

/** Options of `TripletMarginWithDistanceLoss`. */
export interface TripletOptions {
  /** Default: `PairwiseDistance`. */
  distanceFunction?: DistanceFunction | (Module & { forward: DistanceFunction })
  margin?: number
  swap?: boolean
  reduction?: string
}

/** The triplet loss of Balntas et al. (2016) under any distance. */
export class TripletMarginWithDistanceLoss extends Module {
  readonly distanceFunction: NonNullable<TripletOptions['distanceFunction']>
  readonly margin: number
  readonly swap: boolean
  readonly reduction: string

  constructor({
    distanceFunction,
    margin = 1,
    swap = false,
    reduction: by = 'mean',
  }: TripletOptions = {}) {
    super()
    this.distanceFunction = distanceFunction ?? ((a, b) => F.pairwiseDistance(a, b))
    this.margin = margin
    this.swap = swap
    this.reduction = by
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distanceFunction, margin, swap } = this
    return F.tripletMarginWithDistanceLoss(anchor, positive, negative, {
      distanceFunction:
        typeof distanceFunction === 'function'
          ? distanceFunction
          : (a, b) => distanceFunction.call(a, b),
      margin,
      swap,
      reduction: this.reduction,
    })
  }
}
