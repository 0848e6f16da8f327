import '@sconce/backend-cpu'
import { type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { toIndices } from '../../src/execute/operators.ts'
import { isPythonError, pythonRegExp } from '../../src/execute/python-errors.ts'
import { findCall, findFunction, findMethod } from '../../src/execute/resolve.ts'

const x = tensor([
  [1, -2],
  [3, 4],
])
const call = (name: string, args: unknown[], kwargs: Record<string, unknown> = {}): unknown => {
  const found = findCall(name)
  if (!found) throw new Error(`no such op: ${name}`)
  const result = found(args, kwargs)
  return typeof result === 'object' && result !== null && 'toArray' in result
    ? (result as Tensor).toArray()
    : result
}

describe('PyTorch’s names', () => {
  test.each([
    [
      'torch.abs',
      [x],
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'torch.nn.functional.relu',
      [x],
      [
        [1, 0],
        [3, 4],
      ],
    ],
    ['torch.linalg.det', [x], 10],
    ['torch.special.expit', [tensor([0])], [0.5]],
    ['Tensor.reshape', [x, 4], [1, -2, 3, 4]],
    [
      'Tensor.T (property)',
      [x],
      [
        [1, 3],
        [-2, 4],
      ],
    ],
    ['aten.slice(self, dim=0, start=None, end=None, step=1)', [x, 0, 1], [[3, 4]]],
    [
      'Tensor.__rsub__',
      [x, 1],
      [
        [0, 3],
        [-2, -3],
      ],
    ],
    [
      'Tensor.__rmatmul__',
      [x, x],
      [
        [-5, -10],
        [15, 10],
      ],
    ],
    ['torch.result_type', [x, 1], 'float32'],
    ['torch.broadcast_shapes', [[2, 1], [3]], [2, 3]],
    [
      'torch.block_diag',
      [tensor([[1]]), tensor([[2]])],
      [
        [1, 0],
        [0, 2],
      ],
    ],
  ])('%s', (name, args, expected) => {
    expect(call(name, args)).toEqual(expected)
  })

  test('in-place forms, also of functionals', () => {
    const y = tensor([-1, 2])
    expect(findMethod('abs_')?.([y], {})).toBe(y)
    expect(y.toArray()).toEqual([1, 2])
    const z = tensor([-1, 2])
    expect(findFunction('nn.functional.leaky_relu_')?.([z, 0.5], {})).toBe(z)
    expect(z.toArray()).toEqual([-0.5, 2])
  })

  test('pools give indices when they are asked to', () => {
    const row = tensor([[1, 3, 2, 0]])
    expect(call('torch.nn.functional.max_pool1d', [row, 2])).toEqual([[3, 2]])
    const both = findCall('torch.nn.functional.max_pool1d')?.([row, 2], { returnIndices: true })
    expect(Object.values(both as Record<string, Tensor>).map((t) => t.toArray())).toEqual([
      [[3, 2]],
      [[1, 2]],
    ])
  })

  test('to() with positional flags', () => {
    const to = (...args: unknown[]) => findMethod('to')?.([x, ...args], {})
    expect(to('float64', false, true)).toMatchObject({ dtype: 'float64' })
    expect(to('float32', false, false) === x).toBe(true)
    expect(to('float32', false, true) === x).toBe(false)
  })

  test('that there are not', () => {
    expect(findCall('torch.no_such_op')).toBeUndefined()
    expect(findCall('torch.nowhere.add')).toBeUndefined()
    expect(findCall('Tensor.no_such_method')).toBeUndefined()
    expect(findCall('numpy.add')).toBeUndefined()
  })
})

describe('indices', () => {
  const at = (key: unknown) => x.at(...toIndices(key, x.device)).toArray()
  test('a list of numbers is one index, one of more than numbers several', () => {
    expect(at([1, 0])).toEqual([
      [3, 4],
      [1, -2],
    ])
    expect(
      at([
        [1, 0],
        [0, 1],
      ]),
    ).toEqual([3, -2])
    expect(at([tensor([1], { dtype: 'int64' }), 0])).toEqual([3])
    expect(at(['...', '0:1'])).toEqual([[1], [3]])
  })
})

describe('Python’s errors', () => {
  test('classes include what derives from them', () => {
    expect(isPythonError('RuntimeError', 'RuntimeError')).toBe(true)
    expect(isPythonError('NotImplementedError', 'RuntimeError')).toBe(true)
    expect(isPythonError('RuntimeError', 'NotImplementedError')).toBe(false)
    expect(isPythonError('ValueError', 'Exception')).toBe(true)
    expect(isPythonError('LinAlgError', 'torch._C._LinAlgError')).toBe(true)
  })

  test.each([
    ['size [3]', 'size 3', true],
    ['(?P<n>a+)b(?P=n)', 'aabaa', true],
    ['\\Aab\\Z', 'ab', true],
    ['\\Aab\\Z', 'abc', false],
    ['(?i)EXPECTED', 'expected', true],
    ['[]]', ']', true],
    ['[^]]x', 'ax', true],
  ])('%s on %s', (pattern, text, matches) => {
    expect(pythonRegExp(pattern).test(text)).toBe(matches)
  })
})
