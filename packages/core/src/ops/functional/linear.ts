import { isInteger } from '@sconce/backend'
import { check, RuntimeError, ValueError } from '../../errors.ts'
import { asFloat } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes, wrapDim } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { distance, vectorNorm } from '../norms.ts'

/** Linear maps, lookups and distances; `torch.nn.functional`. */
export const linearSchemas = {
  linear: 'linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor',
  bilinear: 'bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor',
  /** Rows of `weight` by index; the row `paddingIdx` gets no gradient. */
  embedding:
    'embedding(Tensor input, Tensor weight, *, int? padding_idx=None, float? max_norm=None, float norm_type=2, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor',
  embeddingBag:
    "embedding_bag(Tensor input, Tensor weight, Tensor? offsets=None, float? max_norm=None, float norm_type=2, bool scale_grad_by_freq=False, str mode='mean', bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int? padding_idx=None) -> Tensor",
  oneHot: 'one_hot(Tensor self, int num_classes=-1) -> Tensor',
  cosineSimilarity: 'cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor',
  pairwiseDistance:
    'pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False) -> Tensor',
  pdist: 'pdist(Tensor self, float p=2) -> Tensor',
} as const satisfies Schemas

/** Scales the looked-up rows of the table, in place, to a norm of at most `maxNorm`. */
function renormalize(weight: Tensor, at: Tensor, maxNorm: number, normType: number): void {
  const table = weight.detach()
  const rows = at.reshape([-1]).unique()
  const picked = table.indexSelect(0, rows)
  const norms = vectorNorm(picked, normType, [1], true)
  const factor = norms.add(1e-7).reciprocal().mul(maxNorm)
  table.indexCopy_(0, rows, picked.where(norms.le(maxNorm), picked.mul(factor)))
}

function embedding(
  at: Tensor,
  weight: Tensor,
  paddingIdx: number | undefined,
  maxNorm: number | undefined,
  normType: number,
): Tensor {
  check(weight.ndim === 2, () => "'weight' must be 2-D")
  if (!isInteger(at.dtype)) {
    throw new RuntimeError(
      `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got ${at.type()} instead (while checking arguments for embedding)`,
    )
  }
  const rows = weight.shape[0]
  if (paddingIdx !== undefined) {
    check(
      paddingIdx < rows && paddingIdx >= -rows,
      () => 'Padding_idx must be within num_embeddings',
    )
  }
  if (maxNorm !== undefined) renormalize(weight, at, maxNorm, normType)
  return weight.indexSelect(0, at.reshape([-1])).view([...at.shape, weight.shape[1]])
}

/** Bags of rows: their sums, means or maxima. */
function embeddingBag(
  input: Tensor,
  weight: Tensor,
  given: Tensor | undefined,
  maxNorm: number | undefined,
  normType: number,
  scaleByFrequency: boolean,
  mode: string,
  perSample: Tensor | undefined,
  includeLast: boolean,
  paddingIdx: number | undefined,
): Tensor {
  if (mode !== 'sum' && mode !== 'mean' && mode !== 'max') {
    throw new ValueError('mode has to be one of sum or mean')
  }
  let offsets: number[]
  const flat = input.reshape([-1])
  if (input.ndim === 2) {
    if (given) {
      throw new ValueError(
        'if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type Tensor',
      )
    }
    offsets = Array.from({ length: input.shape[0] }, (_, i) => i * input.shape[1])
  } else if (input.ndim === 1) {
    if (!given) throw new ValueError('offsets has to be a 1D Tensor but got None')
    if (given.ndim !== 1) throw new ValueError('offsets has to be a 1D Tensor')
    offsets = Array.from(given.toTypedArray() as ArrayLike<number | bigint>, Number)
    if (includeLast) offsets = offsets.slice(0, -1)
  } else {
    throw new ValueError(
      `input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.ndim}`,
    )
  }
  if (perSample && mode !== 'sum') {
    throw new RuntimeError(
      `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
    )
  }
  const count = flat.numel()
  const bags = offsets.length
  const bagOf = new Int32Array(count)
  for (let b = 0; b < bags; b++) {
    for (let i = offsets[b]; i < (offsets[b + 1] ?? count); i++) bagOf[i] = b
  }
  const options = [undefined, maxNorm, normType, scaleByFrequency, false]
  const rows = callOperation('embedding', [flat, weight, ...options]) as Tensor
  const bag = weight.newZeros([count], { dtype: 'int32' })
  if (count > 0) bag.storage.device.backend.write(bag.storage.use(), bagOf)
  const width = weight.shape[1]
  const padding =
    paddingIdx === undefined
      ? undefined
      : paddingIdx < 0
        ? paddingIdx + weight.shape[0]
        : paddingIdx
  const counted = padding === undefined ? flat.ge(0) : flat.ne(padding)
  const share = counted.to(weight.dtype)
  const empty = weight.newZeros([bags, width])
  if (mode === 'max') {
    const at = bag.unsqueeze(1).expand([count, width])
    const lowest = rows.maskedFill(counted.logicalNot().unsqueeze(1), Number.NEGATIVE_INFINITY)
    const most = empty.scatterReduce(0, at, lowest, 'amax', { includeSelf: false })
    return most.maskedFill(most.detach().isneginf(), 0)
  }
  const factors = perSample ? perSample.reshape([-1]).mul(share) : share
  const sums = empty.indexAdd(0, bag, rows.mul(factors.unsqueeze(1)))
  if (mode === 'sum') return sums
  const lengths = weight.newZeros([bags]).indexAdd(0, bag, share).clampMin(1)
  return sums.div(lengths.unsqueeze(1))
}

const implementations: FamilyImplementations<typeof linearSchemas> = {
  linear: (input, weight, bias) => {
    const product =
      input.ndim === 2 && weight.ndim === 2 && bias
        ? bias.addmm(input, weight.t())
        : input.matmul(weight.t())
    return bias && !(input.ndim === 2 && weight.ndim === 2) ? product.add(bias) : product
  },
  bilinear: (a, b, weight, bias) => {
    check(
      a.ndim === b.ndim,
      () => `bilinear(): input dimensions do not match: got ${a.ndim} and ${b.ndim}`,
    )
    check(
      a.shape[a.ndim - 1] === weight.shape[1],
      () =>
        `bilinear(): input1 size does not match weight size: got ${a.shape[a.ndim - 1]} but expected ${weight.shape[1]}`,
    )
    check(
      b.shape[b.ndim - 1] === weight.shape[2],
      () =>
        `bilinear(): input2 size does not match weight size: got ${b.shape[b.ndim - 1]} but expected ${weight.shape[2]}`,
    )
    const lead = a.shape.slice(0, -1)
    const [out, p, q] = weight.shape
    const x = a.reshape([-1, p])
    const y = b.reshape([-1, q])
    // [n, out·q]: x against each slice of the weight, then y over q.
    const half = x.mm(weight.permute(1, 0, 2).reshape([p, out * q])).view([-1, out, q])
    const result = half
      .mul(y.unsqueeze(1))
      .sum({ dim: -1, dtype: a.dtype })
      .view([...lead, out])
    return bias ? result.add(bias) : result
  },
  // The row of the padding and the frequencies are the gradient's concern.
  embedding: (at, weight, paddingIdx, maxNorm, normType) =>
    embedding(at, weight, paddingIdx, maxNorm, normType),
  embedding_bag: (
    input,
    weight,
    offsets,
    maxNorm,
    normType,
    byFrequency,
    mode,
    _sparse,
    perSample,
    includeLast,
    paddingIdx,
  ) =>
    embeddingBag(
      input,
      weight,
      offsets,
      maxNorm,
      normType,
      byFrequency,
      mode,
      perSample,
      includeLast,
      paddingIdx,
    ),
  one_hot: (t, classes) => {
    check(isInteger(t.dtype), () => 'one_hot is only applicable to index tensor.')
    check(
      t.numel() > 0 || classes > 0,
      () => 'Can not infer total number of classes from empty tensor.',
    )
    if (t.numel() === 0) return t.newZeros([...t.shape, classes])
    const { min, max } = t.aminmax()
    check(min.item() >= 0, () => 'Class values must be non-negative.')
    check(
      classes === -1 || classes > max.item(),
      () => 'Class values must be smaller than num_classes.',
    )
    const count = classes === -1 ? max.item() + 1 : classes
    return t.newZeros([...t.shape, count]).scatter(-1, t.unsqueeze(-1), 1)
  },
  cosine_similarity: (a, b, dim, eps) => {
    const shape = broadcastShapes(a.shape, b.shape)
    const [x, y] = [a.expand(shape), b.expand(shape)]
    const d = wrapDim(dim, shape.length)
    const lengths = x
      .mul(x)
      .sum(d)
      .mul(y.mul(y).sum(d))
      .clampMin(eps * eps)
      .sqrt()
    return x.mul(y).sum(d).div(lengths)
  },
  pairwise_distance: (a, b, p, eps, keepdim) => {
    const d = a.sub(b).add(asFloat(eps))
    return vectorNorm(d, p, [d.ndim - 1], keepdim)
  },
  pdist: (t, p) => {
    check(t.ndim === 2, () => `pdist only supports 2D tensors, got: ${t.ndim}D`)
    check(p >= 0, () => 'pdist only supports non-negative p values')
    const n = t.shape[0]
    const first: number[] = []
    const second: number[] = []
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        first.push(i)
        second.push(j)
      }
    }
    const index = (list: number[]) => {
      const at = t.newZeros([list.length], { dtype: 'int32' })
      if (list.length > 0) at.storage.device.backend.write(at.storage.use(), Int32Array.from(list))
      return at
    }
    if (t.shape[1] === 0 && !Number.isFinite(p)) return t.newZeros([first.length])
    const apart = t.indexSelect(0, index(first)).sub(t.indexSelect(0, index(second)))
    return distance(apart, p, 1)
  },
}

define(linearSchemas, implementations, 'functional')
