import { describe, expect, it } from 'vitest'
import { acc, type DType, dtypes, input, kernels, scalar } from '../../src/index.ts'
import { layoutNames, numbers, put, runOn, samples } from '../harness.ts'
import * as reference from '../reference.ts'
import { ToyBackend } from '../toy-backend.ts'

const [batch, m, k, n] = [2, 3, 4, 5]
const product = (dtype: DType) => {
  const { compute } = dtypes[dtype]
  return kernels.matmul(dtype, acc(0, compute).cast(dtype))
}

describe('matmul, lowered', () => {
  const all: DType[] = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int8']
  it.each(all)('%s', (dtype) => {
    const toy = new ToyBackend()
    const [a, b] = [samples(dtype, batch * m * k, 1), samples(dtype, batch * k * n, 2)]
    const round = (x: number) => {
      const one = put(toy, { dtype, shape: [], values: [x] })
      return numbers(toy, one)[0]
    }
    const [out] = runOn(
      toy,
      product(dtype),
      [
        { dtype, shape: [batch, m, k], values: a },
        { dtype, shape: [batch, k, n], values: b },
      ],
      [{ dtype, shape: [batch, m, n] }],
    )
    const expected = reference.matmul(a.map(round), b.map(round), [batch, m, k, n])
    // Samples are multiples of 1/64 below 4: products and sums are exact in float32.
    expect(numbers(toy, out)).toEqual(expected.map(round))
    expect(toy.ran).toEqual(['reduce'])
  })

  it.each(layoutNames)('%s operands', (layout) => {
    const toy = new ToyBackend()
    const kernel = product('float32')
    const [x, y] = [
      { dtype: 'float32', shape: [batch, m, k], layout } as const,
      { dtype: 'float32', shape: [batch, k, n], layout } as const,
    ]
    const [out] = runOn(toy, kernel, [x, y], [{ dtype: 'float32', shape: [batch, m, n] }])
    const values = [x, y].map((spec) => numbers(toy, put(toy, spec)))
    expect(numbers(toy, out)).toEqual(reference.matmul(values[0], values[1], [batch, m, k, n]))
  })

  it('runs the epilogue once on each product', () => {
    const toy = new ToyBackend()
    const sum = acc(0, 'float32').mul(scalar(0, 'float32')).add(input(2, 'float32'))
    const kernel = kernels.matmul('float32', sum.max(0).mul(input(3, 'float32')))
    const [a, b] = [samples('float32', 6, 3), samples('float32', 6, 4)]
    const [bias, residual] = [
      [1, -2],
      [3, 4, 5, 6],
    ]
    const [out] = runOn(
      toy,
      kernel,
      [
        { dtype: 'float32', shape: [2, 3], values: a },
        { dtype: 'float32', shape: [3, 2], values: b },
        { dtype: 'float32', shape: [2, 2], strides: [0, 1], values: [...bias, ...bias] },
        { dtype: 'float32', shape: [2, 2], values: residual },
      ],
      [{ dtype: 'float32', shape: [2, 2] }],
      [0.5],
    )
    const plain = reference.matmul(a, b, [1, 2, 3, 2])
    const expected = plain.map((p, i) => Math.max(p * 0.5 + bias[i % 2], 0) * residual[i])
    expect(numbers(toy, out)).toEqual(expected)
  })

  it('gives zeros for an empty sum', () => {
    const toy = new ToyBackend()
    const specs = [
      { dtype: 'float32', shape: [2, 0] } as const,
      { dtype: 'float32', shape: [0, 3] } as const,
    ]
    const [out] = runOn(toy, product('float32'), specs, [{ dtype: 'float32', shape: [2, 3] }])
    expect(numbers(toy, out)).toEqual([0, 0, 0, 0, 0, 0])
  })
})
