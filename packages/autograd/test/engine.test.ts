import '@sconce/backend-cpu'
import { backward, grad, noGrad } from '@sconce/autograd'
import { ones, type Tensor, tensor, zeros } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues, graphText } from './helpers.ts'

const leaf = (data: Parameters<typeof tensor>[0]) => tensor(data, { requiresGrad: true })

describe('graph', () => {
  test('names, gradients and retained gradients of the first example', () => {
    const x1 = ones([2, 2], { requiresGrad: true })
    const x2 = leaf(1.1)
    const y = x1.mul(x2.add(2))
    y.retainGrad()
    const z = y.pow(2).mul(3)
    z.retainGrad()
    const out = z.mean()
    expect(graphText(out)).toBe(
      'MeanBackward0(MulBackward1(PowBackward0(MulBackward0(AccumulateGrad, AddBackward1(AccumulateGrad)))))',
    )
    out.backward()
    expectValues(z.grad, [
      [0.25, 0.25],
      [0.25, 0.25],
    ])
    expectValues(y.grad, [
      [4.65, 4.65],
      [4.65, 4.65],
    ])
    expectValues(x2.grad, 18.6)
    expectValues(x1.grad, [
      [14.415, 14.415],
      [14.415, 14.415],
    ])
  })

  test('names that depend on the arguments', () => {
    const x = ones([2, 3], { requiresGrad: true })
    const names = {
      add: x.add(x),
      addScalar: x.add(1),
      sub: x.sub(1),
      rsub: x.rsub(1),
      div: x.div(x),
      divScalar: x.div(2),
      divMode: x.div(x, { roundingMode: 'floor' }),
      powTensor: x.pow(x),
      sum: x.sum(),
      sumDim: x.sum(0),
      mean: x.mean(),
      meanDim: x.mean(1),
      clamp: x.clamp({ min: 0 }),
      t: x.t(),
      permute: x.permute(1, 0),
      transpose: x.transpose(0, 1),
      squeeze: x.squeeze(),
      squeezeDim: x.squeeze(0),
      narrow: x.narrow(0, 0, 1),
      chunk: x.chunk(2)[0],
      reshape: x.reshape(-1),
      double: x.double(),
      stack: x.unbind()[0],
      copy: zeros([2, 3]).copy_(x),
      zero: x.clone().zero_(),
      fill: x.clone().fill_(1),
      addInplace: x.clone().add_(1),
    }
    const found = Object.fromEntries(Object.entries(names).map(([k, v]) => [k, v.gradFn?.name]))
    expect(found).toEqual({
      add: 'AddBackward0',
      addScalar: 'AddBackward1',
      sub: 'SubBackward1',
      rsub: 'RsubBackward1',
      div: 'DivBackward0',
      divScalar: 'DivBackward1',
      divMode: 'DivBackward2',
      powTensor: 'PowBackward1',
      sum: 'SumBackward0',
      sumDim: 'SumBackward1',
      mean: 'MeanBackward0',
      meanDim: 'MeanBackward1',
      clamp: 'ClampBackward1',
      t: 'TBackward0',
      permute: 'PermuteBackward0',
      transpose: 'TransposeBackward0',
      squeeze: 'SqueezeBackward0',
      squeezeDim: 'SqueezeBackward1',
      narrow: 'SliceBackward0',
      chunk: 'SplitBackward0',
      reshape: 'ViewBackward0',
      double: 'ToCopyBackward0',
      stack: 'UnbindBackward0',
      copy: 'CopyBackwards',
      zero: 'ZeroBackward0',
      fill: 'FillBackward2',
      addInplace: 'AddBackward1',
    })
  })

  test('every leaf has one AccumulateGrad', () => {
    const x = leaf([1, 2])
    const fn = x.mul(x).gradFn
    expect(fn?.nextFunctions[0]).toBe(fn?.nextFunctions[1])
    expect(x.mul(2).gradFn?.nextFunctions[0]).toBe(fn?.nextFunctions[0])
  })
})

describe('backward', () => {
  test('accumulates', () => {
    const w = leaf([1, 2, 3])
    const x = tensor([4, 5, 6])
    expect(w.grad).toBeNull()
    w.mul(x).sum().backward()
    expectValues(w.grad, [4, 5, 6])
    w.mul(w).sum().backward()
    expectValues(w.grad, [6, 9, 12])
    w.grad?.zero_()
    w.mul(3).sum().backward()
    expectValues(w.grad, [3, 3, 3])
    w.grad = null
    w.mul(4).sum().backward()
    expectValues(w.grad, [4, 4, 4])
  })

  test('gradients of two leaves from one add are not one tensor', () => {
    const a = leaf([1, 2])
    const b = leaf([3, 4])
    a.add(b).backward(tensor([5, 6]))
    a.grad?.mul_(10)
    expectValues(a.grad, [50, 60])
    expectValues(b.grad, [5, 6])
  })

  test('a gradient given by the user stays the user’s', () => {
    const a = leaf([1, 2])
    const g = tensor([5, 6])
    a.backward(g)
    a.grad?.zero_()
    expectValues(g, [5, 6])
    a.view(-1).backward(g)
    a.grad?.zero_()
    expectValues(g, [5, 6])
  })

  test('shared subexpressions and broadcasts', () => {
    const a = leaf([[1], [2]])
    const b = leaf([3, 4, 5])
    const c = a.mul(b)
    c.add(c).mul(c).sum().backward()
    // 2·(ab)² → 4·ab²
    expectValues(a.grad, [[4 * 1 * 50], [4 * 2 * 50]])
    expectValues(b.grad, [4 * 5 * 3, 4 * 5 * 4, 4 * 5 * 5])
  })

  test('runs a graph of 20 000 nodes', () => {
    const x = leaf(1)
    let y: Tensor = x
    for (let i = 0; i < 20_000; i++) y = y.add(0)
    y.backward()
    expectValues(x.grad, 1)
    x.grad = null
    expectValues(grad(y, x)[0], 1)
  })

  test('inputs restricts what accumulates, also to a non-leaf', () => {
    const a = leaf([1, 2])
    const b = leaf([3, 4])
    const c = a.mul(b)
    c.sum().backward({ inputs: [a], retainGraph: true })
    expectValues(a.grad, [3, 4])
    expect(b.grad).toBeNull()
    c.mul(c)
      .sum()
      .backward({ inputs: [c] })
    expectValues(c.grad, [6, 16])
    expectValues(a.grad, [3, 4])
  })

  test('several roots', () => {
    const x = leaf([1, 2, 3])
    backward([x.sum(), x.mul(2)], { gradTensors: [null, tensor([1, 0, 0])] })
    expectValues(x.grad, [3, 1, 1])
    const y = x.mul(2)
    backward([y.sum(), y.mul(y).sum()])
    expectValues(x.grad, [3 + 2 + 8, 1 + 2 + 16, 1 + 2 + 24])
  })

  test('a graph is used up, unless it saved nothing or is kept', () => {
    const x = leaf([1, 2])
    const y = x.mul(x).sum()
    y.backward({ retainGraph: true })
    y.backward()
    expectValues(x.grad, [4, 8])
    expect(() => y.backward()).toThrow(
      'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.',
    )
    const z = x.add(1).sum()
    z.backward()
    z.backward()
    expectValues(x.grad, [6, 10])
    // PyTorch makes a tensor of the number, and saves it.
    const scaled = x.mul(2).sum()
    scaled.backward()
    expect(() => scaled.backward()).toThrow('a second time')
    expectValues(x.grad, [8, 12])
  })
})

describe('grad', () => {
  test('returns gradients and accumulates nothing', () => {
    const a = leaf([1, 2])
    const b = a.mul(3)
    const c = b.pow(2).sum()
    expectValues(grad(c, b, { retainGraph: true })[0], [6, 12])
    expectValues(grad(c, [a, b])[0], [18, 36])
    expect(a.grad).toBeNull()
  })

  test('of an intermediate and what is behind it', () => {
    const a = leaf([1, 2])
    const b = a.mul(3)
    const [gb, ga] = grad(b.pow(2).sum(), [b, a])
    expectValues(gb, [6, 12])
    expectValues(ga, [18, 36])
    gb.zero_()
    expectValues(ga, [18, 36])
  })

  test('higher derivatives', () => {
    const x = leaf([0.5, -1.5])
    const y = x.sin().mul(x.pow(2))
    const [g1] = grad(y.sum(), x, { createGraph: true })
    const [g2] = grad(g1.sum(), x, { createGraph: true })
    const [g3] = grad(g2.sum(), x)
    // d³/dx³ x² sin x = (6 − x²) cos x − 6x sin x
    expectValues(
      g3,
      [0.5, -1.5].map((v) => (6 - v * v) * Math.cos(v) - 6 * v * Math.sin(v)),
      4,
    )
    expect(g3.requiresGrad).toBe(false)
  })

  test('backward through a gradient', () => {
    const x = leaf([1, 2])
    const [g] = grad(x.pow(3).sum(), x, { createGraph: true })
    expect(g.requiresGrad).toBe(true)
    g.pow(2).sum().backward()
    // (3x²)² → 36x³
    expectValues(x.grad, [36, 288])
  })

  test('unused inputs', () => {
    const a = leaf([1])
    const b = leaf([1])
    const [ga, gb] = grad(a.mul(2).sum(), [a, b], { allowUnused: true })
    expectValues(ga, [2])
    expect(gb).toBeNull()
    expect(() => grad(a.mul(2).sum(), [a, b])).toThrow(
      'One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.',
    )
  })

  test('computes no gradient that leads nowhere', () => {
    const a = leaf([1])
    const b = leaf([1])
    let seen = 0
    const c = b.mul(2)
    c.registerHook(() => {
      seen++
    })
    grad(a.mul(c).sum(), a)
    expect(seen).toBe(0)
  })
})

describe('errors', () => {
  const x = leaf([1, 2, 3])
  const cases: [string, () => unknown, string][] = [
    [
      'no history',
      () => tensor([1]).sum().backward(),
      'element 0 of tensors does not require grad and does not have a grad_fn',
    ],
    [
      'several elements',
      () => x.mul(2).backward(),
      'grad can be implicitly created only for scalar outputs',
    ],
    [
      'shape of the gradient',
      () => x.mul(2).backward(ones([2])),
      'Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of torch.Size([3]).',
    ],
    [
      'counts',
      () => backward([x.mul(2), x], { gradTensors: [ones([3])] }),
      'got 2 tensors and 1 gradients',
    ],
    [
      'no inputs',
      () => x.sum().backward({ inputs: [] }),
      "'inputs' argument to backward() cannot be empty.",
    ],
    [
      'input without gradient',
      () => grad(x.sum(), ones([2])),
      'One of the differentiated Tensors does not require grad',
    ],
    [
      'requiresGrad of integers',
      () => tensor([1, 2], { dtype: 'int32', requiresGrad: true }),
      'Only Tensors of floating point and complex dtype can require gradients',
    ],
    [
      'requiresGrad_ of integers',
      () => tensor([1, 2], { dtype: 'int32' }).requiresGrad_(),
      'only Tensors of floating point dtype can require gradients',
    ],
    [
      'requiresGrad of a non-leaf',
      () => {
        x.mul(2).requiresGrad = false
      },
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
    ],
    [
      'retainGrad without gradient',
      () => ones([1]).retainGrad(),
      "can't retain_grad on Tensor that has requires_grad=False",
    ],
    [
      'a hook without gradient',
      () => ones([1]).registerHook(() => null),
      "cannot register a hook on a tensor that doesn't require gradient",
    ],
    [
      'grad of another size',
      () => {
        x.grad = ones([2])
      },
      'assigned grad has data of a different size',
    ],
    [
      'grad of another dtype',
      () => {
        x.grad = ones([3], { dtype: 'float64' })
      },
      'assigned grad has data of a different type',
    ],
    [
      'itself as grad',
      () => {
        x.grad = x
      },
      "can't assign Variable as its own grad",
    ],
    [
      'an op without derivative',
      () => x.floorDivide(2).sum().backward(),
      'derivative for aten::floor_divide is not implemented',
    ],
    [
      'nextafter',
      () => x.nextafter(x).sum().backward(),
      "the derivative for 'nextafter' is not implemented.",
    ],
  ]
  test.each(cases)('%s', (_, run, message) => {
    expect(run).toThrow(message)
  })
})

test('requiresGrad, leaves and detach', () => {
  const x = leaf([1, 2])
  const y = x.mul(2)
  expect([x.isLeaf, x.requiresGrad, y.isLeaf, y.requiresGrad]).toEqual([true, true, false, true])
  const d = y.detach()
  expect([d.isLeaf, d.requiresGrad, d.gradFn]).toEqual([true, false, null])
  expect(d.storage).toBe(y.storage)
  y.detach_()
  expect([y.isLeaf, y.requiresGrad]).toEqual([true, false])
  x.requiresGrad = false
  expect(x.mul(2).requiresGrad).toBe(false)
  expect(() => noGrad(() => x.sum().backward())).toThrow('element 0 of tensors')
})

test('comparisons and integer results have no history', () => {
  const x = leaf([1, 2])
  for (const t of [x.gt(1), x.argmax(), x.isnan(), x.int(), x.zerosLike(), x.newOnes([2])]) {
    expect(t.requiresGrad).toBe(false)
  }
})
