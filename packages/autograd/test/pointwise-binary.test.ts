import '@sconce/backend-cpu'
import { grad, gradcheck, gradgradcheck } from '@sconce/autograd'
import { sum, type Tensor, tensor, where } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

const double = (data: Parameters<typeof tensor>[0]) =>
  tensor(data, { dtype: 'float64', requiresGrad: true })

/** Gradients of the sum of a function's result. */
const gradients = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]) => grad(sum(f(...xs)), xs)

describe('binary and ternary ops against finite differences, with broadcasts', () => {
  const cases: [string, (...xs: Tensor[]) => Tensor][] = [
    ['add with alpha', (a, b) => a.add(b, { alpha: 3 })],
    ['sub with alpha', (a, b) => a.sub(b, { alpha: 3 })],
    ['rsub', (a, b) => a.rsub(b, { alpha: 2 })],
    ['mul', (a, b) => a.mul(b)],
    ['div', (a, b) => a.div(b)],
    ['pow', (a, b) => a.pow(b)],
    ['atan2', (a, b) => a.atan2(b)],
    ['remainder', (a, b) => a.remainder(b)],
    ['fmod', (a, b) => a.fmod(b)],
    ['maximum', (a, b) => a.maximum(b)],
    ['minimum', (a, b) => a.minimum(b)],
    ['fmax', (a, b) => a.fmax(b)],
    ['fmin', (a, b) => a.fmin(b)],
    ['hypot', (a, b) => a.hypot(b)],
    ['copysign', (a, b) => a.copysign(b)],
    ['logaddexp', (a, b) => a.logaddexp(b)],
    ['logaddexp2', (a, b) => a.logaddexp2(b)],
    ['xlogy', (a, b) => a.xlogy(b)],
    ['lerp', (a, b) => a.lerp(b, 0.3)],
    ['lerp by a tensor', (a, b, c) => a.lerp(b, c)],
    ['addcmul', (a, b, c) => a.addcmul(b, c, { value: 0.5 })],
    ['addcdiv', (a, b, c) => a.addcdiv(b, c, { value: 0.5 })],
    ['clamp by tensors', (a, b, c) => a.clamp(c, b)],
    ['where', (a, b) => where(a.gt(1), a, b)],
    ['maskedFill', (a) => a.maskedFill(a.gt(1), 3)],
    ['scalar base', (a) => a.add(tensor(2, { dtype: 'float64' }).pow(a))],
  ]
  const a = () =>
    double([
      [0.3, 1.7, 0.9],
      [2.3, 0.45, 1.1],
    ])
  const b = () => double([0.8, 1.2, 2.6])
  const c = () => double([[0.25], [0.6]])

  test.each(cases)('%s', (_, f) => {
    const inputs = [a(), b(), c()].slice(0, Math.max(f.length, 1))
    expect(gradcheck(f, inputs)).toBe(true)
    expect(gradgradcheck(f, inputs)).toBe(true)
  })
})

describe("PyTorch's conventions at kinks", () => {
  const kink = tensor([-1, 0, 0.5, 1, 2], { requiresGrad: true })

  test.each<[string, (x: Tensor) => Tensor, number[]]>([
    ['abs', (x) => x.abs(), [-1, 0, 1, 1, 1]],
    ['relu', (x) => x.relu(), [0, 0, 1, 1, 1]],
    ['clamp', (x) => x.clamp({ min: 0, max: 1 }), [0, 1, 1, 1, 0]],
    ['clampMin', (x) => x.clampMin(0), [0, 1, 1, 1, 1]],
    ['sign', (x) => x.sign(), [0, 0, 0, 0, 0]],
    ['maximum', (x) => x.maximum(x.zerosLike()), [0, 0.5, 1, 1, 1]],
    ['minimum', (x) => x.minimum(x.onesLike()), [1, 1, 1, 0.5, 0]],
    ['pow 0', (x) => x.pow(0), [0, 0, 0, 0, 0]],
    ['pow 1', (x) => x.pow(1), [1, 1, 1, 1, 1]],
    ['pow 2', (x) => x.pow(2), [-2, 0, 1, 2, 4]],
  ])('%s', (_, f, expected) => {
    expectValues(gradients(f, kink)[0], expected)
  })

  test('pow with exponents that are tensors', () => {
    const base = tensor([0, 0, 2, -2], { requiresGrad: true })
    const exponent = tensor([0, 2, 3, 2], { requiresGrad: true })
    const [gb, ge] = gradients((x, p) => x.pow(p), base, exponent)
    expectValues(gb, [0, 0, 12, -4])
    expectValues(ge, [0, 0, 8 * Math.log(2), Number.NaN])
  })

  test('of equal maxima each side gets half', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true })
    const y = tensor([1, 1, 5], { requiresGrad: true })
    const [gx, gy] = gradients((p, q) => p.maximum(q), x, y)
    expectValues(gx, [0.5, 1, 0])
    expectValues(gy, [0.5, 0, 1])
  })

  test('where lets NaN through from the side that is not chosen, as PyTorch', () => {
    const x = tensor([-1, 0, 4], { requiresGrad: true })
    const [g] = gradients((t) => where(t.gt(0), t.sqrt(), t.zerosLike()), x)
    expectValues(g, [Number.NaN, Number.NaN, 0.25])
  })
})

describe('dtypes', () => {
  test('gradients have the dtype of their tensor', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const y = tensor([3, 4], { dtype: 'float64', requiresGrad: true })
    const h = tensor([0.5, 2], { dtype: 'float16', requiresGrad: true })
    const [gx, gy, gh] = gradients((a, b, c) => a.mul(b).mul(c), x, y, h)
    expect([gx.dtype, gy.dtype, gh.dtype]).toEqual(['float32', 'float64', 'float16'])
    expectValues(gx, [1.5, 8])
    expectValues(gy, [0.5, 4])
    expectValues(gh, [3, 8])
  })

  test('a 0-d tensor of a wider dtype', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const s = tensor(3, { dtype: 'float64', requiresGrad: true })
    const [gx, gs] = gradients((a, b) => a.div(b), x, s)
    expect([gx.dtype, gs.dtype, gs.shape]).toEqual(['float32', 'float64', []])
    expectValues(gs, -3 / 9)
  })

  test('integers take part without a gradient', () => {
    const x = tensor([1.5, 2.5], { requiresGrad: true })
    const n = tensor([2, 3], { dtype: 'int32' })
    expectValues(gradients((a) => a.mul(n).pow(n), x)[0], [2 * 2 * 2 * 1.5, 3 * 3 * 7.5 ** 2], 3)
  })
})
