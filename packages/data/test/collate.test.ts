import '@sconce/backend-cpu'
import { type Tensor, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { defaultCollate, defaultConvert } from '../src/index.ts'

const described = (t: Tensor) => [t.dtype, t.shape, t.toArray()]

describe('defaultCollate', () => {
  it('stacks tensors', () => {
    const batch = defaultCollate([tensor([1, 2]), tensor([3, 4])])
    expect(described(batch)).toEqual([
      'float32',
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ])
  })

  it('makes tensors of numbers, with the dtypes of `tensor`', () => {
    expect(described(defaultCollate([1, 2.5]))).toEqual(['float32', [2], [1, 2.5]])
    expect(described(defaultCollate([3n, -1n]))).toEqual(['int64', [2], [3, -1]])
    expect(described(defaultCollate([true, false]))).toEqual(['bool', [2], [true, false]])
  })

  it('stacks typed arrays, also views of larger ones', () => {
    const pool = Float64Array.of(9, 1, 2, 3, 4)
    const batch = defaultCollate([pool.subarray(1, 3), pool.subarray(3)])
    expect(described(batch)).toEqual([
      'float64',
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ])
    expect(described(defaultCollate([Buffer.from([1, 2])]))).toEqual(['uint8', [1, 2], [[1, 2]]])
  })

  it('goes into arrays and objects', () => {
    const batch = defaultCollate([
      { x: [1, Int32Array.of(5)], name: 'a' },
      { x: [2, Int32Array.of(6)], name: 'b' },
    ])
    const [numbers, arrays] = batch.x as unknown as Tensor[]
    expect(described(numbers)).toEqual(['float32', [2], [1, 2]])
    expect(described(arrays)).toEqual(['int32', [2, 1], [[5], [6]]])
    expect(batch.name).toEqual(['a', 'b'])
  })

  it('refuses in the words of PyTorch', () => {
    const cases: [readonly unknown[], string][] = [
      [[[1], [1, 2]], 'each element in list of batch should be of equal size'],
      [
        [null],
        'default_collate: batch must contain tensors, typed arrays, numbers, strings, objects or arrays; found null',
      ],
      [[1, 'a'], 'found string'],
      [[new Date()], 'found Date'],
      [
        [tensor([1, 2]), tensor([1, 2, 3])],
        'stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1',
      ],
      [
        [Int8Array.of(1), Int8Array.of(1, 2)],
        'stack expects each tensor to be equal size, but got [1] at entry 0 and [2] at entry 1',
      ],
      [[Int8Array.of(1), Uint8Array.of(1)], 'found Int8Array and Uint8Array'],
    ]
    for (const [items, message] of cases) expect(() => defaultCollate(items)).toThrow(message)
  })
})

it('defaultConvert makes tensors of typed arrays and leaves the rest', () => {
  const source = Float32Array.of(1, 2)
  const { a, b } = defaultConvert({ a: [source, 3], b: 'x' }) as { a: [Tensor, number]; b: string }
  source[0] = 7
  expect(described(a[0])).toEqual(['float32', [2], [1, 2]])
  expect([a[1], b]).toEqual([3, 'x'])
})
