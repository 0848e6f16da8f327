import '@sconce/backend-cpu'
import { detectAnomaly, grad, savedTensorsHooks } from '@sconce/autograd'
import { ones, pushLayer, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues } from './helpers.ts'

const leaf = (data: Parameters<typeof tensor>[0]) => tensor(data, { requiresGrad: true })

describe('tensor hooks', () => {
  test('run in order, may replace the gradient, and can be removed', () => {
    const log: [string, number][] = []
    const note = (name: string) => (g: Tensor) => {
      log.push([name, g.sum().item()])
    }
    const x = leaf([1, 2])
    const y = x.mul(2)
    const z = y.pow(2)
    x.registerHook(note('x'))
    const first = y.registerHook(note('y1'))
    y.registerHook((g) => g.mul(10))
    y.registerHook(note('y2'))
    z.registerHook(note('z'))
    z.sum().backward({ retainGraph: true })
    expectValues(x.grad, [80, 160])
    first.remove()
    z.sum().backward()
    expectValues(x.grad, [160, 320])
    expect(log).toEqual([
      ['z', 2],
      ['y1', 12],
      ['y2', 120],
      ['x', 240],
      ['z', 2],
      ['y2', 120],
      ['x', 240],
    ])
  })

  test('retained gradients are what the hooks before made of them', () => {
    const x = leaf([1])
    const a = x.mul(2)
    a.retainGrad()
    a.registerHook((g) => g.mul(10))
    const b = x.mul(3)
    b.registerHook((g) => g.mul(10))
    b.retainGrad()
    a.add(b).backward()
    expectValues(a.grad, [1])
    expectValues(b.grad, [10])
    expect([a.retainsGrad, x.retainsGrad]).toEqual([true, false])
  })

  test('a captured gradient is that before the hooks', () => {
    const x = leaf([1])
    const y = x.mul(2)
    y.registerHook((g) => g.mul(10))
    expectValues(grad(y.sum(), y)[0], [1])
  })

  test('what a hook keeps stays as it was', () => {
    const kept: Tensor[] = []
    const x = leaf([1, 2])
    const y = x.mul(2)
    y.registerHook((g) => {
      kept.push(g)
    })
    x.registerHook((g) => {
      kept.push(g)
    })
    y.add(y).sum().backward()
    x.grad?.zero_()
    expectValues(kept[0], [2, 2])
    expectValues(kept[1], [4, 4])
  })

  test('must return what fits', () => {
    const x = leaf([1, 2, 3])
    const run = (hook: (g: Tensor) => Tensor) => () => {
      const y = x.mul(2)
      y.registerHook(hook)
      y.sum().backward()
    }
    expect(run(() => ones([2]))).toThrow("hook '<lambda>' has changed the size of value")
    expect(run((g) => g.double())).toThrow(
      "hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)",
    )
    expect(run(() => 1 as unknown as Tensor)).toThrow(
      "expected Variable, but hook returned 'number'",
    )
  })
})

test('node hooks see and replace gradients on both sides', () => {
  const x = leaf([1, 2])
  const y = x.mul(3)
  const seen: number[][] = []
  y.gradFn?.registerPrehook(([g]) => [g?.mul(2) ?? null])
  y.gradFn?.registerHook((inputs, outputs) => {
    seen.push([...inputs, ...outputs].map((g) => g?.sum().item() ?? 0))
    return inputs.map((g) => g?.add(1) ?? null)
  })
  y.sum().backward()
  expect(seen).toEqual([[12, 4]])
  expectValues(x.grad, [7, 7])
})

test('layers of the dispatcher see the ops of a backward pass', () => {
  const x = leaf([1, 2])
  const out = x.sin().exp().sum()
  const seen: string[] = []
  const remove = pushLayer({
    call(operation, _args, _inplace, next) {
      seen.push(operation.name)
      return next()
    },
  })
  try {
    out.backward()
  } finally {
    remove()
  }
  expect(seen.filter((name) => name.includes('backward'))).toEqual([
    'exp_backward_self',
    'sin_backward_self',
  ])
})

describe('saved tensor hooks', () => {
  test('pack and unpack what is saved', () => {
    const x = leaf([1, 2])
    let unpacked = 0
    const y = savedTensorsHooks(
      (t) => t.toTypedArray(),
      (data) => {
        unpacked++
        return tensor(Array.from(data as Float32Array))
      },
      () => x.mul(x).exp(),
    )
    y.sum().backward()
    expect(unpacked).toBe(3)
    expectValues(
      x.grad,
      [1, 2].map((v) => 2 * v * Math.exp(v * v)),
      3,
    )
  })
})

describe('anomaly detection', () => {
  test('finds NaN, and tells where the op was called', () => {
    const run = () =>
      detectAnomaly(() => {
        const x = leaf([-1, 4])
        x.sqrt().sum().backward()
      })
    expect(run).toThrow("Function 'SqrtBackward0' returned nan values in its 0th output.")
    let cause: unknown
    try {
      run()
    } catch (error) {
      cause = (error as Error).cause
    }
    expect((cause as Error).message).toContain('Error detected in SqrtBackward0.')
    expect((cause as Error).stack).toContain('hooks.test.ts')
  })

  test('is off otherwise', () => {
    const x = leaf([-1, 4])
    x.sqrt().sum().backward()
    expectValues(x.grad, [Number.NaN, 0.25])
  })
})
