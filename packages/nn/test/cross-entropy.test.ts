import '@sconce/backend-cpu'
import { gradcheck, gradgradcheck } from '@sconce/autograd'
import { manualSeed, rand, randn, type Tensor, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { expect, test } from 'vitest'

const double = { dtype: 'float64' } as const
const labels = (values: number[] | number[][] | number) => tensor(values, { dtype: 'int32' })

const inputs: [shape: number[], target: Tensor][] = [
  [[4, 5], labels([1, -100, 4, 2])],
  [
    [2, 5, 3],
    labels([
      [1, 0, 4],
      [2, -100, 3],
    ]),
  ],
  [[5], labels(3)],
]

test.each(['none', 'sum', 'mean'])('%s: derivatives of the first and second order', (reduction) => {
  manualSeed(0)
  const weights = [undefined, rand([5], double)]
  for (const [shape, target] of inputs) {
    for (const weight of weights) {
      const x = randn(shape, { ...double, requiresGrad: true })
      const loss = (x: Tensor) =>
        nn.functional.crossEntropy(x.sin(), target, weight, { reduction, labelSmoothing: 0.1 })
      expect(gradcheck(loss, [x])).toBe(true)
      expect(gradgradcheck(loss, [x])).toBe(true)
    }
  }
})

test('labels that are no class', () => {
  const loss = new nn.CrossEntropyLoss({ ignoreIndex: 7 })
  expect(() => loss.call(randn(2, 5), labels([0, 5]))).toThrow('Target 5 is out of bounds.')
  expect(() => loss.call(randn(2, 5), labels([-1, 7]))).toThrow('Target -1 is out of bounds.')
  expect(
    loss
      .call(
        tensor([
          [0, 0],
          [1, 9],
        ]),
        labels([0, 7]),
      )
      .item(),
  ).toBeCloseTo(Math.log(2), 6)
})
