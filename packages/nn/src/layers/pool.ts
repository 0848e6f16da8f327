/** Pools: one row each. */
import type { Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { layer } from '../layer.ts'

type Size = number | readonly number[]
interface MaxPoolOptions {
  kernelSize: Size
  stride: Size
  padding: Size
  dilation: Size
  ceilMode: boolean
}

/** Maxima with their positions. */
interface Indexed {
  readonly values: Tensor
  readonly indices: Tensor
}

/** What a module returns: two tensors where `returnIndices` asks for them, which types don't tell. */
const pair = ({ values, indices }: Indexed): Tensor => [values, indices] as unknown as Tensor

const maxPoolArguments = ({ kernelSize, stride, padding, dilation, ceilMode }: MaxPoolOptions) =>
  [kernelSize, stride, padding, dilation, ceilMode] as const

const maxPoolOptions =
  'int|int[] kernel_size, int|int[] stride=kernel_size, int|int[] padding=0, int|int[] dilation=1, bool return_indices=False, bool ceil_mode=False' as const
const maxPoolPrinted = 'kernel_size, stride, padding, dilation, ceil_mode'

/** With `returnIndices` the output is `[values, indices]`. */
export class MaxPool1d extends layer(
  `MaxPool1d(${maxPoolOptions})`,
  maxPoolPrinted,
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.maxPool1d(x, ...maxPoolArguments(o), true))
      : F.maxPool1d(x, ...maxPoolArguments(o)),
) {}
/** With `returnIndices` the output is `[values, indices]`. */
export class MaxPool2d extends layer(
  `MaxPool2d(${maxPoolOptions})`,
  maxPoolPrinted,
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.maxPool2d(x, ...maxPoolArguments(o), true))
      : F.maxPool2d(x, ...maxPoolArguments(o)),
) {}
/** With `returnIndices` the output is `[values, indices]`. */
export class MaxPool3d extends layer(
  `MaxPool3d(${maxPoolOptions})`,
  maxPoolPrinted,
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.maxPool3d(x, ...maxPoolArguments(o), true))
      : F.maxPool3d(x, ...maxPoolArguments(o)),
) {}

const avgPoolPrinted = 'kernel_size, stride, padding'

/** `torch.nn.AvgPool1d`: the average of every window. */
export class AvgPool1d extends layer(
  'AvgPool1d(int[1] kernel_size, int[1] stride=kernel_size, int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True)',
  avgPoolPrinted,
  (o, x: Tensor) =>
    F.avgPool1d(x, o.kernelSize, o.stride, o.padding, o.ceilMode, o.countIncludePad),
) {}

const avgPoolOptions =
  'int|int[] kernel_size, int|int[] stride=kernel_size, int|int[] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None' as const

/** `torch.nn.AvgPool2d`: the average of every window. */
export class AvgPool2d extends layer(
  `AvgPool2d(${avgPoolOptions})`,
  avgPoolPrinted,
  (o, x: Tensor) =>
    F.avgPool2d(
      x,
      o.kernelSize,
      o.stride,
      o.padding,
      o.ceilMode,
      o.countIncludePad,
      o.divisorOverride,
    ),
) {}

/** `torch.nn.AvgPool3d`: the average of every window. */
export class AvgPool3d extends layer(
  `AvgPool3d(${avgPoolOptions})`,
  avgPoolPrinted,
  (o, x: Tensor) =>
    F.avgPool3d(
      x,
      o.kernelSize,
      o.stride,
      o.padding,
      o.ceilMode,
      o.countIncludePad,
      o.divisorOverride,
    ),
) {}

const lpPoolPrinted = 'norm_type, kernel_size, stride, ceil_mode'

/** The p-norm of every window. */
export class LPPool1d extends layer(
  'LPPool1d(int norm_type, int|int[] kernel_size, int|int[]? stride=None, bool ceil_mode=False)',
  lpPoolPrinted,
  (o, x: Tensor) => F.lpPool1d(x, o.normType, o.kernelSize, o.stride, o.ceilMode),
) {}
/** The p-norm of every window. */
export class LPPool2d extends layer(
  'LPPool2d(int norm_type, int|int[] kernel_size, int|int[]? stride=None, bool ceil_mode=False)',
  lpPoolPrinted,
  (o, x: Tensor) => F.lpPool2d(x, o.normType, o.kernelSize, o.stride, o.ceilMode),
) {}

/** `torch.nn.AdaptiveAvgPool1d`: averages over as many parts as wanted. */
export class AdaptiveAvgPool1d extends layer(
  'AdaptiveAvgPool1d(int|int[] output_size)',
  'output_size',
  (o, x: Tensor) => F.adaptiveAvgPool1d(x, o.outputSize),
) {}
/** A size of null stays as it is. */
export class AdaptiveAvgPool2d extends layer(
  'AdaptiveAvgPool2d(int|int?[] output_size)',
  'output_size',
  (o, x: Tensor) => F.adaptiveAvgPool2d(x, o.outputSize),
) {}
/** A size of null stays as it is. */
export class AdaptiveAvgPool3d extends layer(
  'AdaptiveAvgPool3d(int|int?[] output_size)',
  'output_size',
  (o, x: Tensor) => F.adaptiveAvgPool3d(x, o.outputSize),
) {}

/** With `returnIndices` the output is `[values, indices]`. */
export class AdaptiveMaxPool1d extends layer(
  'AdaptiveMaxPool1d(int|int[] output_size, bool return_indices=False)',
  'output_size',
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.adaptiveMaxPool1d(x, o.outputSize, true))
      : F.adaptiveMaxPool1d(x, o.outputSize),
) {}
/** With `returnIndices` the output is `[values, indices]`. */
export class AdaptiveMaxPool2d extends layer(
  'AdaptiveMaxPool2d(int|int?[] output_size, bool return_indices=False)',
  'output_size',
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.adaptiveMaxPool2d(x, o.outputSize, true))
      : F.adaptiveMaxPool2d(x, o.outputSize),
) {}
/** With `returnIndices` the output is `[values, indices]`. */
export class AdaptiveMaxPool3d extends layer(
  'AdaptiveMaxPool3d(int|int?[] output_size, bool return_indices=False)',
  'output_size',
  (o, x: Tensor) =>
    o.returnIndices
      ? pair(F.adaptiveMaxPool3d(x, o.outputSize, true))
      : F.adaptiveMaxPool3d(x, o.outputSize),
) {}

/** The size of the output, where padding and stride leave it open. */
type OutputSize = readonly number[] | { outputSize?: readonly number[] }

const sizeOf = (given: OutputSize | undefined): readonly number[] | undefined =>
  given === undefined || !('outputSize' in given) ? (given as readonly number[]) : given.outputSize

/** `torch.nn.MaxUnpool1d`: puts maxima back to where they were. */
export class MaxUnpool1d extends layer(
  'MaxUnpool1d(int[1] kernel_size, int[1] stride=kernel_size, int[1] padding=0)',
  'kernel_size, stride, padding',
  (o, x: Tensor, indices: Tensor, size?: OutputSize) =>
    F.maxUnpool1d(x, indices, o.kernelSize, o.stride, o.padding, sizeOf(size)),
) {}
/** `torch.nn.MaxUnpool2d`: puts maxima back to where they were. */
export class MaxUnpool2d extends layer(
  'MaxUnpool2d(int[2] kernel_size, int[2] stride=kernel_size, int[2] padding=0)',
  'kernel_size, stride, padding',
  (o, x: Tensor, indices: Tensor, size?: OutputSize) =>
    F.maxUnpool2d(x, indices, o.kernelSize, o.stride, o.padding, sizeOf(size)),
) {}
/** `torch.nn.MaxUnpool3d`: puts maxima back to where they were. */
export class MaxUnpool3d extends layer(
  'MaxUnpool3d(int[3] kernel_size, int[3] stride=kernel_size, int[3] padding=0)',
  'kernel_size, stride, padding',
  (o, x: Tensor, indices: Tensor, size?: OutputSize) =>
    F.maxUnpool3d(x, indices, o.kernelSize, o.stride, o.padding, sizeOf(size)),
) {}
