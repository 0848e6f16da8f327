import '@sconce/backend-cpu'
import { noGrad } from '@sconce/autograd'
import { eye, manualSeed, type Tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { beforeEach, expect, test } from 'vitest'
import { expectStart, numbers } from './support.ts'

const { orthogonal } = nn.utils.parametrizations

beforeEach(() => {
  manualSeed(0)
})

const expectOrthogonal = (q: Tensor) => {
  const tall = q.size(0) < q.size(1) ? q.t() : q
  expectStart(tall.t().mm(tall), numbers(eye(tall.size(1))), 5)
}

// Expected values: PyTorch 1.13 from `manual_seed(0)`.
test.each([
  [[3, 3], [[-0.01017, 0.5581, -0.82971, -0.99959, -0.028, -0.00659]]],
  [[3, 5], [[-0.00606, 0.50233, -0.71336, -0.59599, 0.00829, 0.37682]]],
] as const)('the weight of a layer of %o', ([inputs, outputs], [expected]) => {
  const net = orthogonal(new nn.Linear(inputs, outputs))
  expectStart(net.weight, expected)
  expect([...net.stateDict().keys()]).toEqual([
    'bias',
    'parametrizations.weight.original',
    'parametrizations.weight.0.base',
  ])
})

test.each(['matrix_exp', 'cayley', 'householder'])(
  '%s stays orthogonal along a training',
  (map) => {
    const net = orthogonal(new nn.Linear(5, 3), { orthogonalMap: map })
    for (let step = 0; step < 3; step++) {
      const original = net.getParameter('parametrizations.weight.original')
      net.zeroGrad()
      net.weight.sin().sum().backward()
      const before = numbers(net.weight)
      noGrad(() => original.sub_(original.grad?.mul(0.5) ?? 0))
      expect(numbers(net.weight)).not.toEqual(before)
      expectOrthogonal(net.weight)
    }
    Reflect.set(net, 'weight', eye(3, 5))
    expectStart(net.weight, numbers(eye(3, 5)), 5)
  },
)

test('without a base there is no way back from a rotation', () => {
  const net = orthogonal(new nn.Linear(3, 3), { useTrivialization: false })
  expectOrthogonal(net.weight)
  expect(() => Reflect.set(net, 'weight', eye(3))).toThrow('It is not possible to assign')
})

test('what can not be orthogonal', () => {
  expect(() => orthogonal(new nn.Linear(3, 3), 'bias')).toThrow(
    'Expected a matrix or batch of matrices. Got a tensor of 1 dimensions.',
  )
  expect(() => orthogonal(new nn.Linear(3, 3), 'weight', 'x')).toThrow(
    'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: x',
  )
})
