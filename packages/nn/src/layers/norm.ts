import { ones, type Tensor, tensor, ValueError, zeros } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { ones_, zeros_ } from '../init.ts'
import { layer } from '../layer.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'

const layerNorm = signature(
  `LayerNorm(int[1] normalized_shape, float eps=1e-05, bool elementwise_affine=True, ${factory})`,
)

/** Normalises each sample over its last dims; Ba et al. (2016); `torch.nn.LayerNorm`. */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[]
  eps: number
  readonly elementwiseAffine: boolean
  weight: Parameter | null
  bias: Parameter | null

  constructor(...args: ArgumentsOf<typeof layerNorm>) {
    super()
    const { normalizedShape, eps, elementwiseAffine, ...place } = layerNorm.bind(args)
    this.normalizedShape = normalizedShape
    this.eps = eps
    this.elementwiseAffine = elementwiseAffine
    this.weight = elementwiseAffine ? new Parameter(ones(normalizedShape, place)) : null
    this.bias = elementwiseAffine ? new Parameter(zeros(normalizedShape, place)) : null
  }

  resetParameters(): void {
    if (this.weight) ones_(this.weight)
    if (this.bias) zeros_(this.bias)
  }

  override forward(input: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps } = this
    return F.layerNorm(input, normalizedShape, weight ?? undefined, bias ?? undefined, eps)
  }

  override extraRepr(): string {
    return layerNorm.describe(this, ':normalized_shape, eps, elementwise_affine')
  }
}

const rmsNorm = signature(
  `RMSNorm(int[1] normalized_shape, float? eps=None, bool elementwise_affine=True, ${factory})`,
)

/** Divides each sample by its root mean square; Zhang & Sennrich (2019); `torch.nn.RMSNorm`. */
export class RMSNorm extends Module {
  readonly normalizedShape: readonly number[]
  /** Default: the machine epsilon of the input's dtype. */
  eps: number | undefined
  readonly elementwiseAffine: boolean
  weight: Parameter | null

  constructor(...args: ArgumentsOf<typeof rmsNorm>) {
    super()
    const { normalizedShape, eps, elementwiseAffine, ...place } = rmsNorm.bind(args)
    this.normalizedShape = normalizedShape
    this.eps = eps
    this.elementwiseAffine = elementwiseAffine
    this.weight = elementwiseAffine ? new Parameter(ones(normalizedShape, place)) : null
  }

  resetParameters(): void {
    if (this.weight) ones_(this.weight)
  }

  override forward(input: Tensor): Tensor {
    return F.rmsNorm(input, this.normalizedShape, this.weight ?? undefined, this.eps)
  }

  override extraRepr(): string {
    return rmsNorm.describe(this, ':normalized_shape, eps, elementwise_affine')
  }
}

const groupNorm = signature(
  `GroupNorm(int num_groups, int num_channels, float eps=1e-05, bool affine=True, ${factory})`,
)

/** Normalises groups of channels; Wu & He (2018); `torch.nn.GroupNorm`. */
export class GroupNorm extends Module {
  readonly numGroups: number
  readonly numChannels: number
  eps: number
  readonly affine: boolean
  weight: Parameter | null
  bias: Parameter | null

  constructor(...args: ArgumentsOf<typeof groupNorm>) {
    super()
    const { numGroups, numChannels, eps, affine, ...place } = groupNorm.bind(args)
    if (numChannels % numGroups !== 0)
      throw new ValueError('num_channels must be divisible by num_groups')
    this.numGroups = numGroups
    this.numChannels = numChannels
    this.eps = eps
    this.affine = affine
    this.weight = affine ? new Parameter(ones([numChannels], place)) : null
    this.bias = affine ? new Parameter(zeros([numChannels], place)) : null
  }

  resetParameters(): void {
    if (this.weight) ones_(this.weight)
    if (this.bias) zeros_(this.bias)
  }

  override forward(input: Tensor): Tensor {
    const { numGroups, weight, bias, eps } = this
    return F.groupNorm(input, numGroups, weight ?? undefined, bias ?? undefined, eps)
  }

  override extraRepr(): string {
    return groupNorm.describe(this, ':num_groups, :num_channels, eps, affine')
  }
}

/** Divides by a power of the squares of near channels; Krizhevsky et al. (2012). */
export class LocalResponseNorm extends layer(
  'LocalResponseNorm(int size, float alpha=0.0001, float beta=0.75, float k=1.0)',
  ':size, alpha, beta, k',
  (o, x: Tensor) => F.localResponseNorm(x, o.size, o.alpha, o.beta, o.k),
) {}

/**
 * Which channels' squares count for which, as PyTorch runs over them: those within `reach`, and the first
 * one for all that have passed it.
 */
function crossMapWeights(channels: number, size: number): number[][] {
  const reach = Math.trunc((size - 1) / 2 + 1)
  const row = Array<number>(channels).fill(0).fill(1, 0, Math.min(reach, channels))
  return Array.from({ length: channels }, (_, c) => {
    if (c > 0 && c < channels - reach + 1) row[c + reach - 1]++
    if (c > reach) row[c - reach]--
    return [...row]
  })
}

/** `LocalResponseNorm` of [N, C, H, W] as in Lua Torch. */
export class CrossMapLRN2d extends layer(
  'CrossMapLRN2d(int size, float alpha=0.0001, float beta=0.75, float k=1)',
  ':size, alpha, beta, k',
  (o, x: Tensor) => {
    const channels = x.shape[1]
    const weights = tensor(crossMapWeights(channels, o.size), { dtype: x.dtype, device: x.device })
    const near = weights.matmul(x.square().reshape([x.shape[0], channels, -1])).view(x.shape)
    return x.mul(
      near
        .mul(o.alpha / o.size)
        .add(o.k)
        .pow(-o.beta),
    )
  },
) {}
