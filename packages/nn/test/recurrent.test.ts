import '@sconce/backend-cpu'
import { manualSeed, ones, randn, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { beforeEach, describe, expect, test } from 'vitest'
import { expectStart, numbers } from './support.ts'

const { rnn } = nn.utils

// Expected values: PyTorch 1.13 from `manual_seed(0)`, modules first, then inputs.
beforeEach(() => {
  manualSeed(0)
})

describe('whole sequences', () => {
  test('LSTM: two layers, both directions, projections, dropout between', () => {
    const lstm = new nn.LSTM(3, 4, 2, { bidirectional: true, projSize: 2, dropout: 0.5 })
    const x = randn([3, 2, 3], { requiresGrad: true })
    const [output, [h, c]] = lstm.call(x)
    output.sum().backward()
    expectStart(output, [0.14312, 0.06706, 0.03089, 0.08163])
    expectStart(h, [-0.00604, 0.01882, 0.00496, 0.01981])
    expectStart(c, [-0.41637, -0.22019, -0.15129, -0.02226])
    expectStart(x.grad, [-0.02668, -0.03649, -0.00204, -0.00349])
    expectStart(lstm.getParameter('weight_hr_l1_reverse').grad?.sum(), [-1.9138])
    expect(lstm.allWeights.map((list) => list.length)).toEqual([5, 5, 5, 5])
  })

  test('GRU: batch first', () => {
    const gru = new nn.GRU(3, 2, 2, { batchFirst: true })
    const x = randn([2, 3, 3], { requiresGrad: true })
    const [output, h] = gru.call(x)
    output.square().sum().backward()
    expectStart(output, [-0.16154, -0.13065, -0.28004, -0.24863])
    expectStart(h, [0.76555, -0.67747, -0.34191, -0.55542])
    expectStart(x.grad, [0.07226, 0.01526, -0.01867, 0.04689])
    expectStart(gru.getParameter('bias_hh_l0').grad?.sum(), [-0.63855])
  })

  test('what is packed is not padded', () => {
    const module = new nn.RNN(2, 2, { bidirectional: true })
    const packed = rnn.packSequence([randn([1, 2]), randn([3, 2]), randn([2, 2])], {
      enforceSorted: false,
    })
    expect(packed.batchSizes.toArray().toString()).toBe('3,2,1')
    const [output, h] = module.call(packed)
    const [padded, lengths] = rnn.padPackedSequence(output, { batchFirst: true, paddingValue: 9 })
    expectStart(
      h,
      [
        0.14455, -0.02605, -0.64481, 0.92274, -0.19589, -0.86534, 0.17285, 0.88423, 0.83652,
        0.72367, -0.61899, 0.82487,
      ],
    )
    expectStart(padded, [0.14455, -0.02605, 0.17285, 0.88423, 9, 9, 9, 9, 9, 9, 9, 9])
    expect(numbers(lengths)).toEqual([1, 3, 2])
    expect(rnn.unpackSequence(output).map(({ shape }) => shape)).toEqual([
      [1, 4],
      [3, 4],
      [2, 4],
    ])
  })

  test('a single sequence has no batch dim', () => {
    const [output, h] = new nn.GRU(2, 3).call(ones([4, 2]))
    expect([output.shape, h.shape]).toEqual([
      [4, 3],
      [1, 3],
    ])
  })
})

describe('cells', () => {
  test('LSTMCell', () => {
    const cell = new nn.LSTMCell(2, 3)
    const [h, c] = cell.call(randn([1, 2]), [randn([1, 3]), randn([1, 3])])
    expectStart(h, [0.05246, 0.27967, -0.02902])
    expectStart(c, [0.0806, 1.35616, -0.08449])
  })

  test('GRUCell', () => {
    expectStart(new nn.GRUCell(2, 3).call(randn([2])), [0.07309, 0.14582, 0.16373])
  })

  test('RNNCell', () => {
    const cell = new nn.RNNCell(2, 3, { nonlinearity: 'relu' })
    expectStart(cell.call(randn([1, 2])), [0.51781, 0, 1.3025])
    expect(String(cell)).toBe('RNNCell(2, 3, nonlinearity=relu)')
    expect([...cell.stateDict().keys()]).toEqual(['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'])
  })
})

test('gradients of gradients', () => {
  const lstm = new nn.LSTM(2, 2)
  const x = ones([2, 1, 2], { requiresGrad: true })
  const [output] = lstm.call(x)
  output.sum().backward({ createGraph: true })
  x.grad?.square().sum().backward()
  expect(numbers(lstm.getParameter('weight_hh_l0').grad).some((g) => g !== 0)).toBe(true)
})

test('errors in PyTorch’s words', () => {
  const lstm = new nn.LSTM(3, 4)
  expect(() => lstm.call(ones([2, 2, 5]))).toThrow(
    'input.size(-1) must be equal to input_size. Expected 3, got 5',
  )
  expect(() => lstm.call(ones([2, 2, 3]), [ones([1, 2, 5]), ones([1, 2, 4])])).toThrow(
    'Expected hidden[0] size (1, 2, 4), got [1, 2, 5]',
  )
  expect(() => new nn.GRU(3, 4).call(ones([2, 3]), ones([1, 1, 4]))).toThrow(
    'For unbatched 2-D input, hx should also be 2-D but got 3-D tensor',
  )
  expect(() => new nn.LSTM(3, 4, { projSize: 4 })).toThrow(
    'proj_size has to be smaller than hidden_size',
  )
  expect(() => new nn.RNNCell(2, 3).call(ones([1, 3]))).toThrow(
    'input has inconsistent input_size: got 3 expected 2',
  )
  expect(() => rnn.packPaddedSequence(ones([3, 2, 1]), [2, 3])).toThrow(
    '`lengths` array must be sorted in decreasing order when `enforce_sorted` is True.',
  )
  expect(() => rnn.packPaddedSequence(ones([3, 2, 1]), tensor([3, 0]))).toThrow(
    'Length of all samples has to be greater than 0',
  )
})
