import {
  attentionWeights,
  callOperation,
  type fusedAttentionSchemas,
  type Tensor,
} from '@sconce/core'
import { defineDerivatives } from './row.ts'

defineDerivatives<typeof fusedAttentionSchemas>({
  // The weights are made again: the fused forward pass never has them all.
  _fused_attention: {
    node: 'ScaledDotProductAttentionBackward0',
    save: ['query', 'key', 'value', 'mask'],
    together: (g, { query, key, value, mask, causal, scale }, _, needs) => {
      const weights = attentionWeights(query, key, mask, causal, scale)
      const ofWeights = g.matmul(value.transpose(-2, -1))
      const scores = callOperation('_softmax_backward_data', [ofWeights, weights, -1]) as Tensor
      return {
        query: needs.query ? scores.matmul(key).mul(scale) : null,
        key: needs.key ? scores.transpose(-2, -1).matmul(query).mul(scale) : null,
        value: needs.value ? weights.transpose(-2, -1).matmul(g) : null,
        mask: needs.mask ? scores : null,
      }
    },
  },
})
