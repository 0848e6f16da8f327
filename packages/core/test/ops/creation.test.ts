import {
  arange,
  empty,
  eye,
  full,
  linspace,
  logspace,
  ones,
  onesLike,
  tensor,
  zeros,
} from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { errorOf, values } from '../helpers.ts'

describe('tensor', () => {
  it('takes numbers as float32, booleans as bool and bigints as int64', () => {
    expect([1, true, 1n].map((v) => tensor([v]).dtype)).toEqual(['float32', 'bool', 'int64'])
  })

  it('takes the dtype of a typed array, and copies it', () => {
    const data = Int16Array.of(1, 2)
    const t = tensor(data)
    data[0] = 9
    expect([t.dtype, values(t)]).toEqual(['int16', [1, 2]])
  })

  it('keeps int64 exact', () => {
    expect(values(tensor([2n ** 60n]))).toEqual([2n ** 60n])
  })

  it('refuses ragged arrays and unknown devices in PyTorch’s words', () => {
    expect(errorOf(() => tensor([[1, 2], [3]]))).toBe(
      'ValueError: expected sequence of length 2 at dim 1 (got 1)',
    )
    expect(errorOf(() => zeros(2, { device: 'abacus' }))).toContain(
      'device type at start of device string: abacus',
    )
  })
})

describe('creation', () => {
  it('has PyTorch’s values', () => {
    expect(values(arange(2, 3, 0.25))).toEqual([2, 2.25, 2.5, 2.75])
    expect(values(arange(5, 0, -2))).toEqual([5, 3, 1])
    expect(values(linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(values(logspace(0, 2, 3))).toEqual([1, 10, 100])
    expect(values(eye(2, 3))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ])
    expect(values(full([2], 7))).toEqual([7, 7])
    expect(values(onesLike(zeros(2, { dtype: 'uint8' })))).toEqual([1, 1])
  })

  it('has PyTorch’s dtypes', () => {
    expect(
      [arange(3), arange(3n), arange(3.5), ones(1), full([1], true)].map((t) => t.dtype),
    ).toEqual(['int32', 'int64', 'float32', 'float32', 'bool'])
  })

  it('takes sizes spread out or as a list', () => {
    expect(empty(2, 3).shape).toEqual([2, 3])
    expect(empty([2, 3], { dtype: 'int8' }).dtype).toBe('int8')
  })

  it.each<[() => unknown, string]>([
    [() => arange(0, 5, 0), 'RuntimeError: step must be nonzero'],
    [
      () => arange(0, 5, -1),
      'RuntimeError: upper bound and larger bound inconsistent with step sign',
    ],
    [() => linspace(0, 1, -1), 'RuntimeError: number of steps must be non-negative'],
    [() => zeros(-1), 'RuntimeError: Trying to create tensor with negative dimension -1: [-1]'],
    [() => eye(-1), 'RuntimeError: n must be greater or equal to 0, got -1'],
  ])('bad arguments give PyTorch’s error (%#)', (call, message) => {
    expect(errorOf(call)).toBe(message)
  })
})
