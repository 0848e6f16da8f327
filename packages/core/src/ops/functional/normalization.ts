import { elementCount, isInteger, kernels } from '@sconce/backend'
import { check, sizes, ValueError } from '../../errors.ts'
import { runKernel, type View } from '../../kernel-call.ts'
import { asFloat } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { sameShape } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

/** Normalisation layers; `torch.nn.functional`. */
export const normalizationSchemas = {
  /** Running statistics are changed in place when training. */
  batchNorm:
    'batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05) -> Tensor',
  layerNorm:
    'layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor',
  groupNorm:
    'group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor',
  instanceNorm:
    'instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None, Tensor? weight=None, Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, float eps=1e-05) -> Tensor',
  localResponseNorm:
    'local_response_norm(Tensor input, int size, float alpha=0.0001, float beta=0.75, float k=1) -> Tensor',
} as const satisfies Schemas

/** The same with the statistics as further results; `torch.native_*`. */
export const nativeNormSchemas = {
  nativeBatchNorm:
    'native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor output, Tensor mean, Tensor rstd)',
  nativeLayerNorm:
    'native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor output, Tensor mean, Tensor rstd)',
  /** x normalised over trailing dims without weights: the op that has a derivative of its own. */
  normalizeLast:
    '_normalize(Tensor self, int dims, float eps) -> (Tensor output, Tensor mean, Tensor rstd)',
  normalizeLastBackward:
    '_normalize_backward(Tensor grad, Tensor self, Tensor mean, Tensor rstd, int dims) -> Tensor',
} as const satisfies Schemas

/** Statistics as a view over the shape of x: stride 0 along the normalised dims. */
const spread = (s: Tensor, x: Tensor, dims: number): View => ({
  storage: s.storage,
  dtype: s.dtype,
  shape: x.shape,
  strides: [...s.strides.slice(0, x.ndim - dims), ...Array<number>(dims).fill(0)],
  offset: s.offset,
})

function normalizeLast(x: Tensor, dims: number, eps: number) {
  const { device } = x.storage
  const lead = x.shape.slice(0, x.ndim - dims)
  const kept = [...lead, ...Array<number>(dims).fill(1)]
  const output = makeTensor(device, x.dtype, x.shape)
  const mean = makeTensor(device, x.dtype, kept)
  const rstd = makeTensor(device, x.dtype, kept)
  if (elementCount(x.shape) === 0) {
    if (mean.numel() > 0) {
      mean.fill_(Number.NaN)
      rstd.fill_(Number.NaN)
    }
    return { output, mean, rstd }
  }
  const kernel = kernels.normalize(x.dtype, { backward: false, weight: false, bias: false })
  runKernel(device, kernel, [x], [output, spread(mean, x, dims), spread(rstd, x, dims)], [eps])
  return { output, mean, rstd }
}

function normalizeLastBackward(
  grad: Tensor,
  x: Tensor,
  mean: Tensor,
  rstd: Tensor,
  dims: number,
): Tensor {
  const { device } = x.storage
  const result = makeTensor(device, x.dtype, x.shape)
  if (elementCount(x.shape) === 0) return result
  const kernel = kernels.normalize(x.dtype, { backward: true, weight: false, bias: false })
  const inputs = [grad, x, spread(mean, x, dims), spread(rstd, x, dims)]
  runKernel(device, kernel, inputs, [result], [0])
  return result
}

interface Normalized {
  output: Tensor
  mean: Tensor
  rstd: Tensor
}

const normalized = (x: Tensor, dims: number, eps: number): Normalized =>
  callOperation('_normalize', [x, dims, eps]) as Normalized

const affine = (x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor => {
  if (weight && bias) return bias.addcmul(x, weight)
  return weight ? x.mul(weight) : bias ? x.add(bias) : x
}

function nativeLayerNorm(
  x: Tensor,
  shape: number[],
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  eps: number,
): Normalized {
  check(
    shape.length >= 1,
    () =>
      `Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = ${sizes(shape)}`,
  )
  for (const [name, t] of [
    ['weight', weight],
    ['bias', bias],
  ] as const) {
    check(
      !t || sameShape(t.shape, shape),
      () =>
        `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${sizes(t?.shape ?? [])} and normalized_shape = ${sizes(shape)}`,
    )
  }
  check(
    sameShape(x.shape.slice(x.ndim - shape.length), shape) && x.ndim >= shape.length,
    () =>
      `Given normalized_shape=${sizes(shape)}, expected input with shape [*, ${shape.join(', ')}], but got input of size${sizes(x.shape)}`,
  )
  const { output, mean, rstd } = normalized(x, shape.length, eps)
  return { output: affine(output, weight, bias), mean, rstd }
}

/** Per-channel parameters, broadcast over the batch and space of x. */
const channelwise = (p: Tensor, x: Tensor): Tensor =>
  p.view(x.shape.map((_, d) => (d === 1 ? -1 : 1)))

function nativeBatchNorm(
  x: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  training: boolean,
  momentum: number,
  eps: number,
): Normalized {
  const channels = x.shape[1]
  for (const [name, t] of [
    ['running_mean', runningMean],
    ['running_var', runningVar],
    ['weight', weight],
    ['bias', bias],
  ] as const) {
    check(
      !t || t.numel() === channels,
      () => `${name} should contain ${channels} elements not ${t?.numel()}`,
    )
  }
  const scale = weight && channelwise(weight, x)
  const shift = bias && channelwise(bias, x)
  if (!training) {
    check(
      runningMean !== undefined && runningVar !== undefined,
      () => 'Expected running_mean and running_var to be defined when training is false',
    )
    const rstd = runningVar.add(eps).rsqrt()
    const factor = scale ? scale.mul(channelwise(rstd, x)) : channelwise(rstd, x)
    const centered = x.sub(channelwise(runningMean, x)).mul(factor)
    return {
      output: shift ? centered.add(shift) : centered,
      mean: x.newEmpty([0]),
      rstd: x.newEmpty([0]),
    }
  }
  const count = x.numel() / channels
  // Channels first, so that what is normalised over is the last dim.
  const rows = x.transpose(0, 1).reshape([channels, -1])
  const { output, mean, rstd } = normalized(rows, 1, eps)
  const back = output.view([channels, x.shape[0], ...x.shape.slice(2)]).transpose(0, 1)
  const means = mean.detach().view([channels])
  const rstds = rstd.detach().view([channels])
  if (runningMean) runningMean.detach().lerp_(means.to(runningMean.dtype), momentum)
  if (runningVar) {
    const variance = rstds
      .pow(-2)
      .sub(eps)
      .mul(count / (count - 1))
    runningVar.detach().lerp_(variance.to(runningVar.dtype), momentum)
  }
  return { output: affine(back, scale, shift), mean: means, rstd: rstds }
}

function checkTrainable(shape: readonly number[]): void {
  const perChannel = elementCount(shape.slice(2)) * shape[0]
  if (perChannel === 1) {
    throw new ValueError(
      `Expected more than 1 value per channel when training, got input size torch.Size(${sizes(shape)})`,
    )
  }
}

function groupNorm(
  x: Tensor,
  groups: number,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  eps: number,
): Tensor {
  const [n, c] = x.shape
  check(
    groups > 0 && c % groups === 0,
    () =>
      `Expected number of channels in input to be divisible by num_groups, but got input of shape ${sizes(x.shape)} and num_groups=${groups}`,
  )
  for (const [name, t] of [
    ['weight', weight],
    ['bias', bias],
  ] as const) {
    check(
      !t || (t.ndim === 1 && t.numel() === c),
      () =>
        `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${sizes(t?.shape ?? [])} and input of shape ${sizes(x.shape)}`,
    )
  }
  const { output } = normalized(
    x.reshape([n, groups, n === 0 ? 0 : x.numel() / (n * groups)]),
    1,
    eps,
  )
  return affine(
    output.view(x.shape),
    weight && channelwise(weight, x),
    bias && channelwise(bias, x),
  )
}

function instanceNorm(
  x: Tensor,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  useInput: boolean,
  momentum: number,
  eps: number,
): Tensor {
  const [n, c, ...space] = x.shape
  if (useInput && elementCount(space) === 1) {
    throw new ValueError(
      `Expected more than 1 spatial element when training, got input size torch.Size(${sizes(x.shape)})`,
    )
  }
  // Every instance is a channel of one large batch of one.
  const repeat = (t: Tensor | undefined) => t?.repeat(n)
  const mean = repeat(runningMean)
  const variance = repeat(runningVar)
  const { output } = nativeBatchNorm(
    x.reshape([1, n * c, ...space]),
    repeat(weight),
    repeat(bias),
    mean,
    variance,
    useInput,
    momentum,
    eps,
  )
  if (useInput && runningMean && mean) runningMean.detach().copy_(mean.view([n, c]).mean(0))
  if (useInput && runningVar && variance) runningVar.detach().copy_(variance.view([n, c]).mean(0))
  return output.view(x.shape)
}

const implementations: FamilyImplementations<typeof normalizationSchemas> = {
  batch_norm: (x, mean, variance, weight, bias, training, momentum, eps) => {
    if (x.numel() === 0) return x.clone()
    if (training) checkTrainable(x.shape)
    return nativeBatchNorm(x, weight, bias, mean, variance, training, momentum, eps).output
  },
  layer_norm: (x, shape, weight, bias, eps) => nativeLayerNorm(x, shape, weight, bias, eps).output,
  group_norm: groupNorm,
  instance_norm: instanceNorm,
  local_response_norm: (x, size, alpha, beta, k) => {
    if (x.ndim < 3) {
      throw new ValueError(
        `Expected 3D or higher dimensionality                          input (got ${x.ndim} dimensions)`,
      )
    }
    if (x.numel() === 0) return x
    const padding = [
      ...Array<number>(2 * (x.ndim - 2)).fill(0),
      Math.floor(size / 2),
      Math.floor((size - 1) / 2),
    ]
    const squares = x.mul(x).constantPadNd(padding).unfold(1, size, 1)
    // The mean of a pool, which of integers is one.
    const sums = squares.sum({ dim: -1, dtype: x.dtype })
    const near = isInteger(x.dtype) ? sums.div(size, { roundingMode: 'trunc' }) : sums.div(size)
    return x.div(near.mul(asFloat(alpha)).add(asFloat(k)).pow(asFloat(beta)))
  },
}

const natives: FamilyImplementations<typeof nativeNormSchemas> = {
  native_batch_norm: nativeBatchNorm,
  native_layer_norm: nativeLayerNorm,
  _normalize: normalizeLast,
  _normalize_backward: normalizeLastBackward,
}

define(normalizationSchemas, implementations, 'functional')
define(nativeNormSchemas, natives)
