import '@sconce/backend-cpu'
import { arange, manualSeed, randn, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { describe, expect, test } from 'vitest'

type Row = [
  make: () => nn.Layer,
  shape: number[],
  output: number[],
  inputGrad: number[],
  parameterGrads: number[],
]

/**
 * What PyTorch 1.13 gives from `manual_seed(0)`: a module, an input drawn after it, the first elements of the
 * output, the first elements of the input's gradient for the loss Σ i·yᵢ, and the sums of the parameters'
 * gradients.
 */
const rows: Row[] = [
  [
    () => new nn.Linear(3, 2),
    [2, 3],
    [-0.63158, 1.29203, -0.04616, 0.1992],
    [-0.8541, -0.135, -0.1655],
    [-8.231, 10.0],
  ],
  [
    () => new nn.Conv1d(2, 3, 3, { padding: 'same', paddingMode: 'reflect' }),
    [1, 2, 5],
    [-1.60866, 0.62844, -1.03998, -0.31154],
    [-5.5559, -12.4311, -8.7587],
    [114.025, 120.0],
  ],
  [
    () => new nn.Conv2d(4, 2, [2, 1], { stride: 2, groups: 2 }),
    [1, 4, 4, 4],
    [-0.76612, -0.24957, -0.42812, -0.05913],
    [-0.0037, 0.0, -0.0075],
    [-38.309, 36.0],
  ],
  [
    () => new nn.Conv3d(1, 2, 2, 1, 1),
    [1, 1, 2, 2, 2],
    [0.06652, 0.44063, 0.1323, 0.23158],
    [-29.5125, -30.4635, -32.3653],
    [-308.669, 1485.0],
  ],
  [
    () => new nn.ConvTranspose1d(2, 1, 3, { stride: 2, outputPadding: 1 }),
    [1, 2, 3],
    [-0.39694, -0.16196, -0.20703, -0.05095],
    [-0.8104, -1.15, -1.4896],
    [35.708, 36.0],
  ],
  [
    () => new nn.ConvTranspose2d(1, 2, 2, { dilation: 2 }),
    [1, 1, 2, 2],
    [-0.0318, -0.02977, -0.00096, -0.1464],
    [1.9655, 1.8332, 1.4366],
    [-6.123, 528.0],
  ],
  [
    () => new nn.LazyConv2d(2, 2),
    [1, 3, 3, 3],
    [0.4168, 0.02422, -0.59275, -0.28602],
    [-1.1194, -1.4985, -0.0944],
    [-84.313, 36.0],
  ],
  [
    () => new nn.BatchNorm1d(3),
    [4, 3],
    [1.46659, -0.01314, -1.3234, 0.05943],
    [0.3948, -6.3577, -0.078],
    [2.529, 78.0],
  ],
  [
    () => new nn.BatchNorm2d(2, { momentum: null }),
    [2, 2, 2, 2],
    [-1.09706, -1.13747, 0.23631, -0.04293],
    [-4.2436, -2.5679, -6.2226],
    [26.535, 136.0],
  ],
  [
    () => new nn.InstanceNorm1d(2, { affine: true, trackRunningStats: true }),
    [2, 2, 4],
    [-0.95389, -1.01957, 1.21371, 0.75976],
    [-1.5372, 1.0892, -1.5324],
    [-0.327, 136.0],
  ],
  [
    () => new nn.LayerNorm([2, 3]),
    [2, 2, 3],
    [1.61757, 0.14519, -1.36807, 0.83695],
    [-0.7627, -1.0923, -1.4534],
    [-10.252, 78.0],
  ],
  [
    () => new nn.GroupNorm(2, 4),
    [2, 4, 3],
    [-1.13055, -1.16428, -0.01728, -0.25043],
    [-0.9074, 0.4323, -0.6012],
    [11.112, 300.0],
  ],
  [
    () => new nn.LocalResponseNorm(2, { alpha: 1 }),
    [1, 4, 2],
    [0.85677, -0.2843, -0.69812, 0.49436],
    [0.634, 2.1791, -0.5857],
    [],
  ],
  [
    () => new nn.MaxPool1d(2, { stride: 1 }),
    [1, 2, 4],
    [1.541, -0.29343, 0.56843, -1.08452],
    [1.0, 2.0, 0.0],
    [],
  ],
  [
    () => new nn.AvgPool2d(2),
    [1, 1, 4, 4],
    [-0.18437, -0.77892, 0.10411, 0.3819],
    [0.25, 0.25, 0.5],
    [],
  ],
  [
    () => new nn.LPPool1d(2, 2),
    [1, 1, 6],
    [1.56868, 2.25172, 1.76982],
    [0.9823, -0.1871, -1.9352],
    [],
  ],
  [
    () => new nn.AdaptiveAvgPool1d(3),
    [1, 1, 5],
    [0.62378, -0.6346, -0.25805],
    [0.5, 1.1667, 0.6667],
    [],
  ],
  [
    () => new nn.AdaptiveMaxPool2d([2, null]),
    [1, 1, 3, 2],
    [1.541, 0.56843, -1.08452, 0.56843],
    [1.0, 0.0, 0.0],
    [],
  ],
  [
    () => new nn.FractionalMaxPool2d(2, { outputSize: 2 }),
    [1, 1, 5, 5],
    [0.69201, 0.84871, 0.61806, 2.00498],
    [0.0, 0.0, 0.0],
    [],
  ],
  [
    () => new nn.ReflectionPad1d(1),
    [1, 1, 3],
    [-0.29343, 1.541, -0.29343, -2.17879],
    [2.0, 9.0, 4.0],
    [],
  ],
  [
    () => new nn.ConstantPad2d([1, 0, 0, 1], 0.5),
    [1, 1, 1, 2],
    [0.5, 1.541, -0.29343, 0.5],
    [2.0, 3.0],
    [],
  ],
  [
    () => new nn.Upsample({ scaleFactor: 2, mode: 'bilinear', alignCorners: true }),
    [1, 1, 2, 2],
    [1.541, 0.92952, 0.31805, -0.29343],
    [17.3333, 24.0, 44.0],
    [],
  ],
  [
    () => new nn.PixelShuffle(2),
    [1, 4, 1, 2],
    [1.541, -2.17879, -0.29343, 0.56843],
    [1.0, 3.0, 2.0],
    [],
  ],
  [() => new nn.Unfold(2), [1, 1, 3, 3], [1.541, -0.29343, 0.56843, -1.08452], [1.0, 7.0, 6.0], []],
  [
    () => new nn.Softmax(1),
    [2, 3],
    [0.84463, 0.13489, 0.02047, 0.75111],
    [-0.1485, 0.1112, 0.0373],
    [],
  ],
  [() => new nn.Softplus(2, 3), [4], [1.541, 0.22108, 0.00636, 0.70756], [1.0, 0.7147, 0.0379], []],
  [
    () => new nn.GLU(),
    [2, 4],
    [0.15668, -0.18733, -0.65016, -0.97629],
    [0.1017, 1.2768, 0.1407],
    [],
  ],
  [() => new nn.PReLU(2), [2, 2], [1.541, -0.07336, -0.5447, 0.56843], [1.0, 0.5, 0.75], [-7.123]],
  [() => new nn.Dropout(0.5), [6], [3.08199, -0.58686, -0.0, 1.13686], [2.0, 4.0, 0.0], []],
  [
    () => new nn.AlphaDropout(0.3),
    [6],
    [1.78082, 0.20146, -1.42174, 0.94348],
    [0.861, 1.7219, 2.5829],
    [],
  ],
  [() => new nn.RReLU(), [6], [1.541, -0.0476, -0.43172, 0.56843], [1.0, 0.3244, 0.5944], []],
  [
    () => new nn.TransformerEncoderLayer(4, 2, 8, 0.1),
    [2, 1, 4],
    [-1.55344, 1.10731, 0.58438, -0.13825],
    [-1.4559, -1.3521, 0.1047],
    [-2.0, -6.702, -2.294, 2.584, -0.0, -0.412, -0.0, -0.0, 1.511, -0.478, -0.187, 36.0],
  ],
]

const close = (actual: number[], expected: number[], digits: number) => {
  expect(actual.length).toBeGreaterThanOrEqual(expected.length)
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits)
  })
}

const numbers = (values: ArrayLike<number | bigint>): number[] => Array.from(values, Number)

describe('from a seed, output and gradients are those of PyTorch', () => {
  test.each(rows)('%s', (make, shape, output, inputGrad, parameterGrads) => {
    manualSeed(0)
    const module = make()
    const x = randn(shape, { requiresGrad: true })
    const y = module.call(x)
    y.mul(arange(1, y.numel() + 1).view(y.shape))
      .sum()
      .backward()
    close(numbers(y.toTypedArray()), output, 4)
    close(numbers(x.grad?.toTypedArray() ?? []), inputGrad, 3)
    const grads = Array.from(module.parameters(), (p) => p.grad?.sum().item() ?? Number.NaN)
    expect(grads.length).toBe(parameterGrads.length)
    close(grads, parameterGrads, 2)
  })
})

test('CrossMapLRN2d counts the first channel for all behind it, as PyTorch does', () => {
  manualSeed(0)
  const y = new nn.CrossMapLRN2d(3, { alpha: 1 }).call(randn([1, 7, 1, 1]))
  close(numbers(y.toTypedArray()), [0.98334, -0.11712, -0.84958, 0.20587], 4)
})

describe('running statistics', () => {
  test('follow by the momentum, or as an average', () => {
    const x = tensor([[1], [3]])
    const norm = new nn.BatchNorm1d(1)
    norm.call(x)
    expect(norm.runningMean?.item()).toBeCloseTo(0.2, 6)
    expect(norm.runningVar?.item()).toBeCloseTo(1.1, 6)
    expect(norm.numBatchesTracked?.item()).toBe(1)
    const average = new nn.BatchNorm1d(1, { momentum: null })
    average.call(x)
    average.call(tensor([[5], [7]]))
    expect(average.runningMean?.item()).toBeCloseTo(4, 5)
    norm.eval()
    norm.call(x)
    expect(norm.numBatchesTracked?.item()).toBe(1)
  })

  test('a state without the counter is whole', () => {
    const norm = new nn.BatchNorm1d(1)
    const state = new Map([...norm.stateDict()].filter(([key]) => key !== 'num_batches_tracked'))
    expect(norm.loadStateDict(state).missingKeys).toEqual([])
  })

  test('inputs of another rank are refused', () => {
    expect(() => new nn.BatchNorm2d(1).call(tensor([1, 2]))).toThrow(
      'expected 4D input (got 1D input)',
    )
  })
})

test('pools hand out indices, and take them', () => {
  const x = tensor([[[1, 4, 2, 3]]])
  // With `returnIndices` a module gives two tensors.
  const [values, indices] = [...new nn.MaxPool1d(2, { returnIndices: true }).call(x)]
  expect([values.toArray(), indices.toArray().toString()]).toEqual([[[[4, 3]]], '1,3'])
  expect(new nn.MaxUnpool1d(2).call(values, indices).toArray()).toEqual([[[0, 4, 0, 3]]])
})

test('embeddings', () => {
  const table = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  const frozen = nn.Embedding.fromPretrained(table, { paddingIdx: -1 })
  expect([frozen.weight.requiresGrad, frozen.paddingIdx]).toEqual([false, 2])
  expect(frozen.call(tensor([[2, 0]], { dtype: 'int32' })).toArray()).toEqual([
    [
      [5, 6],
      [1, 2],
    ],
  ])
  const bag = new nn.EmbeddingBag(3, 2, { mode: 'sum', weight: table })
  const at = tensor([0, 1, 2], { dtype: 'int32' })
  expect(bag.call(at, tensor([0, 2], { dtype: 'int32' })).toArray()).toEqual([
    [4, 6],
    [5, 6],
  ])
  expect(() => new nn.Embedding(3, 2, { paddingIdx: 3 })).toThrow(
    'Padding_idx must be within num_embeddings',
  )
})

test('lazy modules become what they stand for', () => {
  const lazy = new nn.LazyLinear(2)
  const { weight } = lazy
  expect(String(lazy)).toBe('LazyLinear(in_features=0, out_features=2, bias=True)')
  lazy.call(randn([1, 3]))
  expect(String(lazy)).toBe('Linear(in_features=3, out_features=2, bias=True)')
  expect(lazy.weight).toBe(weight)
  expect(weight.shape).toEqual([2, 3])
  const copy = new nn.LazyLinear(2).clone()
  expect(copy.call(randn([1, 5])).shape).toEqual([1, 2])
  expect(copy.weight.shape).toEqual([2, 5])
  const loaded = new nn.LazyBatchNorm1d()
  loaded.loadStateDict(new nn.BatchNorm1d(4).stateDict())
  expect(loaded.call(randn([2, 4])).shape).toEqual([2, 4])
  expect(() => new nn.LazyConv2d(1, 1).call(randn([2]))).toThrow(
    'Expected 3D (unbatched) or 4D (batched) input to LazyConv2d, but got input of size: [2]',
  )
})

test('arguments that make no sense are refused in PyTorch’s words', () => {
  expect(() => new nn.Conv2d(3, 4, 1, { groups: 2 })).toThrow(
    'in_channels must be divisible by groups',
  )
  expect(() => new nn.Conv1d(1, 1, 1, { padding: 'same', stride: 2 })).toThrow(
    "padding='same' is not supported for strided convolutions",
  )
  expect(() => new nn.ConvTranspose1d(1, 1, 1, { paddingMode: 'reflect' })).toThrow(
    'Only "zeros" padding mode is supported for ConvTranspose1d',
  )
  expect(() => new nn.Dropout(2).call(tensor([1]))).toThrow(
    'dropout probability has to be between 0 and 1, but got 2.0',
  )
  expect(() => new nn.GroupNorm(2, 3)).toThrow('num_channels must be divisible by num_groups')
  expect(() => new nn.ConvTranspose1d(1, 1, 2, 2).call(tensor([[[1]]]), [9])).toThrow(
    'requested an output size of [9], but valid sizes range from [2] to [3]',
  )
})
