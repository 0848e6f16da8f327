import { check, ValueError } from '../../errors.ts'
import { defaultGenerator, dropoutNoise, rreluNoise } from '../../random/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { define, type FamilyImplementations } from '../../table.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

const rate = 'float p=0.5, bool training=True' as const

/** Random activations; `torch.nn.functional`. The numbers are those of PyTorch's generator. */
export const dropoutSchemas = {
  dropout: `dropout(Tensor input, ${rate}) -> Tensor!`,
  dropout1d: `dropout1d(Tensor input, ${rate}) -> Tensor!`,
  dropout2d: `dropout2d(Tensor input, ${rate}) -> Tensor!`,
  dropout3d: `dropout3d(Tensor input, ${rate}) -> Tensor!`,
  featureDropout: `feature_dropout(Tensor input, ${rate}) -> Tensor!`,
  alphaDropout: 'alpha_dropout(Tensor input, float p=0.5, bool training=False) -> Tensor!',
  featureAlphaDropout:
    'feature_alpha_dropout(Tensor input, float p=0.5, bool training=False) -> Tensor!',
  rrelu:
    'rrelu(Tensor input, float lower=0.125, float upper=0.3333333333333333, bool training=False) -> Tensor!',
  gumbelSoftmax:
    'gumbel_softmax(Tensor logits, float tau=1, bool hard=False, float eps=1e-10, int dim=-1) -> Tensor',
} as const satisfies Schemas

function checkRate(p: number): void {
  if (p < 0 || p > 1) {
    throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`)
  }
}

/** Noise of 0 and 1/(1-p), one for each of `shape`. */
function noise(x: Tensor, shape: readonly number[], p: number): Tensor {
  const result = makeTensor(x.storage.device, x.dtype, shape)
  const data = dropoutNoise(defaultGenerator(), x.dtype, result.numel(), p)
  if (data.length > 0) result.storage.device.backend.write(result.storage.use(), data)
  return result
}

function dropout(x: Tensor, p: number, training: boolean): Tensor {
  checkRate(p)
  if (p === 0 || !training || x.numel() === 0) return x
  if (p === 1) return x.mul(0)
  return x.mul(noise(x, x.shape, p))
}

/** One decision for each channel of each sample. */
const featureShape = (x: Tensor): number[] => x.shape.map((s, d) => (d < 2 ? s : 1))

function featureDropout(x: Tensor, p: number, training: boolean): Tensor {
  checkRate(p)
  if (p === 0 || !training || x.numel() === 0) return x
  check(x.ndim >= 2, () => 'Feature dropout requires at least 2 dimensions in the input')
  if (p === 1) return x.mul(0)
  return x.mul(noise(x, featureShape(x), p))
}

/** An unbatched input is a batch of one. */
const spatial =
  (rank: number) =>
  (x: Tensor, p: number, training: boolean): Tensor =>
    x.ndim === rank - 1
      ? featureDropout(x.unsqueeze(0), p, training).squeeze(0)
      : featureDropout(x, p, training)

const ALPHA = 1.7580993408473766

/** Keeps mean and variance of selu's output: drops to -α', then scales and shifts. */
function alphaDropout(x: Tensor, p: number, training: boolean, shape: readonly number[]): Tensor {
  checkRate(p)
  if (p === 0 || !training || x.numel() === 0) return x
  if (p === 1) return x.mul(0)
  const keep = 1 - p
  const a = 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * keep)
  const kept = noise(x, shape, p).mul(keep)
  const shift = kept
    .sub(1)
    .mul(ALPHA * a)
    .add(ALPHA * a * p)
  return x.mul(kept.mul(a)).add(shift)
}

const implementations: FamilyImplementations<typeof dropoutSchemas> = {
  dropout,
  dropout1d: spatial(3),
  dropout2d: (x, p, training) => featureDropout(x, p, training),
  dropout3d: (x, p, training) => featureDropout(x, p, training),
  feature_dropout: featureDropout,
  alpha_dropout: (x, p, training) => alphaDropout(x, p, training, x.shape),
  feature_alpha_dropout: (x, p, training) => alphaDropout(x, p, training, featureShape(x)),
  rrelu: (x, lower, upper, training) => {
    check(lower <= upper, () => 'Lower bound should be less than or equal to the upper bound')
    if (!training) return x.where(x.gt(0), x.mul((lower + upper) / 2))
    const slopes = makeTensor(x.storage.device, x.dtype, x.shape)
    const values = x.detach().contiguous().toTypedArray()
    const data = rreluNoise(defaultGenerator(), x.dtype, values, lower, upper)
    if (data.length > 0) slopes.storage.device.backend.write(slopes.storage.use(), data)
    return x.mul(slopes)
  },
  gumbel_softmax: (logits, tau, hard, _eps, dim) => {
    const gumbels = logits.detach().emptyLike().exponential_().log().neg()
    const soft = logits.add(gumbels).div(tau).softmax(dim)
    if (!hard) return soft
    const at = soft.detach().argmax(dim, true)
    const one = logits.detach().zerosLike().scatter(dim, at, 1)
    return one.sub(soft.detach()).add(soft)
  },
}

define(dropoutSchemas, implementations, 'functional')
