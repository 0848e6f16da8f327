import '@sconce/backend-cpu'
import { manualSeed, ones, randn, type Tensor, tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { beforeEach, describe, expect, test } from 'vitest'
import { expectStart, numbers } from './support.ts'

const { utils } = nn

// Expected values: PyTorch 1.13 from `manual_seed(0)`, modules first, then inputs.
beforeEach(() => {
  manualSeed(0)
})

describe('clipping', () => {
  const withGrads = (): Tensor[] => {
    const list = [tensor([3], { requiresGrad: true }), tensor([4, 0], { requiresGrad: true })]
    for (const t of list) t.square().sum().mul(0.5).backward()
    return list
  }

  test('to a norm over all', () => {
    const list = withGrads()
    expect(utils.clipGradNorm_(list, 1).item()).toBe(5)
    expectStart(list[0].grad, [0.6], 5)
    expectStart(list[1].grad, [0.8, 0], 5)
    expect(utils.clipGradNorm_(list, 9, { normType: Number.POSITIVE_INFINITY }).item()).toBeCloseTo(
      0.8,
      5,
    )
    expectStart(list[0].grad, [0.6], 5)
    expect(utils.clipGradNorm_([], 1).item()).toBe(0)
  })

  test('norms that are no numbers', () => {
    const [t] = withGrads()
    t.grad = tensor([Number.POSITIVE_INFINITY])
    expect(() => utils.clipGradNorm_(t, 1, { errorIfNonfinite: true })).toThrow(
      'The total norm of order 2.0 for gradients from `parameters` is non-finite',
    )
  })

  test('to a range', () => {
    const list = withGrads()
    utils.clipGradValue_(list, 3.5)
    expect(list.map(({ grad }) => numbers(grad))).toEqual([[3], [3.5, 0]])
  })
})

test('parameters as a vector and back', () => {
  const net = new nn.Linear(2, 1)
  utils.vectorToParameters(tensor([1, 2, 3]), net.parameters())
  expect(numbers(net.weight)).toEqual([1, 2])
  expect(numbers(utils.parametersToVector(net.parameters()))).toEqual([1, 2, 3])
})

describe('weight norm', () => {
  test('direction and length are learnt', () => {
    const net = utils.weightNorm(new nn.Linear(3, 2), { dim: null })
    const y = net.call(ones([1, 3]))
    y.sum().backward()
    expectStart(y, [-0.18123, -0.03467])
    expectStart(net.getParameter('weight_g').grad, [-0.8728])
    expectStart(net.getParameter('weight_v').grad, [0.99503, 1.35627, 0.45339, 0.51124])
    expect([...net.stateDict().keys()]).toEqual(['bias', 'weight_g', 'weight_v'])
    expect(() => utils.weightNorm(net)).toThrow(
      'Cannot register two weight_norm hooks on the same parameter weight',
    )
  })

  test('and a weight again', () => {
    const net = utils.weightNorm(new nn.Linear(3, 2))
    const y = numbers(net.call(ones([1, 3])))
    utils.removeWeightNorm(net)
    expect([...net.stateDict().keys()]).toEqual(['bias', 'weight'])
    expectStart(net.call(ones([1, 3])), y, 6)
    expect(() => utils.removeWeightNorm(net)).toThrow("weight_norm of 'weight' not found in Linear")
  })
})

describe('spectral norm', () => {
  test('as hooks', () => {
    const net = utils.spectralNorm(new nn.Linear(3, 2))
    const y = net.call(ones([1, 3]))
    y.sum().backward()
    expectStart(y, [-0.46002, -0.84324])
    expectStart(
      net.getParameter('weight_orig').grad,
      [0.15911, 2.74514, 1.40325, -0.66256, 2.77929, 0.99331],
      3,
    )
    utils.removeSpectralNorm(net)
    expect([...net.stateDict().keys()]).toEqual(['bias', 'weight'])
  })

  test('as a parametrization', () => {
    const net = utils.parametrizations.spectralNorm(new nn.Linear(3, 2))
    expectStart(net.call(ones([1, 3])), [-0.26963, -0.29104])
    expect([...net.stateDict().keys()]).toEqual([
      'bias',
      'parametrizations.weight.original',
      'parametrizations.weight.0._u',
      'parametrizations.weight.0._v',
    ])
  })
})

describe('parametrizations', () => {
  class Symmetric extends nn.Module {
    override forward(x: Tensor): Tensor {
      return x.triu().add(x.triu(1).t())
    }
    rightInverse(x: Tensor): Tensor {
      return x.triu()
    }
  }

  test('a weight that is always symmetric', () => {
    const net = new nn.Linear(3, 3)
    utils.parametrize.registerParametrization(net, 'weight', new Symmetric())
    expect(numbers(net.weight)).toEqual(numbers(net.weight.t()))
    net
      .call(ones([1, 3]))
      .sum()
      .backward()
    const original = net.getParameter('parametrizations.weight.original')
    expect(numbers(original.grad)).toEqual([1, 2, 2, 0, 1, 2, 0, 0, 1])
    expect(utils.parametrize.isParametrized(net, 'weight')).toBe(true)
    expect(net).toBeInstanceOf(nn.Linear)
    utils.parametrize.cached(() => expect(net.weight).toBe(net.weight))
    expect(net.weight === net.weight).toBe(false)
    Reflect.set(net, 'weight', ones([3, 3]))
    expect(numbers(net.weight)).toEqual(Array(9).fill(1))
    utils.parametrize.removeParametrizations(net, 'weight')
    expect([...net.stateDict().keys()]).toEqual(['bias', 'weight'])
    expect(numbers(net.weight)).toEqual(Array(9).fill(1))
    expect(net.constructor).toBe(nn.Linear)
  })

  test('of one module for another', () => {
    const { parametrize } = utils
    const from = parametrize.registerParametrization(new nn.Linear(3, 3), 'weight', new Symmetric())
    const to = parametrize.transferParametrizationsAndParams(from, new nn.Linear(3, 3))
    expect(numbers(to.weight)).toEqual(numbers(from.weight))
    const path = 'parametrizations.weight.original'
    expect(to.getParameter(path)).toBe(from.getParameter(path))
    expect(parametrize.typeBeforeParametrizations(to)).toBe(nn.Linear)
  })

  test('shapes may not change', () => {
    class Narrow extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.narrow(0, 0, 1)
      }
    }
    expect(() =>
      utils.parametrize.registerParametrization(new nn.Linear(2, 2), 'weight', new Narrow()),
    ).toThrow('Registering a parametrization may not change the shape of the tensor')
    expect(() =>
      utils.parametrize.registerParametrization(new nn.Linear(2, 2), 'foo', new Narrow()),
    ).toThrow("does not have a parameter, a buffer, or a parametrized element with name 'foo'")
  })
})

test('a batch norm becomes part of the convolution', () => {
  const conv = new nn.Conv2d(3, 4, 3)
  const norm = new nn.BatchNorm2d(4)
  norm.call(conv.call(randn(2, 3, 6, 6)).mul(3))
  expect(() => utils.fuseConvBnEval(conv, norm)).toThrow('Fusion only for eval!')
  const x = randn(2, 3, 5, 5)
  const both = norm.eval().call(conv.eval().call(x))
  expectStart(utils.fuseConvBnEval(conv, norm).call(x), numbers(both), 5)
  const transposed = new nn.ConvTranspose2d(3, 4, 2, { bias: false }).eval()
  const fused = utils.fuseConvBnEval(transposed, norm, { transpose: true })
  expectStart(fused.call(x), numbers(norm.call(transposed.call(x))), 5)
  const linear = new nn.Linear(3, 4).eval()
  const flat = new nn.BatchNorm1d(4)
  flat.call(randn(8, 4))
  const y = flat.eval().call(linear.call(ones([2, 3])))
  expectStart(utils.fuseLinearBnEval(linear, flat).call(ones([2, 3])), numbers(y), 5)
})

describe('pruning', () => {
  const net = () => {
    const linear = new nn.Linear(3, 2)
    linear.loadStateDict({
      weight: tensor([
        [1, -2, 3],
        [-4, 5, -6],
      ]),
      bias: tensor([0, 0]),
    })
    return linear
  }

  test('the smallest elements, then the smallest column of what is left', () => {
    const linear = utils.prune.l1Unstructured(net(), 'weight', 2)
    expect(numbers(linear.weight)).toEqual([0, -0, 3, -4, 5, -6])
    utils.prune.lnStructured(linear, 'weight', 1, 1, { dim: 1 })
    expect(numbers(linear.weight).map(Math.abs)).toEqual([0, 0, 3, 0, 5, 6])
    linear
      .call(ones([1, 3]))
      .sum()
      .backward()
    expect(numbers(linear.getParameter('weight_orig').grad)).toEqual([0, 0, 1, 0, 1, 1])
    expect([...linear.stateDict().keys()]).toEqual(['bias', 'weight_orig', 'weight_mask'])
    utils.prune.remove(linear, 'weight')
    expect([utils.prune.isPruned(linear), [...linear.stateDict().keys()]]).toEqual([
      false,
      ['bias', 'weight'],
    ])
  })

  test('over several parameters', () => {
    const [a, b] = [net(), net()]
    b.loadStateDict({ weight: a.weight.detach().mul(10), bias: tensor([0, 0]) })
    utils.prune.globalUnstructured(
      [
        [a, 'weight'],
        [b, 'weight'],
      ],
      { pruningMethod: utils.prune.L1Unstructured, amount: 0.5 },
    )
    expect(numbers(a.weight).every((x) => x === 0)).toBe(true)
    expect(numbers(b.weight)).toEqual([10, -20, 30, -40, 50, -60])
  })

  test('by a method of one’s own', () => {
    class Negative extends utils.prune.BasePruningMethod {
      override computeMask(t: Tensor, mask: Tensor): Tensor {
        return mask.mul(t.ge(0).to(t.dtype))
      }
    }
    const linear = utils.prune.applyPruning(net(), 'weight', new Negative())
    expect(numbers(linear.weight).map(Math.abs)).toEqual([1, 0, 3, 0, 5, 0])
    const half = new utils.prune.L1Unstructured(0.5)
    expect(numbers(half.prune(tensor([3, -1, 2, 5])))).toEqual([3, -0, 0, 5])
    expect(() =>
      utils.prune.globalUnstructured([[net(), 'weight']], new utils.prune.LnStructured(1, 2, 0)),
    ).toThrow('Only "unstructured" PRUNING_TYPE supported for the `pruning_method`')
  })

  test('amounts that make no sense', () => {
    expect(() => utils.prune.l1Unstructured(net(), 'weight', 1.5)).toThrow(
      'amount=1.5 should either be a float in the range [0, 1] or a non-negative integer',
    )
    expect(() => utils.prune.randomUnstructured(net(), 'weight', 7)).toThrow(
      'amount=7 should be smaller than the number of parameters to prune=6',
    )
    const whole = net()
    expect(() => utils.prune.remove(whole, 'weight')).toThrow('has to be pruned before')
  })
})
