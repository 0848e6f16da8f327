import '@sconce/backend-cpu'
import { ones, type Tensor, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { describe, expect, test } from 'vitest'
import { numbers } from './support.ts'

const x = tensor([1, 2, 4])
const target = tensor([1, 1, 1])

describe('reductions', () => {
  test.each([
    ['mean', [10 / 3]],
    ['sum', [10]],
    ['none', [0, 1, 9]],
  ])('%s', (reduction, expected) => {
    numbers(new nn.MSELoss({ reduction }).call(x, target)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5)
    })
  })

  test('by the older flags', () => {
    expect(new nn.MSELoss({ sizeAverage: false }).call(x, target).item()).toBe(10)
    expect(numbers(new nn.MSELoss({ reduce: false }).call(x, target))).toEqual([0, 1, 9])
  })

  test('an unknown one is refused', () => {
    expect(() => new nn.L1Loss({ reduction: 'most' }).call(x, target)).toThrow(
      'most is not a valid value for reduction',
    )
  })
})

test('a weight is a buffer', () => {
  const loss = new nn.NLLLoss({ weight: tensor([1, 2]) })
  expect([...loss.stateDict().keys()]).toEqual(['weight'])
  const logs = tensor([
    [-1, -3],
    [-5, -2],
  ])
  // (1·1 + 2·2) / (1 + 2)
  expect(loss.call(logs, tensor([0, 1], { dtype: 'int32' })).item()).toBeCloseTo(5 / 3, 5)
})

test('triplets under any distance', () => {
  const taxi = (a: Tensor, b: Tensor) => a.sub(b).abs().sum(-1)
  const loss = new nn.TripletMarginWithDistanceLoss({ distanceFunction: taxi, margin: 2 })
  const [anchor, near, far] = [tensor([[0, 0]]), tensor([[1, 1]]), tensor([[2, 1]])]
  expect(loss.call(anchor, near, far).item()).toBe(1)
  // With the swap, the negative is nearer to the positive: 1.
  const swapped = new nn.TripletMarginWithDistanceLoss({
    distanceFunction: taxi,
    margin: 2,
    swap: true,
  })
  expect(swapped.call(anchor, near, far).item()).toBe(3)
  const byModule = new nn.TripletMarginWithDistanceLoss({
    distanceFunction: new nn.PairwiseDistance(1, 0),
  })
  expect(byModule.call(anchor, near, far).item()).toBeCloseTo(0, 5)
})

test('gradients reach the module in front', () => {
  const net = new nn.Linear(2, 2)
  const loss = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 })
  loss.call(net.call(ones([3, 2])), tensor([0, 1, 0], { dtype: 'int32' })).backward()
  expect(numbers(net.bias?.grad).reduce((a, b) => a + b)).toBeCloseTo(0, 5)
})
