import '@sconce/backend-cpu'
import {
  checkpoint,
  checkpointSequential,
  Function,
  type FunctionContext,
  GradcheckError,
  grad,
  gradcheck,
  gradgradcheck,
  hessian,
  hvp,
  jacobian,
  jvp,
  vhp,
  vjp,
} from '@sconce/autograd'
import { manualSeed, ones, rand, stack, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

const double = (data: Parameters<typeof tensor>[0]) =>
  tensor(data, { dtype: 'float64', requiresGrad: true })

describe('functional', () => {
  const f = (t: Tensor) =>
    stack([t.select(0, 0).mul(t.select(0, 1)), t.select(0, 1).sin(), t.sum().pow(2)])
  const x = tensor([0.5, -1, 2])

  test('jacobian, vjp and jvp', () => {
    const J = jacobian(f, x)
    const rows = [
      [-1, 0.5, 0],
      [0, Math.cos(1), 0],
      [3, 3, 3],
    ]
    expectValues(J, rows)
    expect(J.requiresGrad).toBe(false)
    const [out, pulled] = vjp(f, x, ones([3])) as [Tensor, Tensor]
    expectValues(out, [-0.5, Math.sin(-1), 2.25])
    expectValues(pulled, [2, 3.5 + Math.cos(1), 3])
    expectValues(jvp(f, x, ones([3]))[1] as Tensor, [-0.5, Math.cos(1), 9])
  })

  test('hessian, vhp and hvp', () => {
    const g = (t: Tensor) => t.pow(3).sum().mul(t.select(0, 0))
    const H = hessian(g, x)
    // d²/dxᵢdxⱼ of x₀·Σxₖ³
    const [a, b, c] = [0.5, -1, 2]
    const expected = [
      [12 * a * a, 3 * b * b, 3 * c * c],
      [3 * b * b, 6 * b * a, 0],
      [3 * c * c, 0, 6 * c * a],
    ]
    expectValues(H, expected)
    const v = [1, 2, 3]
    const product = expected.map((row) => row.reduce((s, h, i) => s + h * v[i], 0))
    expectValues(hvp(g, x, tensor(v))[1] as Tensor, product, 4)
    expectValues(vhp(g, x, tensor(v))[1] as Tensor, product, 4)
    expectValues(vhp(g, x, tensor(v))[0], a * (a ** 3 + b ** 3 + c ** 3))
  })

  test('several inputs and outputs, unused ones as zeros', () => {
    const y = tensor([3, 4, 5])
    const h = (s: Tensor, t: Tensor) => [s.mul(t).sum(), s.sum()]
    const J = jacobian(h, [x, y]) as readonly (readonly Tensor[])[]
    expectValues(J[0][0], [3, 4, 5])
    expectValues(J[0][1], [0.5, -1, 2])
    expectValues(J[1][1], [0, 0, 0])
  })

  test('results can be differentiated further', () => {
    const t = double([1, 2])
    const J = jacobian((s) => s.pow(3), t, { createGraph: true })
    expectValues(grad(J.sum(), t)[0], [6, 12])
  })
})

describe('gradcheck', () => {
  test('passes what is right and names what is wrong', () => {
    const a = double([0.3, -0.8, 1.2])
    const b = double([[0.5], [2]])
    const f = (s: Tensor, t: Tensor) =>
      s
        .mul(t)
        .tanh()
        .div(t.add(s.pow(2)))
    expect(gradcheck(f, [a, b])).toBe(true)
    expect(gradgradcheck(f, [a, b])).toBe(true)

    class Wrong extends Function {
      static override forward(_ctx: FunctionContext, t: Tensor): Tensor {
        return t.mul(2)
      }
      static override backward(_ctx: FunctionContext, g: Tensor) {
        return g.mul(3)
      }
    }
    const wrong = (t: Tensor) => Wrong.apply(t)
    expect(() => gradcheck(wrong, a)).toThrow(GradcheckError)
    expect(() => gradcheck(wrong, a)).toThrow(
      'Jacobian mismatch for output 0 with respect to input 0',
    )
    expect(gradcheck(wrong, a, { raiseException: false })).toBe(false)
    expect(() => gradcheck(wrong, ones([1]))).toThrow(
      'gradcheck expects at least one input tensor to require gradient',
    )
  })
})

describe('checkpoint', () => {
  const layer = (w: Tensor) => (x: Tensor) => x.matmul(w).tanh()

  test('gives the same gradients by running again', () => {
    const w = double([
      [0.1, 0.2],
      [-0.3, 0.4],
    ])
    const x = double([
      [1, 2],
      [3, 4],
    ])
    let runs = 0
    const f = (t: Tensor) => {
      runs++
      return layer(w)(layer(w)(t))
    }
    const expected = grad(f(x).sum(), [w, x])
    const found = grad(checkpoint(f, x).sum(), [w, x])
    expect(runs).toBe(3)
    found.forEach((g, i) => {
      expect(g.toArray()).toEqual(expected[i].toArray())
    })
    const layers = [layer(w), layer(w), layer(w)]
    const [a, b] = [
      grad(checkpointSequential(layers, 3, x).sum(), w)[0],
      grad(layers.reduce((t, l) => l(t), x).sum(), w)[0],
    ]
    expect(a.toArray()).toEqual(b.toArray())
  })

  test('draws the same random numbers again', () => {
    manualSeed(1)
    const x = double([1, 2, 3])
    const y = checkpoint((t) => t.mul(rand([3], { dtype: 'float64' })).exp(), x)
    const scale = (y.log().div(x).toArray() as number[]).slice()
    y.sum().backward()
    const values = y.toArray() as number[]
    expectValues(
      x.grad,
      scale.map((s, i) => s * values[i]),
    )
  })
})
