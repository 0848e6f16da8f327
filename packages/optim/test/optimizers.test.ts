import '@sconce/backend-cpu'
import { ones, scope, type Tensor, tensor } from '@sconce/core'
import * as optim from '@sconce/optim'
import { describe, expect, test } from 'vitest'

const start = () => tensor([0.5, 0.25], { requiresGrad: true })

/** ½·Σ a(p − c)² + sin(p₀·p₁). */
function lossOf(p: Tensor): Tensor {
  const [x, y] = p
  return p
    .sub(tensor([1, -1]))
    .square()
    .mul(tensor([1, 2]))
    .sum()
    .mul(0.5)
    .add(x.mul(y).sin())
}

function train(p: Tensor, optimizer: optim.Optimizer, steps: number): void {
  for (let i = 0; i < steps; i++) {
    optimizer.step(() => {
      optimizer.zeroGrad()
      const loss = lossOf(p)
      loss.backward()
      return loss
    })
  }
}

type Make = (p: Tensor) => optim.Optimizer

// What PyTorch 1.13 has after eight steps from the same start.
const ends: [string, Make, readonly [number, number]][] = [
  ['NAdam', (p) => new optim.NAdam([p], { lr: 0.1, weightDecay: 0.1 }), [1.10144508, -0.36234313]],
  ['RAdam', (p) => new optim.RAdam([p], { lr: 0.1 }), [0.76314282, -0.96769524]],
  ['Adamax', (p) => new optim.Adamax([p], { lr: 0.1 }), [1.27904248, -0.50066215]],
  ['AdamW', (p) => new optim.AdamW([p], { lr: 0.1 }), [1.29035783, -0.54100817]],
  ['Adagrad', (p) => new optim.Adagrad([p], { lr: 0.1, lrDecay: 0.1 }), [0.8526029, -0.0968462]],
  ['Adadelta', (p) => new optim.Adadelta([p]), [0.52673554, 0.22331642]],
  [
    'RMSprop',
    (p) => new optim.RMSprop([p], { lr: 0.1, momentum: 0.5, centered: true }),
    [1.30839741, -1.00914406],
  ],
  ['Rprop', (p) => new optim.Rprop([p], { lr: 0.1 }), [1.36857617, -1.04159057]],
  ['ASGD', (p) => new optim.ASGD([p], { lr: 0.1, t0: 2 }), [1.02950799, -1.03957129]],
  ['LBFGS', (p) => new optim.LBFGS([p], { maxIter: 2 }), [1.22248495, -1.1213268]],
  [
    'LBFGS with line search',
    (p) => new optim.LBFGS([p], { maxIter: 2, lineSearchFn: 'strong_wolfe' }),
    [1.22259843, -1.12134874],
  ],
]

describe('eight steps', () => {
  test.each(ends)('%s', (_, make, expected) => {
    const p = start()
    train(p, make(p), 8)
    p.toTypedArray().forEach((x: number | bigint, i: number) => {
      expect(Number(x)).toBeCloseTo(expected[i], 4)
    })
  })
})

describe('resumed from a state dict, training goes on bit by bit', () => {
  test.each(ends)('%s', (_, make) => {
    const p = start()
    const optimizer = make(p)
    train(p, optimizer, 4)
    const q = p.detach().clone().requiresGrad_()
    const other = make(q)
    other.loadStateDict(optimizer.stateDict())
    train(p, optimizer, 4)
    train(q, other, 4)
    expect(q.toArray()).toEqual(p.toArray())
  })
})

test('one with and one without weight decay do not disturb each other', () => {
  const [p, q] = [start(), start()]
  const plain = new optim.Adam([p], { lr: 0.1 })
  const decayed = new optim.Adam([q], { lr: 0.1, weightDecay: 10 })
  for (const [t, optimizer] of [
    [p, plain],
    [q, decayed],
    [p, plain],
  ] as const) {
    train(t, optimizer, 1)
  }
  expect(p.toArray()).toEqual([expect.closeTo(0.7, 3), expect.closeTo(0.05, 3)])
  expect(q.toArray()).toEqual([expect.closeTo(0.4, 3), expect.closeTo(0.15, 3)])
})

test('the state outlives a scope around the step', () => {
  const p = start()
  const optimizer = new optim.Adam([p], { lr: 0.1 })
  for (let i = 0; i < 3; i++) scope(() => train(p, optimizer, 1))
  expect(optimizer.state.get(p)).toMatchObject({ step: 3 })
})

test('what a state dict shares follows the training', () => {
  const p = start()
  const optimizer = new optim.Adam([p], { lr: 0.1 })
  train(p, optimizer, 2)
  const { state } = optimizer.stateDict()
  train(p, optimizer, 3)
  expect(String(state.get(0)?.step)).toBe('tensor(5.)')
})

test('closures, line searches and derivatives that are not there', () => {
  const p = start()
  expect(() => new optim.LBFGS([p]).step()).toThrow('LBFGS needs a closure')
  expect(() => new optim.LBFGS([{ params: [p] }, { params: [ones([1])] }])).toThrow(
    "LBFGS doesn't support per-parameter options (parameter groups)",
  )
  expect(() => new optim.Adam([p], { differentiable: true })).toThrow('not supported')
  expect(() => new optim.Rprop([p], { etas: [0.5, 0.9] })).toThrow('Invalid eta values: 0.5, 0.9')
  expect(() => new optim.Adadelta([p], { rho: 2 })).toThrow('Invalid rho value: 2.0')
})
