/** Modules that move elements about, and distances: one row each. */
import type { Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { layer } from '../layer.ts'

/** All dims from one to another as one. */
export class Flatten extends layer(
  'Flatten(int start_dim=1, int end_dim=-1)',
  'start_dim, end_dim',
  (o, x: Tensor) => x.flatten(o.startDim, o.endDim),
) {}

/** One dim as several. */
export class Unflatten extends layer(
  'Unflatten(int dim, int[1] unflattened_size)',
  'dim, unflattened_size',
  (o, x: Tensor) => x.unflatten(o.dim, o.unflattenedSize),
) {}

/** Sums windows that are columns into an image. */
export class Fold extends layer(
  'Fold(int|int[] output_size, int|int[] kernel_size, int|int[] dilation=1, int|int[] padding=0, int|int[] stride=1)',
  'output_size, kernel_size, dilation, padding, stride',
  (o, x: Tensor) => F.fold(x, o.outputSize, o.kernelSize, o.dilation, o.padding, o.stride),
) {}

/** The windows of an image as columns. */
export class Unfold extends layer(
  'Unfold(int|int[] kernel_size, int|int[] dilation=1, int|int[] padding=0, int|int[] stride=1)',
  'kernel_size, dilation, padding, stride',
  (o, x: Tensor) => F.unfold(x, o.kernelSize, o.dilation, o.padding, o.stride),
) {}

/** Channels to space: [N, C·r², H, W] to [N, C, H·r, W·r]. */
export class PixelShuffle extends layer(
  'PixelShuffle(int upscale_factor)',
  'upscale_factor',
  (o, x: Tensor) => F.pixelShuffle(x, o.upscaleFactor),
) {}

/** Space to channels: [N, C, H·r, W·r] to [N, C·r², H, W]. */
export class PixelUnshuffle extends layer(
  'PixelUnshuffle(int downscale_factor)',
  'downscale_factor',
  (o, x: Tensor) => F.pixelUnshuffle(x, o.downscaleFactor),
) {}

/** Mixes the channels of the groups. */
export class ChannelShuffle extends layer('ChannelShuffle(int groups)', 'groups', (o, x: Tensor) =>
  F.channelShuffle(x, o.groups),
) {}

type Factor = number | readonly number[]

/** `mode: 'nearest' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear'`. */
export class Upsample extends layer(
  "Upsample(int|int[]? size=None, float|float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None)",
  'size?, scale_factor?, mode',
  (o, x: Tensor) =>
    F.interpolate(x, {
      size: o.size,
      scaleFactor: o.scaleFactor,
      mode: o.mode,
      alignCorners: o.alignCorners,
      recomputeScaleFactor: o.recomputeScaleFactor,
    }),
) {
  override extraRepr(): string {
    // `mode` is printed also where it is the default, the size not beside a factor.
    const text = super.extraRepr()
    return this.scaleFactor === undefined ? text : text.replace(/^size=.*?, (?=scale_factor)/, '')
  }
}

/** `torch.nn.UpsamplingNearest2d`. */
export class UpsamplingNearest2d extends layer(
  'UpsamplingNearest2d(int|int[]? size=None, float|float[]? scale_factor=None)',
  'size?, scale_factor?',
  (o: { size?: number | readonly number[]; scaleFactor?: Factor }, x: Tensor) =>
    F.interpolate(x, { size: o.size, scaleFactor: o.scaleFactor, mode: 'nearest' }),
) {
  override extraRepr(): string {
    return `${super.extraRepr()}, mode=nearest`
  }
}

/** `torch.nn.UpsamplingBilinear2d`. */
export class UpsamplingBilinear2d extends layer(
  'UpsamplingBilinear2d(int|int[]? size=None, float|float[]? scale_factor=None)',
  'size?, scale_factor?',
  (o: { size?: number | readonly number[]; scaleFactor?: Factor }, x: Tensor) =>
    F.interpolate(x, {
      size: o.size,
      scaleFactor: o.scaleFactor,
      mode: 'bilinear',
      alignCorners: true,
    }),
) {
  override extraRepr(): string {
    return `${super.extraRepr()}, mode=bilinear`
  }
}

/** The cosine of the angle between vectors along a dim. */
export class CosineSimilarity extends layer(
  'CosineSimilarity(int dim=1, float eps=1e-08)',
  '',
  (o, x1: Tensor, x2: Tensor) => F.cosineSimilarity(x1, x2, o.dim, o.eps),
) {}

/** The p-norm of the difference of vectors. */
export class PairwiseDistance extends layer(
  'PairwiseDistance(float p=2.0, float eps=1e-06, bool keepdim=False)',
  '',
  (o, x1: Tensor, x2: Tensor) => F.pairwiseDistance(x1, x2, o.p, o.eps, o.keepdim),
) {}
