import { arange, type Index, type Tensor, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { errorOf, values } from '../helpers.ts'

const grid = (): Tensor => arange(12, { dtype: 'float32' }).view(3, 4)
const ints = (data: number[] | number[][]): Tensor => tensor(data, { dtype: 'int32' })

describe('at', () => {
  it.each<[string, Index[], unknown]>([
    ['a number', [1], [4, 5, 6, 7]],
    ['numbers', [1, -1], 7],
    [
      'a slice',
      ['1:'],
      [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
      ],
    ],
    [
      'a slice with a step',
      ['...', '::2'],
      [
        [0, 2],
        [4, 6],
        [8, 10],
      ],
    ],
    ['null', [null, 0], [[0, 1, 2, 3]]],
    ['a list', [[2, 0], 1], [9, 1]],
    [
      'a tensor',
      [ints([2, 2])],
      [
        [8, 9, 10, 11],
        [8, 9, 10, 11],
      ],
    ],
    ['two tensors', [ints([0, 1]), ints([3, 2])], [3, 6]],
    [
      'tensors that broadcast',
      [ints([[0], [2]]), ints([0, 3])],
      [
        [0, 3],
        [8, 11],
      ],
    ],
    [
      'a tensor behind a slice',
      ['1:', ints([0, 0, 1])],
      [
        [4, 4, 5],
        [8, 8, 9],
      ],
    ],
    [
      'a mask of rows',
      [tensor([true, false, true])],
      [
        [0, 1, 2, 3],
        [8, 9, 10, 11],
      ],
    ],
    ['a boolean', [true, 0, 0], [0]],
  ])('%s', (_, items, expected) => {
    expect(values(grid().at(...items))).toEqual(expected)
  })

  it('of plain items is a view, of tensors a copy', () => {
    const x = grid()
    expect(x.at(0, '1:3').storage).toBe(x.storage)
    expect(x.at(ints([0])).storage).not.toBe(x.storage)
  })

  it('takes a mask of the whole shape', () => {
    const x = grid()
    expect(values(x.at(x.gt(8)))).toEqual([9, 10, 11])
  })

  it.each<[Index[], string]>([
    [[5], 'IndexError: index 5 is out of bounds for dimension 0 with size 3'],
    [[0, 0, 0], 'IndexError: too many indices for tensor of dimension 2'],
    [['::-1'], 'ValueError: step must be greater than zero'],
    [[ints([7])], 'IndexError: index 7 is out of bounds for dimension 0 with size 3'],
    [
      [tensor([true])],
      'IndexError: The shape of the mask [1] at index 0 does not match the shape of the indexed tensor [3, 4] at index 0',
    ],
    [
      [ints([0, 1]), ints([0, 1, 2])],
      'IndexError: shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]',
    ],
  ])('bad indices give PyTorch’s error (%#)', (items, message) => {
    expect(errorOf(() => grid().at(...items))).toBe(message)
  })
})

describe('set', () => {
  it('writes numbers and tensors, through views and at indices', () => {
    const x = grid()
    x.set([0], 1)
    x.set(
      ['1:', '::2'],
      tensor([
        [-1, -2],
        [-3, -4],
      ]),
    )
    x.set([ints([0, 2]), ints([1, 3])], 7)
    x.set([x.eq(5)], tensor(50))
    expect(values(x)).toEqual([
      [1, 7, 1, 1],
      [-1, 50, -2, 7],
      [-3, 9, -4, 7],
    ])
  })

  it('lets the last of equal indices win, or adds them up', () => {
    const x = tensor([0, 0, 0])
    x.set([ints([1, 1])], tensor([3, 4]))
    expect(values(x)).toEqual([0, 4, 0])
    expect(values(x.indexPut([ints([1, 1])], tensor([3, 4]), { accumulate: true }))).toEqual([
      0, 11, 0,
    ])
  })

  it('throws before anything changed', () => {
    const x = grid()
    expect(errorOf(() => x.set([ints([0, 1])], tensor([1, 2, 3])))).toBe(
      'RuntimeError: shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [2, 4]',
    )
    expect(values(x)).toEqual(values(grid()))
  })
})
