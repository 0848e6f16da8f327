import '@sconce/backend-cpu'
import { enableGrad, grad, inferenceMode, isInference, noGrad } from '@sconce/autograd'
import { ones, type Tensor, tensor, zeros } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues, graphText } from './helpers.ts'

const leaf = (data: Parameters<typeof tensor>[0]) => tensor(data, { requiresGrad: true })

describe('in-place ops', () => {
  test('chain of activations', () => {
    const x = leaf([0.1, -0.2, 0.3])
    const y = x.mul(2)
    y.tanh_()
    const z = y.add(1.5)
    z.sqrt_()
    const w = z.mul(3)
    w.relu_()
    w.sum().backward()
    expectValues(
      x.grad,
      [0.1, -0.2, 0.3].map((v) => {
        const t = Math.tanh(2 * v)
        return (3 * 0.5 * 2 * (1 - t * t)) / Math.sqrt(t + 1.5)
      }),
    )
  })

  test('what the derivative needs of the old elements is kept', () => {
    const x = leaf([1, 2])
    const y = x.mul(1)
    y.sin_()
    y.mul_(x)
    y.sum().backward()
    expectValues(
      x.grad,
      [1, 2].map((v) => Math.cos(v) * v + Math.sin(v)),
    )
  })

  test('zero_, fill_ and copy_ cut the old history off', () => {
    const x = leaf([1, 2])
    const a = x.mul(3)
    a.zero_()
    expect(graphText(a)).toBe('ZeroBackward0(MulBackward1(AccumulateGrad))')
    const b = zeros([2])
    b.copy_(x)
    expect(graphText(b)).toBe('CopyBackwards(-, AccumulateGrad)')
    const c = x.mul(3)
    c.fill_(x.sum())
    expect(c.gradFn?.name).toBe('FillBackward3')
    a.add(b).add(c).sum().backward()
    expectValues(x.grad, [3, 3])
  })

  test('under noGrad a leaf is changed and stays a leaf', () => {
    const x = leaf([1, 2])
    const before = x.version.value
    noGrad(() => x.add_(1))
    expect(x.version.value).toBe(before + 1)
    x.pow(2).sum().backward()
    expectValues(x.grad, [4, 6])
    expect([x.isLeaf, x.requiresGrad]).toEqual([true, true])
  })

  test('a result with another dtype', () => {
    const x = leaf([1, 2])
    const y = tensor([10, 20], { dtype: 'float64' })
    y.mul_(x)
    y.sum().backward()
    expectValues(x.grad, [10, 20])
    expect(x.grad?.dtype).toBe('float32')
  })
})

describe('views', () => {
  test('a row', () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ])
    const y = x.clone()
    y.select(0, 0).mul_(2)
    expect(graphText(y)).toBe('CopySlices(CloneBackward0(AccumulateGrad))')
    y.mul(y).sum().backward()
    expectValues(x.grad, [
      [8, 16],
      [6, 8],
    ])
  })

  test('a chain of views', () => {
    const x = tensor(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [9, 10, 11, 12],
      ].map((r) => r.map((v) => v / 10)),
      { requiresGrad: true },
    )
    const y = x.clone()
    const v = y.view(-1).slice(0, 2, 8)
    v.add_(1)
    const w = y.t().select(0, 1)
    w.mul_(3)
    y.pow(3).sum().backward()
    expect(v.gradFn?.name).toBe('AsStridedBackward0')
    expect(y.gradFn?.name).toBe('CopySlices')
    const expected = x.toArray() as number[][]
    expectValues(
      x.grad,
      expected.map((row, r) =>
        row.map((value, c) => {
          const flat = r * 4 + c
          const scale = c === 1 ? 3 : 1
          const moved = (value + (flat >= 2 && flat < 8 ? 1 : 0)) * scale
          return 3 * moved * moved * scale
        }),
      ),
      3,
    )
  })

  test('a view sees that its base, or another view, came to require grad', () => {
    const w = leaf([2, 3, 4])
    const a = ones([3])
    const v = a.slice(0, 0, 1)
    expect(v.requiresGrad).toBe(false)
    a.mul_(w)
    expect(v.requiresGrad).toBe(true)
    expect(v.gradFn?.name).toBe('AsStridedBackward0')
    v.sum().backward()
    expectValues(w.grad, [1, 0, 0])

    const b = ones([3])
    const left = b.slice(0, 0, 2)
    const right = b.slice(0, 1)
    left.mul_(w.slice(0, 0, 2))
    expect(b.isLeaf).toBe(false)
    w.grad = null
    right.sum().backward()
    expectValues(w.grad, [0, 1, 0])
  })

  test('copy into a part', () => {
    const x = leaf([1, 2])
    const a = zeros([3])
    a.slice(0, 0, 1).copy_(x.slice(0, 0, 1))
    expect(graphText(a)).toBe('CopySlices(-, SliceBackward0(AccumulateGrad))')
    a.mul(tensor([5, 6, 7]))
      .sum()
      .backward()
    expectValues(x.grad, [5, 0])
  })

  test('both a base and what is written into it', () => {
    const x = leaf([1, 2, 3])
    const w = leaf([10])
    const y = x.mul(2)
    y.slice(0, 1, 2).mul_(w)
    y.mul(y).sum().backward()
    // y = [2, 4w, 6]
    expectValues(x.grad, [8, 2 * 40 * 20, 24])
    expectValues(w.grad, [2 * 40 * 4])
  })

  test('double backward through a part that was written', () => {
    const x = tensor([0.5, 1.5, 2.5], { requiresGrad: true, dtype: 'float64' })
    const y = x.mul(1)
    y.slice(0, 0, 2).pow_(3)
    const [g] = grad(y.sum(), x, { createGraph: true })
    expectValues(g, [0.75, 6.75, 1])
    const [h] = grad(g.sum(), x)
    expectValues(h, [3, 9, 0])
  })

  test('ops that only change the layout', () => {
    const x = leaf([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const y = x.mul(1)
    y.t_()
    expect(y.shape).toEqual([3, 2])
    y.unsqueeze_(0)
    const weights = tensor([1, 2, 3, 4, 5, 6]).view(1, 3, 2)
    y.mul(weights).sum().backward()
    expectValues(x.grad, [
      [1, 3, 5],
      [2, 4, 6],
    ])
  })
})

describe('forbidden', () => {
  const leafError = 'a leaf Variable that requires grad is being used in an in-place operation.'
  const viewError =
    'a view of a leaf Variable that requires grad is being used in an in-place operation.'

  test('leaves and their views; nothing is changed', () => {
    const x = leaf([1, 2])
    expect(() => x.add_(1)).toThrow(leafError)
    expect(() => x.slice(0, 0, 1).mul_(2)).toThrow(viewError)
    expectValues(x, [1, 2])
    expect(x.version.value).toBe(0)
  })

  test('views made without recording', () => {
    const y = leaf([1, 2]).clone()
    const v = noGrad(() => y.slice(0, 0, 1))
    expect([v.requiresGrad, v.gradFn, v.isLeaf]).toEqual([true, null, true])
    const advice =
      "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    expect(() => v.mul_(2)).toThrow(
      `A view was created in no_grad mode and is being modified inplace with grad mode enabled. ${advice}`,
    )
    y.mul_(2)
    expect(() => v.gradFn).toThrow(
      `A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. ${advice}`,
    )
  })

  test('one of several views', () => {
    const advice =
      'This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.'
    const y = leaf([1, 2]).clone()
    expect(() => y.split(1)[0].mul_(2)).toThrow(
      `Output 0 of SplitBackward0 is a view and is being modified inplace. ${advice}`,
    )
    const part = y.unbind()[1]
    expect(() => part.mul_(2)).toThrow(
      'Output 1 of UnbindBackward0 is a view and is being modified',
    )
    const other = y.split(1)[0]
    y.mul_(2)
    expect(() => other.gradFn).toThrow(
      'Output 0 of SplitBackward0 is a view and its base or another view of its base has been modified inplace.',
    )
  })

  test('inference tensors', () => {
    const x = leaf([1, 2])
    const made = inferenceMode(() => ones([2]))
    expect([isInference(made), isInference(x)]).toEqual([true, false])
    expect(() => made.mul_(2)).toThrow('Inplace update to inference tensor outside InferenceMode')
    expect(() => made.mul(x)).toThrow('Inference tensors cannot be saved for backward.')
    expect(() => made.requiresGrad_()).toThrow('Setting requires_grad=True on inference tensor')
    const view = inferenceMode(() => x.view(-1))
    expect(() => view.mul_(2)).toThrow('A view was created in inference mode')
    expectValues(
      inferenceMode(() => ones([2]).mul_(2)),
      [2, 2],
    )
  })

  test('detach_ of a view', () => {
    expect(() => leaf([1]).mul(1).view(-1).detach_()).toThrow("Can't detach views in-place.")
  })
})

describe('versions', () => {
  const hint =
    'Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).'
  const modified = (what: string) =>
    `one of the variables needed for gradient computation has been modified by an inplace operation: ${what} ${hint}`

  test('an argument', () => {
    const x = ones([3, 4], { requiresGrad: true })
    const a = x.mul(1)
    const b = a.mul(a)
    a.zero_()
    expect(() => b.sum().backward()).toThrow(
      modified(
        '[torch.FloatTensor [3, 4]], which is output 0 of ZeroBackward0, is at version 1; expected version 0 instead.',
      ),
    )
  })

  test('a result, through a view', () => {
    const x = ones([3, 4], { requiresGrad: true })
    const y = x.sigmoid()
    y.select(0, 0).mul_(2)
    expect(() => y.sum().backward()).toThrow(
      modified(
        '[torch.FloatTensor [3, 4]], which is output 0 of SigmoidBackward0, is at version 1; expected version 0 instead.',
      ),
    )
  })

  test('a view, through its base', () => {
    const y = ones([3], { requiresGrad: true }).mul(1)
    const z = y.view(3, 1)
    const w = z.mul(z)
    y.add_(1)
    expect(() => w.sum().backward()).toThrow(
      modified(
        '[torch.FloatTensor [3, 1]], which is output 0 of AsStridedBackward0, is at version 1; expected version 0 instead.',
      ),
    )
  })

  test('a leaf under noGrad, and a constant', () => {
    const x = ones([3], { requiresGrad: true })
    const w = x.mul(x)
    noGrad(() => x.add_(1))
    expect(() => w.sum().backward()).toThrow(
      modified('[torch.FloatTensor [3]] is at version 1; expected version 0 instead.'),
    )
    const a = ones([3], { dtype: 'float64' })
    const v = x.mul(a)
    a.add_(1)
    expect(() => v.sum().backward()).toThrow('[torch.DoubleTensor [3]] is at version 1')
  })

  test('only what a wanted gradient needs is saved', () => {
    const x = ones([3], { requiresGrad: true })
    const a = ones([3])
    const y = x.add(a)
    const z = a.mul(x)
    a.mul(2)
    noGrad(() => x.mul_(5))
    y.sum().backward()
    z.sum().backward()
    expectValues(x.grad, [2, 2, 2])
  })
})

test('modes nest and are restored', () => {
  const x = leaf([1])
  const flags = noGrad(() => [
    x.mul(2).requiresGrad,
    enableGrad(() => x.mul(2).requiresGrad),
    x.mul(2).requiresGrad,
  ])
  expect(flags).toEqual([false, true, false])
  expect(() =>
    noGrad((): Tensor => {
      throw new Error('inside')
    }),
  ).toThrow('inside')
  expect(x.mul(2).requiresGrad).toBe(true)
  {
    using _mode = noGrad()
    expect(x.mul(2).requiresGrad).toBe(false)
  }
  expect(x.mul(2).requiresGrad).toBe(true)
})
