import { checkpoint, Function, type FunctionContext, grad, noGrad } from '@sconce/autograd'
import { CpuBackend } from '@sconce/backend-cpu'
import {
  disposeDevice,
  memory,
  ones,
  rand,
  release,
  scope,
  type Tensor,
  useBackend,
} from '@sconce/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

/** A device whose buffers nobody collects: what isn't freed stays counted. */
function counting(): CpuBackend {
  const backend = new CpuBackend({ name: 'counting' })
  return Object.assign(backend, { info: { ...backend.info, collected: false } })
}

const device = 'counting'
const live = () => memory()[device].storages
const leaf = (...shape: number[]) => rand(shape, { device, requiresGrad: true })

beforeEach(() => {
  useBackend(counting())
})
afterEach(() => {
  disposeDevice(device)
})

describe('backward frees what it makes', () => {
  test('but the gradients of leaves', () => {
    const x = leaf(3, 4)
    const w = leaf(4, 2)
    const b = leaf(2)
    const out = x.matmul(w).add(b).sigmoid().pow(2).mean()
    const before = live()
    out.backward()
    expect(live() - before).toBe(3)
    const again = x.matmul(w).add(b).sigmoid().pow(2).mean()
    const second = live()
    again.backward()
    expect(live()).toBe(second)
  })

  test('with views, joins, in-place ops and shared gradients', () => {
    const x = leaf(4, 4)
    const run = () => {
      const y = x.mul(2)
      y.select(0, 1).mul_(3)
      const [a, c] = y.split(2)
      return a.add(a).mul(c).add(c.t().t()).unbind()[0].add(x.select(0, 0)).sum()
    }
    run().backward()
    const out = run()
    const before = live()
    out.backward()
    expect(live()).toBe(before)
  })

  test('of gradients that are returned only those stay', () => {
    const x = leaf(3)
    const y = x.mul(x)
    const out = y.exp().sum()
    const before = live()
    const found = grad(out, [y, x])
    expect(live() - before).toBe(2)
    for (const g of found) release(g)
    expect(live()).toBe(before)
  })
})

describe('scopes', () => {
  test('a training loop in scopes keeps parameters and gradients', () => {
    const w = leaf(4, 2)
    const counts: number[] = []
    for (let i = 0; i < 5; i++) {
      scope(() => {
        const x = rand([3, 4], { device })
        x.mm(w).tanh().pow(2).mean().backward()
      })
      scope(() => noGrad(() => w.sub_((w.grad as Tensor).mul(0.1))))
      counts.push(live())
    }
    expect(counts).toEqual([2, 2, 2, 2, 2])
    expect(w.grad?.shape).toEqual([4, 2])
  })

  test('what the graph needs outlives the scope it was made in', () => {
    const x = ones([3], { device, requiresGrad: true })
    const out = scope(() => x.mul(3).exp().log().mul(2).sum())
    out.backward()
    expectValues(x.grad, [6, 6, 6])
    release(out)
    expect(live()).toBe(2)
  })

  test('returned gradients belong to the scope around', () => {
    const x = leaf(3)
    const before = live()
    scope(() => {
      grad(x.exp().sum(), x)
    })
    expect(live()).toBe(before)
    const [g] = scope(() => grad(x.exp().sum(), x))
    expect(live()).toBe(before + 1)
    expect(g.isLeaf).toBe(true)
  })

  test('gradients of a gradient work in a scope', () => {
    const x = ones([2], { device, requiresGrad: true })
    scope(() => {
      const [g] = grad(x.pow(3).sum(), x, { createGraph: true })
      g.sum().backward()
    })
    expectValues(x.grad, [6, 6])
    expect(live()).toBe(2)
  })
})

test('a custom backward may keep what it sees', () => {
  const kept: Tensor[] = []
  class Keep extends Function {
    static override forward(_ctx: FunctionContext, a: Tensor): Tensor {
      return a.mul(1)
    }
    static override backward(_ctx: FunctionContext, g: Tensor) {
      kept.push(g, g.add(1))
      return g.mul(2)
    }
  }
  const x = ones([2], { device, requiresGrad: true })
  Keep.apply(x).mul(3).sum().backward()
  expectValues(kept[0], [3, 3])
  expectValues(kept[1], [4, 4])
  expectValues(x.grad, [6, 6])
})

test('checkpoint saves nothing between the runs', () => {
  const x = ones([100], { device, requiresGrad: true })
  const deep = (t: Tensor) => {
    let y = t
    for (let i = 0; i < 10; i++) y = y.sin()
    return y
  }
  const before = live()
  scope(() => deep(x).sum()).backward({ inputs: [x], retainGraph: true })
  // Ten saved tensors, the result, and the gradient.
  expect(live() - before).toBe(11)
  x.grad = null
  const between = live()
  const out = scope(() => checkpoint(deep, x).sum())
  expect(live() - between).toBe(1)
  out.backward()
  const expected = grad(deep(x).sum(), x)[0]
  expectValues(x.grad, expected.toArray())
})
