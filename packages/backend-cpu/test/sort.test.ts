import { type DType, kernels } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import {
  get,
  layoutNames,
  numbers,
  put,
  runOn,
  type Spec,
  samples,
} from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const cpu = createCpuBackend()
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

describe.each([false, true])('sort, descending: %s', (descending) => {
  it.each(allDTypes)('equals its lowering on %s', (dtype) => {
    const kernel = kernels.sort(dtype, descending)
    const shape = [3, 7]
    const layouts = dtype === 'float32' ? layoutNames : (['transposed'] as const)
    for (const layout of layouts) {
      const spec: Spec = { dtype, shape, layout, values: samples(dtype, 21).map(Math.round) }
      compare(
        kernel,
        [spec],
        [
          { dtype, shape },
          { dtype: 'int32', shape, layout: 'transposed' },
        ],
      )
    }
    for (const shape of [[0], [2, 0], [1], [3, 1]]) {
      compare(
        kernel,
        [{ dtype, shape }],
        [
          { dtype, shape },
          { dtype: 'int32', shape },
        ],
      )
    }
  })

  it.each(allDTypes)('stable on long rows of %s', (dtype) => {
    const n = 1000
    const spec: Spec = { dtype, shape: [2, n], values: samples(dtype, 2 * n).map((v) => v * 3) }
    const [values, positions] = runOn(
      cpu,
      kernels.sort(dtype, descending),
      [spec],
      [
        { dtype, shape: [2, n] },
        { dtype: 'int32', shape: [2, n] },
      ],
    )
    const x = numbers(cpu, put(cpu, spec))
    const expected = reference.rows(x, n, (row) => reference.order(row, descending))
    expect(numbers(cpu, positions)).toEqual(expected)
    expect(numbers(cpu, values)).toEqual(expected.map((p, i) => x[p + (i < n ? 0 : n)]))
  })

  const special = [nan, 1, -inf, 0, -0, inf, -1e-45, 1e-45, nan, -3e38, 3e38, 0]
  it.each([12, 120])('special floats in rows of %i', (n) => {
    const row = Array.from({ length: n }, (_, i) => special[i % special.length])
    for (const dtype of ['float32', 'float64', 'float16', 'bfloat16'] as const) {
      const spec: Spec = { dtype, shape: [n], values: row }
      const [values, positions] = runOn(
        cpu,
        kernels.sort(dtype, descending),
        [spec],
        [spec, { dtype: 'int32', shape: [n] }],
      )
      const x = numbers(cpu, put(cpu, spec))
      const expected = reference.order(x, descending)
      expect(numbers(cpu, positions)).toEqual(expected)
      expect(numbers(cpu, values)).toEqual(expected.map((p) => x[p]))
    }
  })

  it('64-bit integers that differ in either half', () => {
    const values = [
      0n,
      -1n,
      2n ** 62n,
      -(2n ** 62n),
      2n ** 32n,
      2n ** 32n + 1n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ]
    const row = Array.from({ length: 80 }, (_, i) => values[(i * 5) % 8])
    const spec: Spec = { dtype: 'int64', shape: [80], values: row }
    const kernel = kernels.sort('int64', descending)
    const [sorted] = runOn(cpu, kernel, [spec], [spec, { dtype: 'int32', shape: [80] }])
    const expected = row.slice().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(get(cpu, sorted)).toEqual(descending ? expected.reverse() : expected)
  })

  it('gives the first k to shorter outputs', () => {
    const dtype: DType = 'float32'
    const shape = [2, 100]
    const kernel = kernels.sort(dtype, descending)
    compare(
      kernel,
      [{ dtype, shape, layout: 'transposed' }],
      [
        { dtype, shape: [2, 7] },
        { dtype: 'int32', shape: [2, 7], layout: 'strided' },
      ],
    )
  })
})

it.each(engines)('sorts in place by %s', (engine) => {
  const backend = createCpuBackend({ engine })
  const x = put(backend, { dtype: 'int32', shape: [4], values: [3, 1, 2, 0] })
  const positions = put(backend, { dtype: 'int32', shape: [4] })
  backend.run(kernels.sort('int32', false), [x], [x, positions], [])
  expect(numbers(backend, x)).toEqual([0, 1, 2, 3])
  expect(numbers(backend, positions)).toEqual([3, 1, 2, 0])
})
