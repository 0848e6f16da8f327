import { type DType, isFloat } from '@sconce/backend'
import { check, IndexError, NotImplementedError, ValueError } from '../errors.ts'
import { tensor } from '../from-data.ts'
import { integerLimits } from '../limits.ts'
import { defaultFloat, defaultInt } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { sameShape } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { vectorNorm } from './norms.ts'

const reduction = <N extends string>(name: N) =>
  `masked_${name}(Tensor input, int|int[]? dim=None, *, bool keepdim=False, ScalarType? dtype=None, Tensor? mask=None) -> Tensor` as const
const alongOne = <N extends string>(name: N) =>
  `masked_${name}(Tensor input, int dim, *, ScalarType? dtype=None, Tensor? mask=None) -> Tensor` as const
const position = <N extends string>(name: N) =>
  `masked_${name}(Tensor input, int? dim=None, *, bool keepdim=False, ScalarType? dtype=None, Tensor? mask=None) -> Tensor` as const
const moment = <N extends string>(name: N) =>
  `masked_${name}(Tensor input, int|int[]? dim=None, bool unbiased=False, *, bool keepdim=False, ScalarType? dtype=None, Tensor? mask=None) -> Tensor` as const

/** `torch.masked`: ops that see only the elements where `mask` is true. */
export const maskedSchemas = {
  sum: reduction('sum'),
  prod: reduction('prod'),
  cumsum: alongOne('cumsum'),
  cumprod: alongOne('cumprod'),
  amax: reduction('amax'),
  amin: reduction('amin'),
  argmax: position('argmax'),
  argmin: position('argmin'),
  mean: reduction('mean'),
  median:
    'masked_median(Tensor input, int dim=-1, *, bool keepdim=False, ScalarType? dtype=None, Tensor? mask=None) -> Tensor',
  logsumexp: reduction('logsumexp'),
  logaddexp:
    'masked_logaddexp(Tensor input, Tensor other, *, ScalarType? dtype=None, Tensor? input_mask=None, Tensor? other_mask=None) -> Tensor',
  norm: 'masked_norm(Tensor input, float ord=2, int|int[]? dim=None, *, bool keepdim=False, ScalarType? dtype=None, Tensor? mask=None) -> Tensor',
  normalize:
    'masked_normalize(Tensor input, float ord, int dim, *, float eps=1e-12, ScalarType? dtype=None, Tensor? mask=None) -> Tensor',
  var: moment('var'),
  std: moment('std'),
  softmax: alongOne('softmax'),
  logSoftmax: alongOne('log_softmax'),
  softmin: alongOne('softmin'),
} as const satisfies Schemas

type Dims = number | number[] | undefined

/**
 * The dims meant, sorted; none means all.
 *
 * @throws RuntimeError for a dim that is there twice, IndexError for one that isn't there.
 */
function canonicalDims(dim: Dims, ndim: number): number[] {
  const all = dim === undefined || (Array.isArray(dim) && dim.length === 0)
  if (all) return [...Array(ndim).keys()]
  const count = Math.max(ndim, 1)
  const dims: number[] = []
  for (const d of Array.isArray(dim) ? dim : [dim]) {
    check(!dims.includes(d), () => `dim=${d} appears multiple times in the list of dims`)
    if (d >= count || d < -count) {
      throw new IndexError(
        `Dimension out of range (expected to be in range of [${-count}, ${count - 1}], but got ${d})`,
      )
    }
    dims.push((d + count) % count)
  }
  return dims.sort((a, b) => a - b)
}

const oneDim = (dim: number, t: Tensor): number => canonicalDims(dim, t.ndim)[0]

/** The mask as bools of the shape of `t`. */
function inputMask(t: Tensor, mask: Tensor): Tensor {
  if (sameShape(mask.shape, t.shape)) return mask.to('bool')
  if (mask.ndim > t.ndim) {
    throw new IndexError(
      '_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)',
    )
  }
  return mask.broadcastTo(t.shape).to('bool')
}

/** What an element must be to make no difference. */
type Identity = 0 | 1 | 'least' | 'greatest'

function identityValue(identity: Identity, dtype: DType, name: string): Scalar {
  if (typeof identity === 'number') return identity
  const sign = identity === 'least' ? -1 : 1
  if (isFloat(dtype)) return sign * Number.POSITIVE_INFINITY
  const limits = integerLimits[dtype]
  if (!limits) throw new NotImplementedError(`identity of ${name} on torch.${dtype} input`)
  return sign < 0 ? limits.min : limits.max
}

/** `t` with the elements outside of the mask made harmless. */
function filled(t: Tensor, mask: Tensor | undefined, identity: Identity, name: string): Tensor {
  if (!mask) return t
  const inside = inputMask(t, mask)
  const value = tensor(identityValue(identity, t.dtype, name), { dtype: t.dtype, device: t.device })
  return t.where(inside, value)
}

const widened = (dtype: DType): DType => (isFloat(dtype) || dtype === 'int64' ? dtype : defaultInt)

function sum(t: Tensor, dim: Dims, keepdim: boolean, dtype: DType, mask?: Tensor): Tensor {
  const dims = canonicalDims(dim, t.ndim)
  return filled(t, mask, 0, 'sum').sum(dims, keepdim, { dtype })
}

function prod(t: Tensor, dim: Dims, keepdim: boolean, dtype: DType, mask?: Tensor): Tensor {
  const dims = canonicalDims(dim, t.ndim)
  const start = filled(t, mask, 1, 'prod').to(dtype)
  return dims.reduceRight((result, d) => result.prod(d, keepdim), start)
}

/** How many elements of each slice are inside of the mask. */
function counts(t: Tensor, dim: Dims, keepdim: boolean, mask: Tensor | undefined): Tensor {
  const inside = mask ? inputMask(t, mask) : t.newOnes([], { dtype: 'bool' }).expand(t.shape)
  return inside.sum(canonicalDims(dim, t.ndim), keepdim)
}

function norm(
  t: Tensor,
  ord: number,
  dim: Dims,
  keepdim: boolean,
  dtype: DType | undefined,
  mask: Tensor | undefined,
): Tensor {
  const identity = ord === Number.NEGATIVE_INFINITY ? 'greatest' : 0
  const x = filled(t, mask, identity, 'norm')
  return vectorNorm(x, ord, canonicalDims(dim, t.ndim), keepdim, dtype ?? t.dtype)
}

/** The variance in two passes: the mean, then the squares of what is left. */
function variance(
  t: Tensor,
  dim: Dims,
  unbiased: boolean,
  keepdim: boolean,
  dtype: DType | undefined,
  mask: Tensor | undefined,
): Tensor {
  const to = dtype ?? (isFloat(t.dtype) ? t.dtype : defaultFloat)
  const compute = isFloat(to) ? to : defaultFloat
  const inside = mask && inputMask(t, mask)
  const count = counts(t, dim, true, inside)
  const mean = sum(t, dim, true, to, inside).div(count)
  const difference = t.sub(mean)
  const total = sum(difference.mul(difference), dim, keepdim, compute, inside)
  const divisor = count.reshape(total.shape)
  return total.div(unbiased ? divisor.sub(1).clampMin(0) : divisor).to(to)
}

const implementations: FamilyImplementations<typeof maskedSchemas> = {
  masked_sum: (t, dim, keepdim, dtype, mask) =>
    sum(t, dim, keepdim, dtype ?? widened(t.dtype), mask),
  masked_prod: (t, dim, keepdim, dtype, mask) =>
    prod(t, dim, keepdim, dtype ?? widened(t.dtype), mask),
  masked_cumsum: (t, dim, dtype, mask) => {
    const d = oneDim(dim, t)
    const to = dtype ?? t.dtype
    return filled(t, mask, 0, 'sum').cumsum(d, { dtype: to })
  },
  masked_cumprod: (t, dim, dtype, mask) => {
    const d = oneDim(dim, t)
    const to = dtype ?? t.dtype
    return filled(t, mask, 1, 'prod').cumprod(d, { dtype: to })
  },
  masked_amax: (t, dim, keepdim, dtype, mask) =>
    filled(t, mask, 'least', 'amax')
      .amax(canonicalDims(dim, t.ndim), keepdim)
      .to(dtype ?? t.dtype),
  masked_amin: (t, dim, keepdim, dtype, mask) =>
    filled(t, mask, 'greatest', 'amin')
      .amin(canonicalDims(dim, t.ndim), keepdim)
      .to(dtype ?? t.dtype),
  // PyTorch returns the positions in the dtype of the input.
  masked_argmax: (t, dim, keepdim, dtype, mask) =>
    filled(t, mask, 'least', 'argmax')
      .argmax(dim, keepdim)
      .to(dtype ?? t.dtype),
  masked_argmin: (t, dim, keepdim, dtype, mask) =>
    filled(t, mask, 'greatest', 'argmin')
      .argmin(dim, keepdim)
      .to(dtype ?? t.dtype),
  masked_mean: (t, dim, keepdim, dtype, mask) =>
    sum(t, dim, keepdim, dtype ?? t.dtype, mask).div(counts(t, dim, keepdim, mask)),
  masked_median: (t, dim, keepdim, dtype, mask) => {
    const d = oneDim(dim, t)
    const x = isFloat(t.dtype) ? t : t.to(defaultFloat)
    const nan = tensor(Number.NaN, { dtype: x.dtype, device: x.device })
    const result = (mask ? x.where(inputMask(x, mask), nan) : x).nanmedian(d, keepdim).values
    if (isFloat(t.dtype)) return result
    if (result.isnan().any().item()) {
      throw new ValueError(
        'masked median expects no fully masked out rows if dtype is not floating point',
      )
    }
    return result.to(dtype ?? t.dtype)
  },
  masked_logsumexp: (t, dim, keepdim, dtype, mask) =>
    filled(t, mask, 'least', 'logsumexp')
      .logsumexp(canonicalDims(dim, t.ndim), keepdim)
      .to(dtype ?? t.dtype),
  masked_logaddexp: (a, b, dtype, inputMaskOf, otherMask) =>
    filled(a, inputMaskOf, 'least', 'logsumexp')
      .logaddexp(filled(b, otherMask, 'least', 'logsumexp'))
      .to(dtype ?? a.dtype),
  masked_norm: norm,
  masked_normalize: (t, ord, dim, eps, dtype, mask) => {
    const length = norm(t, ord, oneDim(dim, t), true, dtype, mask)
    return filled(t, mask, 0, 'sum').div(length.maximum(length.newFull([], eps)))
  },
  masked_var: variance,
  masked_std: (t, dim, unbiased, keepdim, dtype, mask) =>
    variance(t, dim, unbiased, keepdim, dtype, mask).sqrt(),
  masked_softmax: (t, dim, dtype, mask) =>
    filled(t, mask, 'least', 'amax').softmax(oneDim(dim, t), { dtype: dtype ?? t.dtype }),
  masked_log_softmax: (t, dim, dtype, mask) =>
    filled(t, mask, 'least', 'amax').logSoftmax(oneDim(dim, t), { dtype: dtype ?? t.dtype }),
  masked_softmin: (t, dim, dtype, mask) =>
    filled(t, mask, 'greatest', 'amin')
      .neg()
      .softmax(oneDim(dim, t), { dtype: dtype ?? t.dtype }),
}

define(maskedSchemas, implementations, 'masked')
