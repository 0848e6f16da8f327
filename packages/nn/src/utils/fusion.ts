/** A batch norm, whose statistics stand still, as part of the layer in front; `torch.nn.utils.fusion`. */
import { noGrad } from '@sconce/autograd'
import { AssertionError, type Tensor } from '@sconce/core'
import type { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'

/** A layer with weights and a bias. */
type Weighted = Module & { weight: Parameter; bias: Parameter | null }

/** A batch norm. */
type Norm = Module & {
  readonly runningMean: Tensor | null
  readonly runningVar: Tensor | null
  readonly eps: number
  readonly weight: Parameter | null
  readonly bias: Parameter | null
}

/** Weights and bias of a layer, and behind it of a norm. */
type FusedWeights = [weight: Parameter, bias: Parameter]

function fuse(
  weight: Tensor,
  bias: Tensor | null,
  mean: Tensor,
  scale: Tensor,
  shift: Tensor | null,
  dim: number,
): FusedWeights {
  const shape = weight.shape.map((_, d) => (d === dim ? -1 : 1))
  const centred = bias ? bias.sub(mean) : mean.neg()
  const moved = centred.mul(scale)
  return noGrad(() => [
    new Parameter(weight.mul(scale.reshape(shape))),
    new Parameter(shift ? moved.add(shift) : moved),
  ])
}

/** `fuse_conv_bn_weights`; with `transpose` those of a transposed convolution. */
export function fuseConvBnWeights(
  convWeight: Tensor,
  convBias: Tensor | null,
  mean: Tensor,
  variance: Tensor,
  eps: number,
  weight: Tensor | null,
  bias: Tensor | null,
  transpose: boolean | { transpose?: boolean } = false,
): FusedWeights {
  const isTransposed = typeof transpose === 'boolean' ? transpose : transpose.transpose
  const rate = variance.add(eps).rsqrt()
  const scale = weight ? rate.mul(weight) : rate
  return fuse(convWeight, convBias, mean, scale, bias, isTransposed ? 1 : 0)
}

/** `fuse_linear_bn_weights`. */
export const fuseLinearBnWeights = (
  linearWeight: Tensor,
  linearBias: Tensor | null,
  mean: Tensor,
  variance: Tensor,
  eps: number,
  weight: Tensor | null,
  bias: Tensor | null,
): FusedWeights => fuseConvBnWeights(linearWeight, linearBias, mean, variance, eps, weight, bias)

function fused<M extends Weighted>(module: M, norm: Norm, transpose: boolean): M {
  if (module.training || norm.training) throw new AssertionError('Fusion only for eval!')
  const { runningMean, runningVar, eps } = norm
  if (!runningMean || !runningVar)
    throw new AssertionError('a batch norm without running statistics can not be fused')
  const copy = module.clone()
  const [weight, bias] = fuseConvBnWeights(
    ...([
      module.weight,
      module.bias,
      runningMean,
      runningVar,
      eps,
      norm.weight,
      norm.bias,
    ] as const),
    transpose,
  )
  copy.weight = weight
  copy.bias = bias
  return copy
}

/**
 * A copy of a convolution that computes what the batch norm behind it does; `fuse_conv_bn_eval`.
 *
 * @throws AssertionError where one of them is in training mode.
 */
export const fuseConvBnEval = <M extends Weighted>(
  conv: M,
  norm: Norm,
  transpose: boolean | { transpose?: boolean } = false,
): M => fused(conv, norm, typeof transpose === 'boolean' ? transpose : !!transpose.transpose)

/** The same of a linear layer; `fuse_linear_bn_eval`. @throws AssertionError in training mode. */
export const fuseLinearBnEval = <M extends Weighted>(linear: M, norm: Norm): M =>
  fused(linear, norm, false)
