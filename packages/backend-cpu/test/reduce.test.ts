import {
  acc,
  type DType,
  dtypes,
  index,
  input,
  kernels,
  load,
  type ReduceOp,
  scalar,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import {
  get,
  layoutNames,
  put,
  reducedSpec,
  runOn,
  type Spec,
  samples,
} from '../../backend/test/harness.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

function collapse(op: ReduceOp, dtype: DType) {
  const value = input(0, dtype).cast(dtypes[dtype].compute)
  const type = kernels.reductionDType({ op, value })
  return kernels.reduce(
    [{ op, value }],
    [type === dtypes[dtype].compute ? acc(0, type).cast(dtype) : acc(0, type)],
  )
}

const opsOf = (dtype: DType): ReduceOp[] =>
  dtype === 'bool'
    ? ['any', 'all', 'argmin', 'argmax']
    : ['sum', 'prod', 'min', 'max', 'argmin', 'argmax']

/** Small factors, so that products stay exact. */
const values = (dtype: DType, op: ReduceOp, count: number): number[] =>
  samples(dtype, count).map((v) => (op === 'prod' ? [1, 1, 1, 2, 0.5][Math.abs(v * 64) % 5] : v))

describe.each(allDTypes)('reduce of %s', (dtype) => {
  const shape = [5, 3, 12]
  describe.each(opsOf(dtype))('%s', (op) => {
    const kernel = collapse(op, dtype)
    it.each(layoutNames)('%s, over the last one, two and three dims', (layout) => {
      for (const rank of [1, 2, 3]) {
        const out = reducedSpec(kernel.outputs[0], shape, rank)
        compare(kernel, [{ dtype, shape, layout, values: values(dtype, op, 180) }], [out])
      }
    })
    it('over nothing, of nothing, and of a single element', () => {
      for (const shape of [[2, 0], [0, 3], [0], [1], [1, 1], [3, 1]]) {
        compare(kernel, [{ dtype, shape }], [reducedSpec(kernel.outputs[0], shape, 1)])
      }
    })
  })
})

describe.each(['float32', 'int64', 'bool'] as const)(
  'reduce of long rows and columns of %s',
  (dtype) => {
    it.each(opsOf(dtype))('%s', (op) => {
      const kernel = collapse(op, dtype)
      const shape = [140, 270]
      const spec: Spec = { dtype, shape, values: values(dtype, op, 140 * 270) }
      compare(kernel, [spec], [reducedSpec(kernel.outputs[0], shape, 1)])
      compare(
        kernel,
        [{ ...spec, layout: 'transposed' }],
        [reducedSpec(kernel.outputs[0], shape, 1)],
      )
      const tall: Spec = { ...spec, shape: [270, 140], layout: 'transposed' }
      compare(kernel, [tall], [reducedSpec(kernel.outputs[0], [270, 140], 1)])
    })
  },
)

describe.each(engines)('reduce by %s', (engine) => {
  const cpu = createCpuBackend({ engine })
  const row = (op: ReduceOp, list: readonly number[]) => {
    const kernel = collapse(op, 'float32')
    const spec: Spec = { dtype: 'float32', shape: [list.length], values: list }
    const [out] = runOn(cpu, kernel, [spec], [reducedSpec(kernel.outputs[0], spec.shape, 1)])
    return Number(get(cpu, out)[0] ?? nan)
  }
  const only = (op: ReduceOp, list: readonly number[]) => {
    const kernel = collapse(op, 'float32')
    const out = put(cpu, { dtype: kernel.outputs[0], shape: [], values: [0] })
    const x = put(cpu, { dtype: 'float32', shape: [list.length], values: list })
    cpu.run(kernel, [x], [{ ...out, shape: [list.length], strides: [0] }], [])
    return Number(get(cpu, out)[0])
  }

  it('takes NaN for the extreme, and the first of a tie', () => {
    expect(row('max', [1, nan, 3])).toBeNaN()
    expect(row('min', [1, nan, 3])).toBeNaN()
    expect(row('argmax', [1, nan, 3, nan])).toBe(1)
    expect(row('argmin', [1, nan, 0])).toBe(1)
    expect(row('argmax', [1, 7, 7, 0])).toBe(1)
    expect(row('argmin', [1, 0, 0])).toBe(1)
    expect(row('max', [-inf, -inf])).toBe(-inf)
    expect(row('sum', [inf, -inf])).toBeNaN()
  })

  it('gives the neutral element over nothing', () => {
    const ops = ['sum', 'prod', 'min', 'max', 'argmax'] as const
    expect(ops.map((op) => only(op, []))).toEqual([0, 1, inf, -inf, 0])
  })

  it('sums a million float32 to the last bit', () => {
    const count = 1 << 20
    const list = new Float32Array(count).fill(0.1)
    const x = cpu.allocate('float32', count)
    const out = put(cpu, { dtype: 'float32', shape: [] })
    cpu.write(x, list)
    const shape = [count]
    cpu.run(
      collapse('sum', 'float32'),
      [{ buffer: x, dtype: 'float32', shape, strides: [1], offset: 0 }],
      [{ ...out, shape, strides: [0] }],
      [],
    )
    expect(get(cpu, out)).toEqual([Math.fround(Math.fround(0.1) * count)])
  })

  it('sums float64 in blocks: the error does not grow with the length', () => {
    const list = Array.from({ length: 100_000 }, () => 0.1)
    const kernel = collapse('sum', 'float64')
    const x = put(cpu, { dtype: 'float64', shape: [list.length], values: list })
    const out = put(cpu, { dtype: 'float64', shape: [] })
    cpu.run(kernel, [x], [{ ...out, shape: [list.length], strides: [0] }], [])
    // One after the other they give 10000.000000018848.
    expect(Math.abs(Number(get(cpu, out)[0]) - 10_000)).toBeLessThan(1e-10)
  })

  it('wraps integers around', () => {
    const specs: [DType, number[], number][] = [
      ['int32', [2 ** 31 - 1, 1], -(2 ** 31)],
      ['uint8', [200, 100], 44],
      ['int8', [100, 100], -56],
    ]
    for (const [dtype, list, expected] of specs) {
      const kernel = collapse('sum', dtype)
      const out = put(cpu, { dtype, shape: [] })
      const x = put(cpu, { dtype, shape: [list.length], values: list })
      cpu.run(kernel, [x], [{ ...out, shape: [list.length], strides: [0] }], [])
      expect(Number(get(cpu, out)[0])).toBe(expected)
    }
    const big = put(cpu, { dtype: 'int64', shape: [2], values: [2n ** 62n, 2n ** 62n] })
    const out = put(cpu, { dtype: 'int64', shape: [] })
    cpu.run(collapse('sum', 'int64'), [big], [{ ...out, shape: [2], strides: [0] }], [])
    expect(get(cpu, out)).toEqual([-(2n ** 63n)])
  })
})

it('both engines add up in the same order', () => {
  const shape = [300, 400]
  const values = Array.from({ length: 120_000 }, (_, i) => Math.sin(i) * 10 ** (i % 7))
  for (const strides of [
    [400, 1],
    [1, 300],
  ]) {
    for (const op of ['sum', 'prod'] as const) {
      const scale = op === 'sum' ? 1 : 1e-3
      const spec: Spec = {
        dtype: 'float64',
        shape,
        strides,
        values: values.map((v) => v * scale + (op === 'sum' ? 0 : 1)),
      }
      const results = engines.map((engine) => {
        const cpu = createCpuBackend({ engine })
        const [out] = runOn(
          cpu,
          collapse(op, 'float64'),
          [spec],
          [reducedSpec('float64', shape, 1)],
        )
        return get(cpu, out)
      })
      expect(results[1]).toEqual(results[0])
    }
  }
})

describe('reduce', () => {
  const f32 = 'float32' as const
  const x = input(0, f32)

  it('finishes with an epilogue over several accumulators and operands', () => {
    const n = scalar(0, f32)
    const mean = acc(0, f32).div(n)
    const variance = acc(1, f32).div(n).sub(mean.mul(mean))
    const kernel = kernels.reduce(
      [
        { op: 'sum', value: x },
        { op: 'sum', value: x.mul(x) },
        { op: 'max', value: x.abs() },
      ],
      [mean, variance.sqrt().add(input(1, f32)), acc(2, f32).gt(1)],
    )
    for (const layout of layoutNames) {
      const shape = [6, 40]
      const outs = kernel.outputs.map((dtype) => reducedSpec(dtype, shape, 1))
      const bias: Spec = {
        dtype: f32,
        shape,
        strides: [1, 0],
        values: samples(f32, 6, 4).flatMap((v) => Array(40).fill(v)),
      }
      compare(kernel, [{ dtype: f32, shape, layout }, bias], outs, { scalars: [40], factor: 20 })
    }
  })

  it('mixes sums with positions', () => {
    const kernel = kernels.reduce(
      [
        { op: 'argmax', value: x },
        { op: 'sum', value: x },
        { op: 'any', value: x.gt(3.9) },
      ],
      [acc(0, 'int32'), acc(1, f32), acc(2, 'bool')],
    )
    for (const layout of layoutNames) {
      const outs = kernel.outputs.map((dtype) => reducedSpec(dtype, [20, 300], 1))
      compare(kernel, [{ dtype: f32, shape: [20, 300], layout }], outs, { factor: 20 })
    }
  })

  it('knows positions and loads: a product of matrices', () => {
    const product = load(0, f32, [index(0), index(2)]).mul(load(1, f32, [index(2), index(1)]))
    const kernel = kernels.reduce(
      [{ op: 'sum', value: product }],
      [acc(0, f32).add(index(0).cast(f32))],
    )
    compare(
      kernel,
      [
        { dtype: f32, shape: [3, 4] },
        { dtype: f32, shape: [4, 5], layout: 'transposed' },
      ],
      [reducedSpec(f32, [3, 5, 4], 1)],
    )
  })

  it('reduces in every order of the dims of its input', () => {
    const shape = [4, 16, 5, 6]
    for (const strides of [
      [1, 4, 64, 320],
      [480, 1, 16, 80],
      [30, 120, 6, 1],
      [0, 6, 0, 1],
    ]) {
      for (const rank of [1, 2, 3]) {
        compare(
          collapse('sum', 'float64'),
          [{ dtype: 'float64', shape, strides }],
          [reducedSpec('float64', shape, rank)],
        )
        compare(
          collapse('argmin', f32),
          [{ dtype: f32, shape, strides }],
          [reducedSpec('int32', shape, rank)],
        )
      }
    }
  })
})
