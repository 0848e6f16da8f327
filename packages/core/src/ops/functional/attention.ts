import { isFloat, kernels } from '@sconce/backend'
import { check } from '../../errors.ts'
import { runKernel } from '../../kernel-call.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

const operands = 'Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None' as const

/** Attention; `torch.nn.functional`. */
export const attentionSchemas = {
  scaledDotProductAttention: `scaled_dot_product_attention(${operands}, float dropout_p=0, bool is_causal=False, *, float? scale=None) -> Tensor`,
} as const satisfies Schemas

/** The fused kernel, on floats of one batch shape; autograd has its row. */
export const fusedAttentionSchemas = {
  fusedAttention:
    '_fused_attention(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal, float scale) -> Tensor',
} as const satisfies Schemas

/** `softmax(scale · q kᵀ + mask)`; a boolean mask says what takes part. */
export function attentionWeights(
  q: Tensor,
  k: Tensor,
  mask: Tensor | undefined,
  causal: boolean,
  scale: number,
): Tensor {
  // Each side gets the root, as in PyTorch: half precision overflows later.
  const root = Math.sqrt(scale)
  let scores = q.mul(root).matmul(k.mul(root).transpose(-2, -1))
  if (causal) {
    const allowed = scores.newOnes(scores.shape.slice(-2), { dtype: 'bool' }).tril()
    scores = scores.maskedFill(allowed.logicalNot(), Number.NEGATIVE_INFINITY)
  }
  if (mask?.dtype === 'bool') {
    scores = scores.maskedFill(mask.logicalNot(), Number.NEGATIVE_INFINITY)
  } else if (mask) scores = scores.add(mask)
  return scores.softmax(-1)
}

/** Whether the fused kernel takes the operands: floats of one dtype, nothing empty, no fewer dims than 2. */
function fuses(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | undefined): boolean {
  const tensors = [q, k, v]
  return (
    isFloat(q.dtype) &&
    tensors.every((t) => t.dtype === q.dtype && t.ndim >= 2 && t.numel() > 0) &&
    q.shape[q.ndim - 1] === k.shape[k.ndim - 1] &&
    k.shape[k.ndim - 2] === v.shape[v.ndim - 2] &&
    (!mask || mask.dtype === 'bool' || mask.dtype === q.dtype)
  )
}

/** The operands on one batch shape, the mask as numbers that are added. */
function fused(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | undefined,
  causal: boolean,
  scale: number,
): Tensor {
  const batch = [q, k, v, ...(mask ? [mask] : [])]
    .map((t) => t.shape.slice(0, -2))
    .reduce<readonly number[]>(broadcastShapes, [])
  const onBatch = (t: Tensor) => t.expand([...batch, ...t.shape.slice(-2)])
  const added =
    mask?.dtype === 'bool'
      ? mask
          .newZeros(mask.shape, { dtype: q.dtype })
          .maskedFill(mask.logicalNot(), Number.NEGATIVE_INFINITY)
      : mask
  const scores = [...batch, q.shape[q.ndim - 2], k.shape[k.ndim - 2]]
  const args = [onBatch(q), onBatch(k), onBatch(v), added?.expand(scores), causal, scale]
  return callOperation('_fused_attention', args) as Tensor
}

const implementations: FamilyImplementations<typeof attentionSchemas> = {
  scaled_dot_product_attention: (q, k, v, mask, p, causal, given) => {
    check(
      !(mask && causal),
      () =>
        '_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True',
    )
    const scale = given ?? 1 / Math.sqrt(q.shape[q.ndim - 1])
    if (p === 0 && fuses(q, k, v, mask)) return fused(q, k, v, mask, causal, scale)
    const weights = attentionWeights(q, k, mask, causal, scale)
    const kept = p > 0 ? (callOperation('dropout', [weights, p, true]) as Tensor) : weights
    return kept.matmul(v)
  },
}

const kernel: FamilyImplementations<typeof fusedAttentionSchemas> = {
  _fused_attention: (q, k, v, mask, causal, scale) => {
    const { device } = q.storage
    const result = makeTensor(device, q.dtype, [...q.shape.slice(0, -1), v.shape[v.ndim - 1]])
    const inputs = mask ? [q, k, v, mask] : [q, k, v]
    runKernel(
      device,
      kernels.attention(q.dtype, causal, mask !== undefined),
      inputs,
      [result],
      [scale],
    )
    return result
  },
}

define(attentionSchemas, implementations, 'functional')
define(fusedAttentionSchemas, kernel, 'internal')
