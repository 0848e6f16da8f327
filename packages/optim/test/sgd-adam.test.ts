import '@sconce/backend-cpu'
import { grad } from '@sconce/autograd'
import { ones, type Tensor, tensor } from '@sconce/core'
import * as optim from '@sconce/optim'
import { describe, expect, test } from 'vitest'

/** Minimises ½·Σ a(p − c)². */
function train(p: Tensor, optimizer: optim.Optimizer, steps: number): void {
  const a = tensor([1, 2])
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad()
    p.sub(tensor([1, -1]))
      .square()
      .mul(a)
      .sum()
      .mul(0.5)
      .backward()
    optimizer.step()
  }
}

const start = () => tensor([0.5, 0.25], { requiresGrad: true })
const values = (t: Tensor) => [...t.toTypedArray()].map(Number)

function expectClose(t: Tensor, expected: readonly number[]): void {
  values(t).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], 5)
  })
}

// What PyTorch 1.13 has after three steps from the same start.
const trajectories: [string, (p: Tensor) => optim.Optimizer, readonly [number, number]][] = [
  ['SGD', (p) => new optim.SGD([p], { lr: 0.1 }), [0.6355, -0.36]],
  ['momentum', (p) => new optim.SGD([p], 0.1, { momentum: 0.9 }), [0.757, -0.9225]],
  ['Adam', (p) => new optim.Adam([p], 0.1), [0.7951287, -0.04884455]],
]

describe('three steps', () => {
  test.each(trajectories)('%s', (_, make, expected) => {
    const p = start()
    train(p, make(p), 3)
    expectClose(p, expected)
  })
})

test('a step is counted as a change in place', () => {
  const p = start()
  const square = p.square().sum()
  const optimizer = new optim.SGD([p], { lr: 0.1 })
  square.backward({ retainGraph: true })
  optimizer.step()
  expect(() => grad(square, p)).toThrow(
    'one of the variables needed for gradient computation has been modified by an inplace operation',
  )
})

test('a closure computes the loss', () => {
  const p = start()
  const optimizer = new optim.Adam([p], { lr: 0.1 })
  const loss = optimizer.step(() => {
    optimizer.zeroGrad()
    const value = p.square().sum()
    value.backward()
    return value
  })
  expect(loss.item()).toBeCloseTo(0.3125)
  expectClose(p, [0.4, 0.15])
})

describe('state dicts', () => {
  test('have PyTorch’s layout', () => {
    const p = start()
    const optimizer = new optim.Adam([p], { lr: 0.1 })
    train(p, optimizer, 2)
    const { state, param_groups: groups } = optimizer.stateDict()
    expect(Object.keys(state.get(0) ?? {})).toEqual(['step', 'exp_avg', 'exp_avg_sq'])
    expect(String(state.get(0)?.step)).toBe('tensor(2.)')
    expect(groups[0]).toMatchObject({ lr: 0.1, betas: [0.9, 0.999], weight_decay: 0, params: [0] })
  })

  test('continue bit by bit', () => {
    const p = start()
    const optimizer = new optim.Adam([p], { lr: 0.1, amsgrad: true })
    train(p, optimizer, 3)
    const q = p.detach().clone().requiresGrad_()
    const other = new optim.Adam([q], { lr: 9 })
    other.loadStateDict(optimizer.stateDict())
    expect(other.paramGroups[0].lr).toBe(0.1)
    train(p, optimizer, 3)
    train(q, other, 3)
    expect(values(q)).toEqual(values(p))
  })

  test('of another shape are refused', () => {
    const saved = new optim.SGD([start(), start()], { lr: 0.1 }).stateDict()
    expect(() => new optim.SGD([start()], { lr: 0.1 }).loadStateDict(saved)).toThrow(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    )
  })
})

test('errors in PyTorch’s words', () => {
  const p = start()
  expect(() => new optim.Adam([p], { lr: -1 })).toThrow('Invalid learning rate: -1.0')
  expect(() => new optim.Adam([p], { betas: [0.9, 1] })).toThrow(
    'Invalid beta parameter at index 1: 1.0',
  )
  expect(() => new optim.SGD([p], { lr: 0.1, nesterov: true })).toThrow(
    'Nesterov momentum requires a momentum and zero dampening',
  )
  expect(() => new optim.SGD([p])).toThrow(
    "parameter group didn't specify a value of required optimization parameter lr",
  )
  expect(() => new optim.SGD([], { lr: 1 })).toThrow('optimizer got an empty parameter list')
  expect(() => new optim.SGD([{ params: [p] }, { params: [p] }], { lr: 1 })).toThrow(
    'some parameters appear in more than one parameter group',
  )
  expect(() => new optim.SGD([p.mul(2)], { lr: 1 })).toThrow("can't optimize a non-leaf Tensor")
})

test('groups have options of their own', () => {
  const [p, q] = [start(), start()]
  const optimizer = new optim.SGD([{ params: [p] }, { params: q, lr: 0 }], { lr: 1 })
  p.sum().add(q.sum()).backward()
  optimizer.step()
  expect(values(p)).toEqual([-0.5, -0.75])
  expect(values(q)).toEqual([0.5, 0.25])
  expect(String(optimizer)).toContain('Parameter Group 1\n    dampening: 0\n')
  optimizer.zeroGrad({ setToNone: true })
  expect(p.grad).toBeNull()
  optimizer.addParamGroup({ params: ones([1], { requiresGrad: true }), lr: 3 })
  expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([1, 0, 3])
})
