import '@sconce/backend-cpu'
import { ones } from '@sconce/core'
import * as optim from '@sconce/optim'
import { describe, expect, test } from 'vitest'

const S = optim.lrScheduler

const optimizers = (lr = 0.1) =>
  new optim.SGD([ones([1], { requiresGrad: true })], { lr, momentum: 0.9 })

interface Steps {
  step(): void
}

/** Rates at the beginning and after each of the steps. */
function rates(make: (o: optim.SGD) => Steps, steps: number): number[] {
  const optimizer = optimizers()
  const scheduler = make(optimizer)
  const seen = [optimizer.paramGroups[0].lr]
  for (let i = 0; i < steps; i++) {
    optimizer.step()
    scheduler.step()
    seen.push(optimizer.paramGroups[0].lr)
  }
  return seen
}

// As PyTorch 1.13 sets them.
const expected: [string, (o: optim.SGD) => Steps & optim.lrScheduler.Scheduler, number[]][] = [
  ['StepLR', (o) => new S.StepLR(o, 2, { gamma: 0.5 }), [0.1, 0.1, 0.05, 0.05, 0.025]],
  ['MultiStepLR', (o) => new S.MultiStepLR(o, [1, 3], 0.1), [0.1, 0.01, 0.01, 0.001]],
  ['ExponentialLR', (o) => new S.ExponentialLR(o, 0.5), [0.1, 0.05, 0.025]],
  ['LambdaLR', (o) => new S.LambdaLR(o, (e) => 1 / (1 + e)), [0.1, 0.05, 0.1 / 3]],
  ['ConstantLR', (o) => new S.ConstantLR(o, 0.5, 2), [0.05, 0.05, 0.1]],
  ['LinearLR', (o) => new S.LinearLR(o, { startFactor: 0.5, totalIters: 2 }), [0.05, 0.075, 0.1]],
  [
    'PolynomialLR',
    (o) => new S.PolynomialLR(o, 4, { power: 2 }),
    [0.1, 0.05625, 0.025, 0.00625, 0, 0],
  ],
  [
    'OneCycleLR',
    (o) => new S.OneCycleLR(o, 1, { totalSteps: 7 }),
    [
      0.04, 0.9805566273, 0.9190443763, 0.6726838365, 0.3577387757, 0.0992967919, 0.000004,
      0.0992967919,
    ],
  ],
  [
    'CyclicLR',
    (o) => new S.CyclicLR(o, 0.01, 0.1, { stepSizeUp: 2, mode: 'triangular2' }),
    [0.01, 0.055, 0.1, 0.055, 0.01, 0.0325, 0.055, 0.0325],
  ],
  [
    'CosineAnnealingWarmRestarts',
    (o) => new S.CosineAnnealingWarmRestarts(o, 2),
    [0.1, 0.05, 0.1, 0.05, 0.1],
  ],
  [
    'SequentialLR',
    (o) => new S.SequentialLR(o, [new S.ConstantLR(o, 0.1), new S.CosineAnnealingLR(o, 4)], [3]),
    [0.01, 0.01, 0.01, 0.1, 0.0853553391, 0.05, 0.0146446609, 0],
  ],
  [
    'ChainedScheduler',
    (o) => new S.ChainedScheduler([new S.ConstantLR(o, 0.5, 2), new S.ExponentialLR(o, 0.5)]),
    [0.05, 0.025, 0.025],
  ],
  [
    'SWALR',
    (o) => new optim.swaUtils.SWALR(o, 0.5, { annealEpochs: 3 }),
    [0.1, 0.2, 0.4, 0.5, 0.5],
  ],
]

describe('rates', () => {
  test.each(expected)('%s', (_, make, values) => {
    rates(make, values.length - 1).forEach((lr, i) => {
      expect(lr).toBeCloseTo(values[i], 9)
    })
  })
})

describe('resumed from a state, a scheduler goes on alike', () => {
  test.each(expected)('%s', (_, make) => {
    const [a, b] = [optimizers(), optimizers()]
    const [first, second] = [make(a), make(b)]
    for (let i = 0; i < 3; i++) {
      a.step()
      first.step()
    }
    b.step()
    b.loadStateDict(a.stateDict())
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())))
    for (let i = 0; i < 3; i++) {
      first.step()
      second.step()
      expect(b.paramGroups[0].lr).toBe(a.paramGroups[0].lr)
    }
    expect(second.getLastLr()).toEqual(first.getLastLr())
  })
})

test('the momentum cycles against the rate', () => {
  const optimizer = optimizers()
  const scheduler = new S.CyclicLR(optimizer, 0.1, 1, { stepSizeUp: 2 })
  const seen = [optimizer.paramGroups[0].momentum]
  for (let i = 0; i < 2; i++) {
    optimizer.step()
    scheduler.step()
    seen.push(optimizer.paramGroups[0].momentum)
  }
  expect(seen).toEqual([0.9, expect.closeTo(0.85, 9), expect.closeTo(0.8, 9)])
  const adam = new optim.Adam([ones([1], { requiresGrad: true })])
  new S.OneCycleLR(adam, { maxLr: 1, totalSteps: 10 })
  expect(adam.paramGroups[0].betas).toEqual([0.95, 0.999])
  expect(() => new S.CyclicLR(adam, 0.1, 1)).toThrow('optimizer must support momentum')
})

test('ReduceLROnPlateau', () => {
  const optimizer = optimizers(1)
  const scheduler = new S.ReduceLROnPlateau(optimizer, 'min', { patience: 1, minLr: 0.05 })
  const seen = [3, 2, 2, 2, 2, 2, 2, 2].map((metric) => {
    scheduler.step(metric)
    return optimizer.paramGroups[0].lr
  })
  expect(seen).toEqual([1, 1, 1, 0.1, 0.1, 0.05, 0.05, 0.05])
  expect(() => new S.ReduceLROnPlateau(optimizer, { factor: 1 })).toThrow('Factor should be < 1.0.')
})

test('errors in PyTorch’s words', () => {
  const optimizer = optimizers()
  const other = optimizers()
  expect(() => new S.LambdaLR(optimizer, [() => 1, () => 2])).toThrow(
    'Expected 1 lr_lambdas, but got 2',
  )
  expect(() => new S.StepLR(optimizer)).toThrow('missing 1 required positional argument')
  expect(() => new S.ConstantLR(optimizer, 2)).toThrow(
    'Constant multiplicative factor expected to be between 0 and 1.',
  )
  new S.ExponentialLR(optimizer, 0.9)
  expect(new S.ExponentialLR(optimizer, 0.9, { lastEpoch: 3 }).lastEpoch).toBe(4)
  expect(() => new S.ExponentialLR(other, 0.9, { lastEpoch: 3 })).toThrow(
    "param 'initial_lr' is not specified in param_groups[0] when resuming an optimizer",
  )
  expect(() => new S.SequentialLR(optimizer, [new S.StepLR(optimizer, 1)], [1])).toThrow(
    'number of milestones to be equal to 1',
  )
})

describe('states as PyTorch has them', () => {
  test('names', () => {
    const optimizer = optimizers()
    expect(new S.CosineAnnealingWarmRestarts(optimizer, 4).stateDict()).toMatchObject({ T_0: 4 })
    expect(new S.LambdaLR(optimizer, () => 1).stateDict()).toMatchObject({ lr_lambdas: [null] })
    const both = [new S.LambdaLR(optimizer, () => 1), new S.LambdaLR(optimizer, () => 2)]
    const state = new S.SequentialLR(optimizer, both, [3]).stateDict()
    expect(state).toMatchObject({ _milestones: [3], _schedulers: [{}, {}] })
  })

  test('the phases of a cycle go on in another scheduler', () => {
    const first = new S.OneCycleLR(optimizers(), 1, { totalSteps: 10 })
    for (let i = 0; i < 4; i++) first.step()
    const state = JSON.parse(JSON.stringify(first.stateDict()))
    expect(state._schedule_phases[0]).toEqual({
      end_step: 2,
      start_lr: 'initial_lr',
      end_lr: 'max_lr',
      start_momentum: 'max_momentum',
      end_momentum: 'base_momentum',
    })
    const second = new S.OneCycleLR(optimizers(), 1, { totalSteps: 99 })
    second.loadStateDict(state)
    first.step()
    second.step()
    expect(second.getLastLr()).toEqual(first.getLastLr())
  })

  test('milestones that are counted', () => {
    const scheduler = new S.MultiStepLR(optimizers(), [1])
    scheduler.loadStateDict({
      ...scheduler.stateDict(),
      milestones: new Map([
        [2, 2],
        [5, 1],
      ]),
    })
    expect(scheduler.milestones).toEqual([2, 2, 5])
  })
})
