import { describe, expect, it } from 'vitest'
import { type DType, kernels } from '../../src/index.ts'
import { layoutNames, numbers, put, runOn, samples } from '../harness.ts'
import * as reference from '../reference.ts'
import { ToyBackend } from '../toy-backend.ts'

const all: DType[] = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'uint8',
  'bool',
]

describe.each([false, true])('sort, lowered, descending: %s', (descending) => {
  it.each(all)('%s, stable', (dtype) => {
    const toy = new ToyBackend()
    const shape = [3, 11]
    const spec = { dtype, shape, values: samples(dtype, 33).map((v) => Math.round(v / 2)) }
    const [values, positions] = runOn(
      toy,
      kernels.sort(dtype, descending),
      [spec],
      [
        { dtype, shape },
        { dtype: 'int32', shape },
      ],
    )
    const x = numbers(toy, put(toy, spec))
    const expected = reference.rows(x, 11, (row) => reference.order(row, descending))
    expect(numbers(toy, positions)).toEqual(expected)
    expect(numbers(toy, values)).toEqual(expected.map((p, i) => x[Math.floor(i / 11) * 11 + p]))
  })

  it.each(layoutNames)('%s operands', (layout) => {
    const toy = new ToyBackend()
    const spec = { dtype: 'float32', shape: [4, 6], layout } as const
    const out = { dtype: 'int32', shape: [4, 6], layout: 'transposed' } as const
    const [, positions] = runOn(toy, kernels.sort('float32', descending), [spec], [spec, out])
    const x = numbers(toy, put(toy, spec))
    expect(numbers(toy, positions)).toEqual(
      reference.rows(x, 6, (row) => reference.order(row, descending)),
    )
  })

  it('takes NaN for the greatest', () => {
    const toy = new ToyBackend()
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number
    const values = [nan, 1, inf, -inf, nan, 0]
    const shape = [6]
    const [, positions] = runOn(
      toy,
      kernels.sort('float32', descending),
      [{ dtype: 'float32', shape, values }],
      [
        { dtype: 'float32', shape },
        { dtype: 'int32', shape },
      ],
    )
    expect(numbers(toy, positions)).toEqual(descending ? [0, 4, 2, 1, 5, 3] : [3, 5, 1, 2, 0, 4])
  })

  it('gives the first k to shorter outputs', () => {
    const toy = new ToyBackend()
    const values = [3, 1, 2, 5, 4]
    const [top, positions] = runOn(
      toy,
      kernels.sort('int32', descending),
      [{ dtype: 'int32', shape: [5], values }],
      [
        { dtype: 'int32', shape: [2] },
        { dtype: 'int32', shape: [2] },
      ],
    )
    expect(numbers(toy, top)).toEqual(descending ? [5, 4] : [1, 2])
    expect(numbers(toy, positions)).toEqual(descending ? [3, 4] : [1, 2])
  })
})
