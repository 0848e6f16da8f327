import { describe, expect, it } from 'vitest'
import { acc, type DType, input, kernels, type ScanOp, scalar } from '../../src/index.ts'
import { layoutNames, numbers, put, runOn } from '../harness.ts'
import * as reference from '../reference.ts'
import { ToyBackend } from '../toy-backend.ts'

const ops: ScanOp[] = ['sum', 'prod', 'min', 'max', 'logsumexp']
const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const plain = (op: ScanOp, dtype: DType) => kernels.scan(op, input(0, dtype), [acc(0, dtype)])

describe('scan, lowered', () => {
  it.each(ops)('%s of rows of 5, in every layout', (op) => {
    for (const layout of layoutNames) {
      const toy = new ToyBackend()
      const spec = { dtype: 'float64', shape: [3, 5], layout } as const
      const [out] = runOn(toy, plain(op, 'float64'), [spec], [{ dtype: 'float64', shape: [3, 5] }])
      const x = numbers(toy, put(toy, spec))
      const expected = reference.rows(x, 5, (row) => reference.scan(op, row))
      numbers(toy, out).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 12))
      expect(new Set(toy.ran)).toEqual(new Set(['map']))
    }
  })

  it.each(['int32', 'int64', 'uint8'] as const)('sum of %s wraps around', (dtype) => {
    const toy = new ToyBackend()
    const values = { int32: [2 ** 31 - 1, 1, 1], int64: [5, -7, 2], uint8: [200, 100, 3] }[dtype]
    const [out] = runOn(
      toy,
      plain('sum', dtype),
      [{ dtype, shape: [3], values }],
      [{ dtype, shape: [3] }],
    )
    const expected = {
      int32: [2 ** 31 - 1, -(2 ** 31), 1 - 2 ** 31],
      int64: [5, -2, 0],
      uint8: [200, 44, 47],
    }
    expect(numbers(toy, out)).toEqual(expected[dtype])
  })

  it.each(['min', 'max'] as const)('%s tells positions: the later of a tie, NaN stays', (op) => {
    const toy = new ToyBackend()
    const kernel = kernels.scan(op, input(0, 'float32'), [acc(0, 'float32'), acc(1, 'int32')])
    const values = [2, 3, 2, 3, 1, nan, 0, nan, 1, 1, 4, 4, 0, 4, inf, -inf]
    const [value, position] = runOn(
      toy,
      kernel,
      [{ dtype: 'float32', shape: [2, 8], values }],
      [
        { dtype: 'float32', shape: [2, 8] },
        { dtype: 'int32', shape: [2, 8] },
      ],
    )
    const expected = reference.rows(values, 8, (row) => reference.scanPositions(op, row))
    expect(numbers(toy, position)).toEqual(expected)
    expect(numbers(toy, value)).toEqual(expected.map((p, i) => values[p + (i < 8 ? 0 : 8)]))
  })

  it('takes infinities in logsumexp', () => {
    const toy = new ToyBackend()
    const values = [-inf, -inf, 0, 0, inf, 1]
    const [out] = runOn(
      toy,
      plain('logsumexp', 'float32'),
      [{ dtype: 'float32', shape: [6], values }],
      [{ dtype: 'float32', shape: [6] }],
    )
    expect(numbers(toy, out)).toEqual([-inf, -inf, 0, Math.fround(Math.log(2)), inf, inf])
  })

  it('computes on the way in and out', () => {
    const toy = new ToyBackend()
    const x = input(0, 'float32')
    const finish = acc(0, 'float32').mul(scalar(0, 'float32')).sub(input(1, 'float32'))
    const [out] = runOn(
      toy,
      kernels.scan('sum', x.mul(x), [finish]),
      [
        { dtype: 'float32', shape: [4], values: [1, 2, 3, 4] },
        { dtype: 'float32', shape: [4], values: [1, 1, 2, 2] },
      ],
      [{ dtype: 'float32', shape: [4] }],
      [2],
    )
    expect(numbers(toy, out)).toEqual([1, 9, 26, 58])
  })
})
