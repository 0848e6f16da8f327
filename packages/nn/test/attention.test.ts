import '@sconce/backend-cpu'
import { manualSeed, ones, randn, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { beforeEach, describe, expect, test } from 'vitest'
import { expectStart, numbers } from './support.ts'

// Expected values: PyTorch 1.13 from `manual_seed(0)`, modules first, then inputs.
beforeEach(() => {
  manualSeed(0)
})

describe('MultiheadAttention', () => {
  test('masks, further keys, and averaged weights', () => {
    const attention = new nn.MultiheadAttention(4, 2, { addBiasKv: true, addZeroAttn: true })
    const q = randn([2, 2, 4], { requiresGrad: true })
    const k = randn([3, 2, 4])
    const [output, weights] = attention.call(q, k, k, {
      attnMask: tensor([
        [false, true, false],
        [false, false, true],
      ]),
      keyPaddingMask: tensor([
        [false, false, true],
        [false, false, false],
      ]),
    })
    output.sum().backward()
    expectStart(output, [0.08782, 0.04564, 0.04411, 0.16156])
    expectStart(weights, [0.24662, 0, 0, 0.40623, 0.34715, 0.39134, 0.19772, 0, 0.21209, 0.19884])
    expectStart(q.grad, [-0.06188, 0.01663, -0.06533, 0.07395])
  })

  test('other widths of keys and values, batch first, weights of each head', () => {
    const attention = new nn.MultiheadAttention(4, 2, { kdim: 3, vdim: 2, batchFirst: true })
    const [output, weights] = attention.call(randn([1, 2, 4]), randn([1, 3, 3]), randn([1, 3, 2]), {
      averageAttnWeights: false,
    })
    expectStart(output, [0.33383, -0.34297, 0.09316, -0.08784])
    expect(weights?.shape).toEqual([1, 2, 2, 3])
    expectStart(weights, [0.06738, 0.05201, 0.8806, 0.4494])
  })

  test('without weights, without a batch', () => {
    const attention = new nn.MultiheadAttention(4, 2)
    const x = randn([3, 4])
    const [output, weights] = attention.call(x, x, x, { needWeights: false })
    expect([output.shape, weights]).toEqual([[3, 4], null])
  })

  test('errors in PyTorch’s words', () => {
    expect(() => new nn.MultiheadAttention(5, 2)).toThrow(
      'embed_dim must be divisible by num_heads',
    )
    const attention = new nn.MultiheadAttention(4, 2)
    const x = ones([2, 1, 4])
    expect(() => attention.call(x, x, x, { attnMask: ones([3, 3]) })).toThrow(
      'The shape of the 2D attn_mask is torch.Size([3, 3]), but should be (2, 2).',
    )
    expect(() => attention.call(x, ones([2, 4]), x)).toThrow(
      'For batched (3-D) `query`, expected `key` and `value` to be 3-D but found 2-D and 3-D tensors respectively',
    )
  })
})

describe('transformers', () => {
  test('encoder and decoder, with dropout and a mask', () => {
    const transformer = new nn.Transformer(4, 2, 1, 1, 8, 0.1)
    const output = transformer.call(randn([3, 2, 4]), randn([2, 2, 4]), {
      tgtMask: nn.Transformer.generateSquareSubsequentMask(2),
    })
    expectStart(output, [-1.07835, -0.67326, 0.22396, 1.52764, 0.3005, 0.04853, -1.56131, 1.21228])
  })

  test('norms first, another activation, several layers', () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, {
      dimFeedforward: 8,
      dropout: 0,
      activation: 'gelu',
      normFirst: true,
    })
    const encoder = new nn.TransformerEncoder(layer, 2, new nn.LayerNorm(4))
    expectStart(
      encoder.call(randn([3, 1, 4])),
      [-1.18011, 1.29975, 0.61499, -0.73463, 1.0372, 0.80584, -1.45833, -0.38471],
    )
    expect([...encoder.parameters()].length).toBe(2 * 12 + 2)
  })

  test('the activation may be a module, which belongs to the layer', () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { activation: new nn.PReLU() })
    expect([...layer.stateDict().keys()]).toContain('activation.weight')
    expect(() => new nn.TransformerEncoderLayer(4, 2, 8, 0.1, 'sine')).toThrow(
      'activation should be relu/gelu, not sine',
    )
  })
})

test('AdaptiveLogSoftmaxWithLoss', () => {
  const softmax = new nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], { divValue: 2 })
  const x = randn([3, 4], { requiresGrad: true })
  const { output, loss } = softmax.call(x, tensor([0, 5, 3]))
  loss.backward()
  expectStart(output, [-0.90401, -1.83958, -1.97641])
  expectStart(loss, [1.57333])
  expectStart(x.grad, [-0.03415, -0.04434, 0.05885, 0.09039])
  expect(numbers(softmax.predict(x))).toEqual([0, 0, 0])
  const all = softmax.logProb(x)
  expect(numbers(all.exp().sum(1)).every((p) => Math.abs(p - 1) < 1e-5)).toBe(true)
  expect(() => softmax.call(x, tensor([0, 6, 1]))).toThrow(
    'Target values should be in [0, 5], but values in range [0, 6] were found. ',
  )
  expect(() => new nn.AdaptiveLogSoftmaxWithLoss(4, 6, [4, 2])).toThrow(
    'cutoffs should be a sequence of unique, positive integers sorted in an increasing order',
  )
})
