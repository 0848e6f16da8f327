import '@sconce/backend-cpu'
import { manualSeed, type Tensor, zeros } from '@sconce/core'
import { init, Parameter } from '@sconce/nn'
import { describe, expect, test } from 'vitest'

type Row = [fill: (t: Tensor) => Tensor, shape: number[], first: number[]]

// What PyTorch 1.13 draws from `manual_seed(0)`: the first elements.
const rows: Row[] = [
  [(t) => init.uniform_(t, -1, 2), [2, 3], [0.48877, 1.30467, -0.73457, -0.60391]],
  [(t) => init.normal_(t, { mean: 1, std: 2 }), [2, 3], [4.08199, 0.41314, -3.35758, 2.13686]],
  [(t) => init.truncNormal_(t, 0, 1, -1, 0.5), [2, 3], [-0.19406, 0.17121, -0.82109, -0.74214]],
  [(t) => init.xavierUniform_(t, 2), [2, 3], [-0.0164, 1.17529, -1.8032, -1.61236]],
  [(t) => init.xavierNormal_(t), [2, 3, 2], [0.68915, -0.13123, -0.97438, 0.25421]],
  [(t) => init.kaimingUniform_(t, { a: 1 }), [2, 3], [-0.00749, 0.53644, -0.82305, -0.73594]],
  [
    (t) => init.kaimingNormal_(t, { mode: 'fan_out', nonlinearity: 'relu' }),
    [2, 3],
    [1.541, -0.29343, -2.17879, 0.56843],
  ],
  [(t) => init.orthogonal_(t, { gain: 2 }), [2, 3], [1.14796, -0.21859, -1.62308, -0.69083]],
  [(t) => init.orthogonal_(t), [3, 2], [0.53495, -0.16993, -0.75636, 0.34018]],
  [(t) => init.sparse_(t, 0.5), [4, 2], [0.0, -0.00293, 0.0, 0.0]],
  [(t) => init.eye_(t), [2, 3], [1.0, 0.0, 0.0, 0.0]],
  [(t) => init.dirac_(t, 2), [2, 1, 3], [0.0, 1.0, 0.0, 0.0]],
]

describe('from a seed, the numbers of PyTorch', () => {
  test.each(rows)('%s', (fill, shape, first) => {
    manualSeed(0)
    const t = zeros(shape)
    expect(fill(t)).toBe(t)
    first.forEach((value, i) => {
      expect(Number(t.toTypedArray()[i])).toBeCloseTo(value, 4)
    })
  })
})

test('parameters are filled unrecorded', () => {
  const p = new Parameter(zeros([2, 2]))
  init.constant_(p, 3)
  expect([p.isLeaf, p.requiresGrad, p.toArray()]).toEqual([
    true,
    true,
    [
      [3, 3],
      [3, 3],
    ],
  ])
})

test('gains and fans', () => {
  expect(init.calculateGain('tanh')).toBeCloseTo(5 / 3)
  expect(init.calculateGain('leaky_relu', 0.2)).toBeCloseTo(Math.sqrt(2 / 1.04))
  expect(init._calculateFanInAndFanOut(zeros([4, 3, 2, 2]))).toEqual([12, 16])
  expect(() => init.calculateGain('foo')).toThrow('Unsupported nonlinearity foo')
  expect(() => init.xavierUniform_(zeros([3]))).toThrow(
    'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
  )
  expect(() => init.dirac_(zeros([3, 2, 1]), 2)).toThrow('dim 0 must be divisible by groups')
})
