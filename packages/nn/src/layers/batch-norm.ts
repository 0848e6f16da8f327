import { noGrad } from '@sconce/autograd'
import { getDevice, ones, type Tensor, tensor, ValueError, zeros } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { ones_, zeros_ } from '../init.ts'
import { Module } from '../module/module.ts'
import type { Loading } from '../module/state-dict.ts'
import { Parameter } from '../parameter.ts'
import { type Arguments, factory, type Signature, signature } from '../signature.ts'

/** What batch and instance norms are given. */
export interface NormArguments {
  numFeatures: number
  eps: number
  momentum?: number
  affine: boolean
  trackRunningStats: boolean
  device?: string
  dtype?: Tensor['dtype']
}

/** A counter: int64 where the device holds it. */
function counter(device: string | undefined): Tensor {
  const holds = getDevice(device).backend.info.dtypes.int64?.storage
  return tensor(0, { dtype: holds ? 'int64' : 'int32', device })
}

/** Statistics of channels, and what scales them; `torch.nn.modules.batchnorm._NormBase`. */
export abstract class NormBase extends Module {
  numFeatures: number
  eps: number
  /** How fast running statistics follow; undefined for their plain average. */
  momentum: number | undefined
  readonly affine: boolean
  readonly trackRunningStats: boolean
  weight: Parameter | null
  bias: Parameter | null
  declare runningMean: Tensor | null
  declare runningVar: Tensor | null
  declare numBatchesTracked: Tensor | null

  constructor(given: NormArguments) {
    super()
    const { numFeatures, affine, trackRunningStats, device, dtype } = given
    this.numFeatures = numFeatures
    this.eps = given.eps
    this.momentum = given.momentum
    this.affine = affine
    this.trackRunningStats = trackRunningStats
    this.weight = affine ? new Parameter(ones([numFeatures], { device, dtype })) : null
    this.bias = affine ? new Parameter(zeros([numFeatures], { device, dtype })) : null
    const tracked = (make: () => Tensor) => (trackRunningStats ? make() : null)
    const buffer = (name: string, property: string, make: () => Tensor) =>
      this.registerBuffer(name, tracked(make), { property })
    buffer('running_mean', 'runningMean', () => zeros([numFeatures], { device, dtype }))
    buffer('running_var', 'runningVar', () => ones([numFeatures], { device, dtype }))
    buffer('num_batches_tracked', 'numBatchesTracked', () => counter(device))
  }

  resetRunningStats(): void {
    noGrad(() => {
      this.runningMean?.zero_()
      this.runningVar?.fill_(1)
      this.numBatchesTracked?.zero_()
    })
  }

  resetParameters(): void {
    this.resetRunningStats()
    if (this.weight) ones_(this.weight)
    if (this.bias) zeros_(this.bias)
  }

  /** The counter came later than the others: a state without it is whole. */
  override loadOwnState(loading: Loading, prefix: string): void {
    const before = loading.missing.length
    super.loadOwnState(loading, prefix)
    const at = loading.missing.indexOf(`${prefix}num_batches_tracked`, before)
    if (at >= 0) loading.missing.splice(at, 1)
  }
}

/** What every norm does. */
interface Layer {
  forward(input: Tensor): Tensor
}

/** Ranks of inputs, and PyTorch's words for others. */
interface InputRanks {
  readonly ranks: readonly number[]
  readonly words: string
}

/** @throws ValueError for an input of another rank. */
function checkRank(input: Tensor, { ranks, words }: InputRanks): void {
  if (!ranks.includes(input.ndim))
    throw new ValueError(`expected ${words} input (got ${input.ndim}D input)`)
}

const printed = ':num_features, eps, momentum, affine, track_running_stats'

const options = <N extends string>(name: N) =>
  `${name}(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, ${factory})` as const

/** The class of batch norms of inputs of some ranks. */
function batchNorm<const N extends string>(
  name: N,
  accepts: InputRanks,
): new (
  ...args: Arguments<ReturnType<typeof options<N>>>
) => Layer & NormBase {
  const text = options(name)
  const known: Signature<string> = signature<string>(text)
  return class extends NormBase {
    constructor(...args: Arguments<typeof text>) {
      // A signature with a name in it, whose values are those of any norm.
      super(known.bind(args) as unknown as NormArguments)
    }

    override forward(input: Tensor): Tensor {
      checkRank(input, accepts)
      const { training, trackRunningStats, runningMean, runningVar, numBatchesTracked } = this
      let factor = this.momentum ?? 0
      if (training && trackRunningStats && numBatchesTracked) {
        noGrad(() => numBatchesTracked.add_(1))
        if (this.momentum === undefined) factor = 1 / Number(numBatchesTracked.item())
      }
      const tracked = !training || trackRunningStats
      return F.batchNorm(
        input,
        (tracked && runningMean) || undefined,
        (tracked && runningVar) || undefined,
        this.weight ?? undefined,
        this.bias ?? undefined,
        training || (!runningMean && !runningVar),
        factor,
        this.eps,
      )
    }

    override extraRepr(): string {
      return known.describe(this, printed)
    }
  }
}

/** Of [N, C] or [N, C, L]; Ioffe & Szegedy (2015). */
export class BatchNorm1d extends batchNorm('BatchNorm1d', { ranks: [2, 3], words: '2D or 3D' }) {}
/** Of [N, C, H, W]. */
export class BatchNorm2d extends batchNorm('BatchNorm2d', { ranks: [4], words: '4D' }) {}
/** Of [N, C, D, H, W]. */
export class BatchNorm3d extends batchNorm('BatchNorm3d', { ranks: [5], words: '5D' }) {}

const instanceOptions = <N extends string>(name: N) =>
  `${name}(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=False, bool track_running_stats=False, ${factory})` as const

/** The class of instance norms of inputs with so many dims of space. */
function instanceNorm<const N extends string>(
  name: N,
  space: number,
): new (
  ...args: Arguments<ReturnType<typeof instanceOptions<N>>>
) => Layer & NormBase {
  const text = instanceOptions(name)
  const accepts = { ranks: [space + 1, space + 2], words: `${space + 1}D or ${space + 2}D` }
  const known: Signature<string> = signature<string>(text)
  return class extends NormBase {
    constructor(...args: Arguments<typeof text>) {
      // A signature with a name in it, whose values are those of any norm.
      super(known.bind(args) as unknown as NormArguments)
    }

    override forward(input: Tensor): Tensor {
      checkRank(input, accepts)
      const single = input.ndim === space + 1
      const result = F.instanceNorm(
        single ? input.unsqueeze(0) : input,
        this.runningMean ?? undefined,
        this.runningVar ?? undefined,
        this.weight ?? undefined,
        this.bias ?? undefined,
        this.training || !this.trackRunningStats,
        this.momentum ?? 0,
        this.eps,
      )
      return single ? result.squeeze(0) : result
    }

    override extraRepr(): string {
      return known.describe(this, printed)
    }
  }
}

/** Of [N, C, L] or [C, L]; Ulyanov et al. (2016). */
export class InstanceNorm1d extends instanceNorm('InstanceNorm1d', 1) {}
/** Of [N, C, H, W] or [C, H, W]. */
export class InstanceNorm2d extends instanceNorm('InstanceNorm2d', 2) {}
/** Of [N, C, D, H, W] or [C, D, H, W]. */
export class InstanceNorm3d extends instanceNorm('InstanceNorm3d', 3) {}
