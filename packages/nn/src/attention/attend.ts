/** `torch.nn.functional.multi_head_attention_forward`. */
import {
  AssertionError,
  cat,
  functional as F,
  pythonTuple,
  RuntimeError,
  sameShape,
  type Tensor,
  torchSize,
} from '@sconce/core'

/** Projections of an attention. */
export interface Projections {
  /** Of queries, keys and values together, where all have the width of the embedding. */
  inProjWeight?: Tensor
  /** Of each, where not. */
  qProjWeight?: Tensor
  kProjWeight?: Tensor
  vProjWeight?: Tensor
  inProjBias?: Tensor
  /** A further key and value. */
  biasK?: Tensor
  biasV?: Tensor
  outProjWeight: Tensor
  outProjBias?: Tensor
}

/** What is attended to, and how. */
export interface AttentionOptions {
  /** Of shape [N, S]: true, or minus infinity, where a key is padding. */
  keyPaddingMask?: Tensor | null
  /** [L, S] or [N·heads, L, S]: true, or minus infinity, where a query must not look. */
  attnMask?: Tensor | null
  /** Whether the weights are returned. Default: true. */
  needWeights?: boolean
  /** Whether the weights are averaged over the heads. Default: true. */
  averageAttnWeights?: boolean
}

/** Options of the function. */
export interface AttendOptions extends AttentionOptions {
  /** Adds a key and a value of zeros. */
  addZeroAttn?: boolean
  dropoutP?: number
  training?: boolean
}

const assert = (condition: boolean, message: () => string): void => {
  if (!condition) throw new AssertionError(message())
}

/** Checks the ranks; whether there is a batch. */
function checkRanks(q: Tensor, k: Tensor, v: Tensor, options: AttendOptions): boolean {
  const rank = q.ndim
  assert(
    rank === 2 || rank === 3,
    () => `query should be unbatched 2D or batched 3D tensor but received ${rank}-D query tensor`,
  )
  const kind = rank === 3 ? 'batched (3-D)' : 'unbatched (2-D)'
  assert(
    k.ndim === rank && v.ndim === rank,
    () =>
      `For ${kind} \`query\`, expected \`key\` and \`value\` to be ${rank}-D but found ${k.ndim}-D and ${v.ndim}-D tensors respectively`,
  )
  const { keyPaddingMask: padding, attnMask: mask } = options
  assert(
    !padding || padding.ndim === rank - 1,
    () =>
      `For ${kind} \`query\`, expected \`key_padding_mask\` to be \`None\` or ${rank - 1}-D but found ${padding?.ndim}-D tensor instead`,
  )
  assert(
    !mask || mask.ndim === 2 || mask.ndim === 3,
    () =>
      `For ${kind} \`query\`, expected \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${mask?.ndim}-D tensor instead`,
  )
  for (const [name, t] of [
    ['key_padding_mask', padding],
    ['attn_mask', mask],
  ] as const) {
    assert(
      !t || t.dtype === 'bool' || t.isFloatingPoint(),
      () => `only bool and floating types of ${name} are supported`,
    )
  }
  return rank === 3
}

/** Queries, keys and values. */
function project(q: Tensor, k: Tensor, v: Tensor, p: Projections): [Tensor, Tensor, Tensor] {
  const { inProjWeight, inProjBias, qProjWeight, kProjWeight, vProjWeight } = p
  if (inProjWeight) {
    // One product where all are the same.
    if (q === k && k === v) {
      const [a, b, c] = F.linear(q, inProjWeight, inProjBias).chunk(3, -1)
      return [a, b, c]
    }
    const weights = inProjWeight.chunk(3)
    const biases = inProjBias?.chunk(3)
    const one = (x: Tensor, i: number) => F.linear(x, weights[i], biases?.[i])
    return [one(q, 0), one(k, 1), one(v, 2)]
  }
  if (!qProjWeight || !kProjWeight || !vProjWeight)
    throw new AssertionError('use_separate_proj_weight is True but q_proj_weight is None')
  const biases = inProjBias?.chunk(3)
  return [
    F.linear(q, qProjWeight, biases?.[0]),
    F.linear(k, kProjWeight, biases?.[1]),
    F.linear(v, vProjWeight, biases?.[2]),
  ]
}

/** The mask for [N·heads, L, S]: checked, with a dim for the batch. */
function checkMask(mask: Tensor, heads: number, sizes: readonly [number, number, number]): Tensor {
  const [batch, length, source] = sizes
  const expected = mask.ndim === 2 ? [length, source] : [batch * heads, length, source]
  if (!sameShape(mask.shape, expected)) {
    throw new RuntimeError(
      `The shape of the ${mask.ndim}D attn_mask is ${torchSize(mask.shape)}, but should be ${pythonTuple(expected.map(String))}.`,
    )
  }
  return mask.ndim === 2 ? mask.unsqueeze(0) : mask
}

const asFloats = (mask: Tensor, like: Tensor): Tensor =>
  mask.dtype === 'bool'
    ? like.newZeros(mask.shape).maskedFill(mask, Number.NEGATIVE_INFINITY)
    : mask

/** Both masks as one that is added to the scores of [N·heads, L, S]. */
function joinMasks(
  mask: Tensor | undefined,
  padding: Tensor | undefined,
  heads: number,
  like: Tensor,
): Tensor | undefined {
  if (!padding) return mask && asFloats(mask, like)
  const [batch, source] = padding.shape
  const spread = padding
    .view([batch, 1, 1, source])
    .expand(-1, heads, -1, -1)
    .reshape([batch * heads, 1, source])
  if (!mask) return asFloats(spread, like)
  if (mask.dtype === 'bool' && spread.dtype === 'bool')
    return asFloats(mask.logicalOr(spread), like)
  return asFloats(mask, like).add(asFloats(spread, like))
}

/** Attention whose weights are kept, [N·heads, L, S]. */
function weighted(q: Tensor, k: Tensor, v: Tensor, added: Tensor | undefined, dropoutP: number) {
  const scaled = q.div(Math.sqrt(q.shape[2]))
  const keys = k.transpose(-2, -1)
  const scores = added
    ? added.expand(q.shape[0], q.shape[1], k.shape[1]).baddbmm(scaled, keys)
    : scaled.bmm(keys)
  const weights = F.dropout(scores.softmax(-1), dropoutP, true)
  return { attended: weights.bmm(v), weights }
}

/**
 * Attention with several heads; Vaswani et al. (2017). Queries are [L, N, E] or [L, E], keys and values
 * [S, N, …] or [S, …].
 *
 * @returns the output, and the weights, [N, L, S], or null where they are not needed
 * @throws AssertionError and RuntimeError in PyTorch's words for shapes that don't fit.
 */
export function multiHeadAttentionForward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embedDim: number,
  heads: number,
  projections: Projections,
  options: AttendOptions = {},
): [output: Tensor, weights: Tensor | null] {
  const batched = checkRanks(query, key, value, options)
  const { needWeights = true, averageAttnWeights = true, training = true, dropoutP = 0 } = options
  if (!batched) {
    const same = query === key && key === value
    const q = query.unsqueeze(1)
    const [output, weights] = multiHeadAttentionForward(
      q,
      same ? q : key.unsqueeze(1),
      same ? q : value.unsqueeze(1),
      embedDim,
      heads,
      projections,
      { ...options, keyPaddingMask: options.keyPaddingMask?.unsqueeze(0) },
    )
    return [output.squeeze(1), weights?.squeeze(0) ?? null]
  }
  const [length, batch, width] = query.shape
  assert(
    width === embedDim,
    () => `was expecting embedding dimension of ${embedDim}, but got ${width}`,
  )
  const headDim = Math.floor(width / heads)
  assert(headDim * heads === width, () => `embed_dim ${width} not divisible by num_heads ${heads}`)
  assert(
    projections.inProjWeight
      ? sameShape(key.shape, value.shape)
      : sameShape(key.shape.slice(0, 2), value.shape.slice(0, 2)),
    () => `key shape ${torchSize(key.shape)} does not match value shape ${torchSize(value.shape)}`,
  )
  let [q, k, v] = project(query, key, value, projections)
  let mask = options.attnMask
    ? checkMask(options.attnMask, heads, [batch, length, key.shape[0]])
    : undefined
  let padding = options.keyPaddingMask ?? undefined
  // What is added is never masked.
  const widen = () => {
    mask = mask && F.pad(mask, [0, 1])
    padding = padding && F.pad(padding, [0, 1])
  }
  if (projections.biasK && projections.biasV) {
    k = cat([k, projections.biasK.repeat(1, batch, 1)])
    v = cat([v, projections.biasV.repeat(1, batch, 1)])
    widen()
  }
  const byHead = (t: Tensor) =>
    t
      .contiguous()
      .view([t.shape[0], batch * heads, headDim])
      .transpose(0, 1)
  q = byHead(q)
  k = byHead(k)
  v = byHead(v)
  if (options.addZeroAttn) {
    const zero = k.newZeros([batch * heads, 1, headDim])
    k = cat([k, zero], 1)
    v = cat([v, zero], 1)
    widen()
  }
  const source = k.shape[1]
  assert(
    !padding || sameShape(padding.shape, [batch, source]),
    () =>
      `expecting key_padding_mask shape of ${pythonTuple([String(batch), String(source)])}, but got ${torchSize(padding?.shape ?? [])}`,
  )
  const added = joinMasks(mask, padding, heads, q)
  const dropped = training ? dropoutP : 0
  const { attended, weights } =
    needWeights || dropped > 0
      ? weighted(q, k, v, added, dropped)
      : { attended: F.scaledDotProductAttention(q, k, v, { attnMask: added }), weights: null }
  const joined = attended
    .transpose(0, 1)
    .contiguous()
    .view([length * batch, width])
  const output = F.linear(joined, projections.outProjWeight, projections.outProjBias)
  const laidOut = output.view([length, batch, output.shape[1]])
  if (!needWeights || !weights) return [laidOut, null]
  const perHead = weights.view([batch, heads, length, source])
  return [laidOut, averageAttnWeights ? perHead.sum(1).div(heads) : perHead]
}
