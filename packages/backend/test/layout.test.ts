import { describe, expect, it } from 'vitest'
import {
  acc,
  canonicalize,
  coalesce,
  contiguousStrides,
  elementCount,
  index,
  input,
  isContiguous,
  kernels,
  newArray,
  type Operand,
  reducedRank,
} from '../src/index.ts'

const buffer = { dtype: 'float32', length: 1000 } as const
const operand = (shape: readonly number[], strides: readonly number[], offset = 0): Operand => ({
  buffer,
  dtype: 'float32',
  shape,
  strides,
  offset,
})
const layout = ({ shape, strides, offset }: Operand) => ({ shape, strides, offset })
const add = kernels.map([input(0, 'float32').add(input(1, 'float32'))])
const sum = kernels.reduce([{ op: 'sum', value: input(0, 'float32') }], [acc(0, 'float32')])

describe('layouts', () => {
  it('count elements and know contiguity', () => {
    expect(elementCount([])).toBe(1)
    expect(elementCount([2, 0, 3])).toBe(0)
    expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1])
    expect(contiguousStrides([2, 0, 3])).toEqual([3, 3, 1])
    expect(isContiguous([2, 3], [3, 1])).toBe(true)
    expect(isContiguous([3, 2], [1, 3])).toBe(false)
    expect(isContiguous([1, 3], [99, 1])).toBe(true)
    expect(isContiguous([0, 3], [99, 98])).toBe(true)
  })

  it('merge the dims that all operands walk as one', () => {
    expect(
      coalesce(
        [2, 3, 4],
        [
          [12, 4, 1],
          [24, 8, 2],
        ],
      ),
    ).toEqual({ shape: [24], strides: [[1], [2]] })
    expect(
      coalesce(
        [2, 3, 4],
        [
          [12, 4, 1],
          [0, 4, 1],
        ],
      ),
    ).toEqual({
      shape: [2, 12],
      strides: [
        [12, 1],
        [0, 1],
      ],
    })
    expect(
      coalesce(
        [2, 3],
        [
          [1, 2],
          [3, 1],
        ],
      ).shape,
    ).toEqual([2, 3])
    expect(coalesce([1, 5, 1], [[9, 2, 7]])).toEqual({ shape: [5], strides: [[2]] })
    expect(coalesce([1, 1], [[9, 2]])).toEqual({ shape: [], strides: [[]] })
  })

  it('keep trailing dims apart', () => {
    expect(coalesce([2, 3, 4], [[12, 4, 1]], 1)).toEqual({ shape: [6, 4], strides: [[4, 1]] })
    expect(coalesce([2, 3, 4], [[12, 4, 1]], 2)).toEqual({ shape: [2, 12], strides: [[12, 1]] })
    expect(coalesce([2, 3, 1], [[3, 1, 1]], 1)).toEqual({ shape: [6], strides: [[1]] })
  })

  it('tell the rank that a reduction collapses', () => {
    expect(reducedRank(operand([2, 3, 4], [1, 0, 0]))).toBe(2)
    expect(reducedRank(operand([2, 3], [3, 1]))).toBe(0)
    expect(reducedRank(operand([2, 1, 4], [1, 5, 0]))).toBe(2)
    expect(reducedRank(operand([4], [0]))).toBe(1)
  })
})

describe('canonicalize', () => {
  it('makes contiguous maps flat, whatever their shape', () => {
    const a = operand([2, 3], [3, 1], 7)
    const { inputs, outputs } = canonicalize(add, [a, operand([2, 3], [3, 1])], [a])
    expect(inputs.map(layout)).toEqual([
      { shape: [6], strides: [1], offset: 7 },
      { shape: [6], strides: [1], offset: 0 },
    ])
    expect(outputs.map(layout)).toEqual([{ shape: [6], strides: [1], offset: 7 }])
  })

  it('returns the same arrays where nothing changes', () => {
    const flat = [operand([6], [1]), operand([6], [1])]
    expect(canonicalize(add, flat, flat).inputs).toBe(flat)
    const matmul = kernels.matmul('float32', acc(0, 'float32'))
    const [a, b] = [operand([2, 2], [2, 1]), operand([2, 2], [1, 2])]
    const pair = [a, b]
    expect(canonicalize(matmul, pair, [a]).inputs).toBe(pair)
  })

  it('keeps broadcast dims as stride 0, and drops dims of size 1', () => {
    const a = operand([2, 1, 3], [3, 3, 1])
    const bias = operand([2, 1, 3], [0, 0, 1])
    const { inputs } = canonicalize(add, [a, bias], [a])
    expect(inputs.map((o) => o.strides)).toEqual([
      [3, 1],
      [0, 1],
    ])
    expect(inputs[1].shape).toEqual([2, 3])
  })

  it('makes a single element rank 0', () => {
    const a = operand([1, 1], [5, 5], 3)
    expect(layout(canonicalize(add, [a, a], [a]).outputs[0])).toEqual({
      shape: [],
      strides: [],
      offset: 3,
    })
  })

  it('never merges reduced with kept dims', () => {
    const { inputs, outputs } = canonicalize(
      sum,
      [operand([2, 3, 4, 5], [60, 20, 5, 1])],
      [operand([2, 3, 4, 5], [3, 1, 0, 0])],
    )
    expect(inputs.map(layout)).toEqual([{ shape: [6, 20], strides: [20, 1], offset: 0 }])
    expect(outputs[0].strides).toEqual([1, 0])
  })

  it('leaves kernels that ask for positions as they are', () => {
    const iota = kernels.map([index(1).cast('float32').add(input(0, 'float32'))])
    const inputs = [operand([2, 3], [3, 1])]
    expect(canonicalize(iota, inputs, inputs).inputs).toBe(inputs)
  })
})

it('arrays are made for every dtype', () => {
  expect(newArray('bfloat16', 3)).toBeInstanceOf(Uint16Array)
  expect(newArray('int64', 2)).toEqual(new BigInt64Array(2))
})
