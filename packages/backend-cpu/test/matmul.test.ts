import { acc, type DType, dtypes, index, input, kernels, scalar } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, layoutNames, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const product = (dtype: DType) => {
  const sum = acc(0, dtypes[dtype].compute)
  return kernels.matmul(dtype, sum.cast(dtype))
}
const numeric = allDTypes.filter((dtype) => dtype !== 'bool')

describe.each(numeric)('matmul of %s', (dtype) => {
  it.each(layoutNames)('%s operands', (layout) => {
    for (const [m, k, n] of [
      [3, 4, 5],
      [1, 7, 1],
      [5, 1, 6],
      [9, 3, 2],
    ]) {
      const specs: Spec[] = [
        { dtype, shape: [2, m, k], layout, values: samples(dtype, 2 * m * k, 3) },
        { dtype, shape: [2, k, n], layout, values: samples(dtype, 2 * k * n, 4) },
      ]
      const out = layout.startsWith('broadcast') ? 'contiguous' : layout
      compare(product(dtype), specs, [{ dtype, shape: [2, m, n], layout: out }])
    }
  })

  it('of empty operands', () => {
    for (const [m, k, n] of [
      [2, 0, 3],
      [0, 2, 3],
      [2, 3, 0],
    ]) {
      const specs: Spec[] = [
        { dtype, shape: [m, k] },
        { dtype, shape: [k, n] },
      ]
      compare(product(dtype), specs, [{ dtype, shape: [m, n] }])
    }
  })
})

describe.each(engines)('matmul by %s', (engine) => {
  const cpu = createCpuBackend({ engine })

  it.each([
    [97, 257, 259],
    [200, 5, 300],
    [3, 600, 7],
    [1, 300, 270],
    [100, 1, 1],
  ])('%i × %i × %i, across blocks', (m, k, n) => {
    for (const dtype of ['float32', 'float64', 'int32', 'int64'] as const) {
      const [a, b] = [samples(dtype, m * k, 1), samples(dtype, k * n, 2)]
      for (const layout of ['contiguous', 'transposed'] as const) {
        const specs: Spec[] = [
          { dtype, shape: [m, k], values: a, layout },
          { dtype, shape: [k, n], values: b, layout },
        ]
        const [out] = runOn(cpu, product(dtype), specs, [{ dtype, shape: [m, n] }])
        const expected = reference.matmul(a, b, [1, m, k, n])
        // Sums of multiples of 1/4096 below 2^12 are exact in double; float32 rounds them once.
        const settle = dtype === 'float32' ? Math.fround : (x: number) => x
        expect(get(cpu, out).map(Number)).toEqual(expected.map(settle))
      }
    }
  })

  it('wraps integers around', () => {
    const run = (dtype: DType, x: number | bigint, y: number | bigint) => {
      const specs: Spec[] = [
        { dtype, shape: [1, 1], values: [x] },
        { dtype, shape: [1, 1], values: [y] },
      ]
      return get(cpu, runOn(cpu, product(dtype), specs, [{ dtype, shape: [1, 1] }])[0])[0]
    }
    expect(run('int32', 2 ** 16, 2 ** 15)).toBe(-(2n ** 31n))
    expect(run('int64', 2n ** 40n + 1n, 2n ** 30n)).toBe(2n ** 30n)
    expect(run('int8', 16, 9)).toBe(-112n)
    expect(run('uint8', 16, 17)).toBe(16n)
  })

  it('lets NaN and infinities through', () => {
    const specs: Spec[] = [
      { dtype: 'float32', shape: [2, 2], values: [0, 1, Number.POSITIVE_INFINITY, 1] },
      { dtype: 'float32', shape: [2, 2], values: [Number.NaN, 1, 0, 2] },
    ]
    const [out] = runOn(cpu, product('float32'), specs, [{ dtype: 'float32', shape: [2, 2] }])
    expect(get(cpu, out)).toEqual([Number.NaN, 2, Number.NaN, Number.POSITIVE_INFINITY])
  })
})

describe('matmul', () => {
  const f32 = 'float32' as const
  it('with an epilogue of several operands, in every layout', () => {
    const sum = acc(0, f32).mul(scalar(1, f32)).add(input(2, 'float16').cast(f32))
    const kernel = kernels.matmul(f32, sum.max(0).mul(input(3, f32)).cast('bfloat16'))
    for (const layout of layoutNames) {
      const specs: Spec[] = [
        { dtype: f32, shape: [3, 10, 6], layout, values: samples(f32, 180, 1) },
        { dtype: f32, shape: [3, 6, 9], layout, values: samples(f32, 162, 2) },
        {
          dtype: 'float16',
          shape: [3, 10, 9],
          strides: [0, 0, 1],
          values: Array(30).fill(samples('float16', 9)).flat(),
        },
        { dtype: f32, shape: [3, 10, 9], layout, values: samples(f32, 270, 3) },
      ]
      compare(kernel, specs, [{ dtype: 'bfloat16', shape: [3, 10, 9] }], { scalars: [0, 0.5] })
    }
  })

  it('of many batch dims, some of them broadcast', () => {
    const [a, b] = [
      [2, 3, 2, 4, 5],
      [2, 3, 2, 5, 3],
    ]
    const strides = [
      [
        [120, 40, 20, 5, 1],
        [0, 0, 0, 3, 1],
      ],
      [
        [120, 40, 20, 5, 1],
        [0, 15, 0, 3, 1],
      ],
      [
        [0, 20, 0, 5, 1],
        [30, 0, 15, 1, 5],
      ],
      [
        [60, 0, 20, 1, 4],
        [0, 0, 15, 3, 1],
      ],
    ]
    for (const [first, second] of strides) {
      const specs: Spec[] = [
        { dtype: f32, shape: a, strides: first, values: samples(f32, 240, 1) },
        { dtype: f32, shape: b, strides: second, values: samples(f32, 180, 2) },
      ]
      compare(product(f32), specs, [{ dtype: f32, shape: [2, 3, 2, 4, 3] }])
    }
  })

  it('adds to its own output', () => {
    const kernel = kernels.matmul(f32, acc(0, f32).add(input(2, f32)))
    for (const engine of engines) {
      const cpu = createCpuBackend({ engine })
      const spec: Spec = { dtype: f32, shape: [2, 2], values: [1, 2, 3, 4] }
      const [x] = runOn(cpu, product(f32), [spec, spec], [spec])
      const [y] = runOn(cpu, product(f32), [spec, spec], [spec])
      cpu.run(kernel, [x, x, y], [y], [])
      expect(get(cpu, y)).toEqual([206, 300, 450, 656])
    }
  })

  it('leaves epilogues that ask for positions, and bool, to the lowering', () => {
    const cpu = createCpuBackend()
    const kernel = kernels.matmul(f32, index(1).le(index(0)).where(acc(0, f32), 0))
    expect(cpu.supports(kernel)).toBe(false)
    expect(cpu.supports(product(f32))).toBe(true)
    expect(cpu.supports(kernels.matmul('bool', acc(0, 'bool')))).toBe(false)
    const specs: Spec[] = [
      { dtype: f32, shape: [3, 2] },
      { dtype: f32, shape: [2, 3] },
    ]
    compare(kernel, specs, [{ dtype: f32, shape: [3, 3] }])
  })
})
