import '@sconce/backend-cpu'
import { gradcheck, gradgradcheck } from '@sconce/autograd'
import { cat, stack, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

/** Distinct, unround numbers. */
const input = (...shape: number[]) => {
  const count = shape.reduce((a, b) => a * b, 1)
  const data = Array.from({ length: count }, (_, i) => Math.sin(3 * i + shape.length) + 0.1 * i)
  return tensor(data, { dtype: 'float64' }).view(shape).requiresGrad_()
}

type Case = [string, (...xs: Tensor[]) => Tensor | Tensor[], number[][]]

const check = (_: string, f: Case[1], shapes: number[][]): void => {
  const inputs = shapes.map((shape) => input(...shape))
  // Squared, so that the gradient depends on the values.
  const squared = (...xs: Tensor[]) => [f(...xs)].flat().map((t) => t.mul(t))
  expect(gradcheck(squared, inputs)).toBe(true)
  expect(gradgradcheck(squared, inputs)).toBe(true)
}

describe('views', () => {
  test.each<Case>([
    ['view', (x) => x.view(6), [[2, 3]]],
    ['reshape of a transpose', (x) => x.t().reshape(-1), [[2, 3]]],
    ['flatten', (x) => x.flatten(1), [[2, 3, 2]]],
    ['transpose', (x) => x.transpose(0, -1), [[2, 3, 2]]],
    ['swapaxes', (x) => x.swapaxes(0, 1), [[2, 3]]],
    ['t', (x) => x.t(), [[2, 3]]],
    ['permute', (x) => x.permute(2, 0, -2), [[2, 3, 4]]],
    ['movedim', (x) => x.movedim([0, 1], [2, 0]), [[2, 3, 2]]],
    ['expand', (x) => x.expand(2, 3, 4), [[3, 1]]],
    ['squeeze', (x) => x.squeeze(), [[1, 3, 1]]],
    ['squeeze of a dim', (x) => x.squeeze(-1), [[1, 3, 1]]],
    ['unsqueeze', (x) => x.unsqueeze(-1), [[2, 3]]],
    ['narrow', (x) => x.narrow(1, 1, 2), [[2, 3]]],
    ['slice with a step', (x) => x.slice(1, 1, 5, 2), [[2, 5]]],
    ['select', (x) => x.select(-1, 1), [[2, 3]]],
    ['diagonal', (x) => x.diagonal(1), [[3, 4]]],
    ['unfold', (x) => x.unfold(1, 3, 1), [[2, 5]]],
    ['asStrided, overlapping', (x) => x.asStrided([3, 3], [1, 2], 1), [[3, 4]]],
    ['asStrided of an expanded tensor', (x) => x.expand(3, 2).asStrided([2], [1]), [[1, 2]]],
    ['split', (x) => x.split(2, 1), [[2, 5]]],
    ['one part of a split', (x) => x.split([1, 3, 1], 1)[1], [[2, 5]]],
    ['chunk', (x) => x.chunk(2), [[3, 2]]],
    ['tensorSplit', (x) => x.tensorSplit(3), [[5, 2]]],
    ['tensorSplit at', (x) => x.tensorSplit([1, 3]), [[5, 2]]],
    ['unbind', (x) => x.unbind(1), [[2, 3]]],
    ['one of unbind', (x) => x.unbind(1)[2], [[2, 3]]],
    ['alias', (x) => x.at('...'), [[2, 2]]],
  ])('%s', check)
})

describe('products', () => {
  test.each<Case>([
    [
      'mm',
      (a, b) => a.mm(b),
      [
        [2, 3],
        [3, 2],
      ],
    ],
    [
      'bmm',
      (a, b) => a.bmm(b),
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
    ],
    ['mv', (a, b) => a.mv(b), [[2, 3], [3]]],
    ['dot', (a, b) => a.dot(b), [[3], [3]]],
    ['outer', (a, b) => a.outer(b), [[2], [3]]],
    [
      'matmul with broadcast batches',
      (a, b) => a.matmul(b),
      [
        [2, 1, 2, 3],
        [2, 3, 2],
      ],
    ],
    ['matmul by a vector', (a, b) => a.matmul(b), [[2, 2, 3], [3]]],
    ['addmm', (s, a, b) => s.addmm(a, b, { beta: 0.5, alpha: 2 }), [[2], [2, 3], [3, 2]]],
    ['addmv', (s, a, b) => s.addmv(a, b, { beta: 0.5, alpha: 2 }), [[2], [2, 3], [3]]],
    ['addr', (s, a, b) => s.addr(a, b, { beta: 0.5, alpha: 2 }), [[2, 3], [2], [3]]],
    [
      'baddbmm',
      (s, a, b) => s.baddbmm(a, b, { beta: 0.5, alpha: 2 }),
      [
        [2, 2, 2],
        [2, 2, 3],
        [2, 3, 2],
      ],
    ],
    [
      'addbmm',
      (s, a, b) => s.addbmm(a, b, { beta: 0.5, alpha: 2 }),
      [
        [2, 2],
        [2, 2, 3],
        [2, 3, 2],
      ],
    ],
  ])('%s', check)
})

describe('joins, reductions and copies', () => {
  test.each<Case>([
    [
      'cat',
      (a, b) => cat([a, b, a], -1),
      [
        [2, 3],
        [2, 1],
      ],
    ],
    [
      'stack',
      (a, b) => stack([a, b], 1),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ['sum', (x) => x.sum(), [[2, 3]]],
    ['sum over dims', (x) => x.sum([0, -1]), [[2, 3, 2]]],
    ['mean', (x) => x.mean(), [[2, 3]]],
    ['mean over a dim', (x) => x.mean(1, true), [[2, 3]]],
    ['clone', (x) => x.t().clone(), [[2, 3]]],
    ['contiguous', (x) => x.t().contiguous(), [[2, 3]]],
    ['copy_ with a broadcast', (x) => x.newZeros([2, 3]).copy_(x), [[3]]],
  ])('%s', check)

  test('a cast', () => {
    const x = tensor([1.5, 2.5], { requiresGrad: true })
    const y = x.double().mul(2).float()
    y.sum().backward()
    expectValues(x.grad, [2, 2])
    expect(x.grad?.dtype).toBe('float32')
  })
})
