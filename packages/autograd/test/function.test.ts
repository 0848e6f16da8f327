import '@sconce/backend-cpu'
import {
  applyFunction,
  type Context,
  Function,
  type FunctionContext,
  grad,
  onceDifferentiable,
} from '@sconce/autograd'
import { ones, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

const leaf = (data: Parameters<typeof tensor>[0]) => tensor(data, { requiresGrad: true })

class Exp extends Function {
  static override forward(ctx: Context<{ k: number }>, x: Tensor, k: number): Tensor {
    const result = x.mul(k).exp()
    ctx.saveForBackward(result)
    ctx.k = k
    return result
  }
  static override backward(ctx: Context<{ k: number }>, g: Tensor) {
    const [result] = ctx.savedTensors
    return [g.mul(result).mul(ctx.k), null]
  }
}

describe('Function', () => {
  test('has its own backward, also a second one', () => {
    const x = leaf([0.5, 1])
    const y = Exp.apply(x, 0.5)
    expect(y.gradFn?.name).toBe('ExpBackward')
    const [g] = grad(y.sum(), x, { createGraph: true })
    expectValues(
      g,
      [0.5, 1].map((v) => 0.5 * Math.exp(v / 2)),
    )
    g.sum().backward()
    expectValues(
      x.grad,
      [0.5, 1].map((v) => 0.25 * Math.exp(v / 2)),
    )
  })

  test('several results; zeros stand for gradients that are missing', () => {
    const log: unknown[] = []
    class Two extends Function {
      static override forward(ctx: FunctionContext, a: Tensor, b: Tensor): [Tensor, Tensor] {
        ctx.saveForBackward(a, b)
        return [a.mul(b), a.add(b)]
      }
      static override backward(ctx: FunctionContext, g1: Tensor, g2: Tensor) {
        const [a, b] = ctx.savedTensors
        log.push([...ctx.needsInputGrad, g2.sum().item()])
        return [g1.mul(b).add(g2), g1.mul(a).add(g2)]
      }
    }
    const a = leaf([1, 2])
    const b = tensor([3, 4])
    const [p] = Two.apply(a, b)
    p.sum().backward()
    expectValues(a.grad, [3, 4])
    expect(log).toEqual([[true, false, 0]])
  })

  test('as a plain object, with undefined gradients', () => {
    const x = leaf([1, 2])
    const [, q] = applyFunction(
      {
        name: 'Pair',
        forward(ctx: FunctionContext, a: Tensor): [Tensor, Tensor] {
          ctx.setMaterializeGrads(false)
          return [a.mul(1), a.mul(2)]
        },
        backward(_ctx: FunctionContext, g: Tensor | null, h: Tensor | null) {
          expect(g).toBeNull()
          return h
        },
      },
      [x],
    )
    q.sum().backward()
    expectValues(x.grad, [1, 1])
  })

  test('results without gradient', () => {
    class Both extends Function {
      static override forward(ctx: FunctionContext, a: Tensor): [Tensor, Tensor] {
        const fixed = a.mul(3)
        ctx.markNonDifferentiable(fixed)
        return [a.mul(2), fixed]
      }
      static override backward(_ctx: FunctionContext, g: Tensor) {
        return g.mul(2)
      }
    }
    const x = leaf([1])
    const [y, fixed] = Both.apply(x)
    expect([y.requiresGrad, fixed.requiresGrad]).toEqual([true, false])
    y.backward()
    expectValues(x.grad, [2])
  })

  test('changes in place', () => {
    class Double extends Function {
      static override forward(ctx: FunctionContext, a: Tensor): Tensor {
        ctx.markDirty(a)
        return a.mul_(2)
      }
      static override backward(_ctx: FunctionContext, g: Tensor) {
        return g.mul(2)
      }
    }
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    const z = Double.apply(y)
    expect(z).toBe(y)
    expect([y.gradFn?.name, y.version.value]).toEqual(['DoubleBackward', 2])
    const v = y.slice(0, 0, 2)
    Double.apply(v)
    expect([v.gradFn?.name, y.gradFn?.name]).toEqual(['AsStridedBackward0', 'CopySlices'])
    y.sum().backward()
    expectValues(x.grad, [4, 4, 2])
    expect(() => Double.apply(x)).toThrow(
      'a leaf Variable that requires grad has been used in an in-place operation.',
    )
  })

  test('an argument or a view that is returned must not be changed in place', () => {
    class Same extends Function {
      static override forward(_ctx: FunctionContext, a: Tensor): Tensor {
        return a
      }
      static override backward(_ctx: FunctionContext, g: Tensor) {
        return g
      }
    }
    const y = leaf([1, 2]).mul(2)
    const z = Same.apply(y)
    expect(z === y).toBe(false)
    expect(() => z.mul_(2)).toThrow(
      'Output 0 of SameBackward is a view and is being modified inplace. This view was created inside a custom Function (or because an input was returned as-is)',
    )
  })

  test('onceDifferentiable', () => {
    class Square extends Function {
      static override forward(ctx: FunctionContext, a: Tensor): Tensor {
        ctx.saveForBackward(a)
        return a.mul(a)
      }
      static override backward = onceDifferentiable((ctx: FunctionContext, g: Tensor) =>
        ctx.savedTensors[0].mul(2).mul(g),
      )
    }
    const x = leaf([3])
    const y = Square.apply(x)
    const cotangent = leaf([1])
    const [g] = grad(y, x, { gradOutputs: cotangent, createGraph: true })
    expectValues(g, [6])
    expect(() => g.backward()).toThrow(
      'trying to differentiate twice a function that was marked with @once_differentiable',
    )
  })

  test('misuse', () => {
    const define = (backward: (...args: never[]) => Tensor | null | (Tensor | null)[]) =>
      class Fn extends Function {
        static override forward(_ctx: FunctionContext, a: Tensor, _b: unknown): Tensor {
          return a.mul(1)
        }
        static override backward = backward
      }
    const x = leaf([1, 2, 3])
    const run = (fn: ReturnType<typeof define>, b: unknown) => () => fn.apply(x, b).sum().backward()
    const pass = (_ctx: FunctionContext, g: Tensor) => g
    expect(run(define(pass), x)).toThrow(
      'function FnBackward returned an incorrect number of gradients (expected 2, got 1)',
    )
    expect(
      run(
        define((_ctx: FunctionContext, g: Tensor) => [g, g]),
        2,
      ),
    ).toThrow(
      'function FnBackward returned a gradient different than None at position 2, but the corresponding forward input was not a Variable',
    )
    expect(
      run(
        define(() => [ones([2]), null]),
        2,
      ),
    ).toThrow(
      'Function FnBackward returned an invalid gradient at index 0 - got [2] but expected shape compatible with [3]',
    )
    expect(
      run(
        define(() => [null, null, null]),
        2,
      ),
    ).not.toThrow()
    const bad = class extends define(pass) {
      static override forward(ctx: FunctionContext, a: Tensor): Tensor {
        ctx.saveForBackward(3 as unknown as Tensor)
        return a
      }
    }
    expect(() => bad.apply(x)).toThrow(
      'save_for_backward can only save variables, but argument 0 is of type number',
    )
    const half = class extends define(pass) {
      static override forward(ctx: FunctionContext, a: Tensor): Tensor {
        ctx.markDirty(a)
        return a.add(1)
      }
    }
    expect(() => half.apply(x.mul(1))).toThrow(
      'Some elements marked as dirty during the forward method were not returned as output.',
    )
  })

  test('gradients that backward keeps are not reused', () => {
    const kept: Tensor[] = []
    class Keep extends Function {
      static override forward(_ctx: FunctionContext, a: Tensor): Tensor {
        return a.mul(1)
      }
      static override backward(_ctx: FunctionContext, g: Tensor) {
        kept.push(g)
        const out = g.mul(2)
        kept.push(out)
        return out
      }
    }
    const x = leaf([1, 2])
    Keep.apply(x).mul(3).sum().backward()
    x.grad?.zero_()
    expectValues(kept[0], [3, 3])
    expectValues(kept[1], [6, 6])
  })
})
