import '@sconce/backend-cpu'
import { noGrad } from '@sconce/autograd'
import { full, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { swaUtils } from '@sconce/optim'
import { expect, test } from 'vitest'

const setTo = (model: nn.Linear, value: number) => noGrad(() => model.weight.fill_(value))

test('the plain average of the weights', () => {
  const model = new nn.Linear(1, 1, { bias: false })
  const averaged = new swaUtils.AveragedModel(model)
  for (const value of [1, 2, 6]) {
    setTo(model, value)
    averaged.updateParameters(model)
  }
  expect(averaged.module.weight.item()).toBe(3)
  expect(model.weight.item()).toBe(6)
  const other = new swaUtils.AveragedModel(model)
  other.loadStateDict(averaged.stateDict())
  expect([other.module.weight.item(), other.nAveraged]).toEqual([3, 3])
})

test('an exponential moving average', () => {
  const model = new nn.Linear(1, 1, { bias: false })
  const averaged = new swaUtils.AveragedModel(model, { avgFn: swaUtils.getEmaAvgFn(0.75) })
  for (const value of [1, 5, 2]) {
    setTo(model, value)
    averaged.updateParameters(model)
  }
  expect(averaged.module.weight.item()).toBe(2)
})

test('statistics of batch norms are computed anew', () => {
  const norm = new nn.BatchNorm1d(1)
  const model = new nn.Sequential(norm)
  model.call(full([4, 1], 100))
  model.eval()
  const averaged = new swaUtils.AveragedModel(model)
  swaUtils.updateBn([tensor([[1], [3]])], averaged)
  expect(averaged.module.getBuffer('0.running_mean').item()).toBe(2)
  expect(
    averaged
      .train()
      .call(tensor([[1], [3]]))
      .toArray(),
  ).not.toEqual([[1], [3]])
  expect([averaged.training, [...averaged.parameters()].length]).toEqual([true, 2])
  swaUtils.updateBn([tensor([[1], [3]]), [tensor([[3], [5]]), 'label']], model)
  expect(norm.runningMean?.item()).toBe(3)
  expect(norm.runningVar?.item()).toBe(2)
  expect([norm.momentum, model.training]).toEqual([0.1, false])
})
