import { type DType, kernels } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import {
  get,
  layoutNames,
  numbers,
  put,
  reducedSpec,
  runOn,
  type Spec,
  samples,
} from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { compare } from './engines.ts'

const floats: DType[] = ['float32', 'float64', 'float16', 'bfloat16']
const cpu = createCpuBackend()
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

describe.each([false, true])('softmax, log: %s', (log) => {
  it.each(floats)('equals its lowering on %s, in every layout', (dtype) => {
    for (const layout of layoutNames) {
      const spec: Spec = { dtype, shape: [2, 3, 5], layout }
      const other: Spec = { dtype, shape: [2, 3, 5], values: samples(dtype, 30, 7) }
      const out: Spec = { dtype, shape: [2, 3, 5], layout: 'transposed' }
      compare(kernels.softmax(dtype, log, false), [spec], [out], { factor: 2 })
      compare(kernels.softmax(dtype, log, true), [spec, other], [out], { factor: 8 })
    }
    for (const shape of [[0], [2, 0], [0, 3], [1], [3, 1]]) {
      compare(kernels.softmax(dtype, log, false), [{ dtype, shape }], [{ dtype, shape }])
    }
  })

  it('takes large values, infinities and NaN', () => {
    const run = (values: number[]) => {
      const spec: Spec = { dtype: 'float64', shape: [values.length], values }
      return get(cpu, runOn(cpu, kernels.softmax('float64', log, false), [spec], [spec])[0])
    }
    expect(run([1e4, 1e4])).toEqual(log ? [-Math.log(2), -Math.log(2)] : [0.5, 0.5])
    expect(run([0, -inf])).toEqual(log ? [0, -inf] : [1, 0])
    expect(run([0, nan])).toEqual([nan, nan])
    expect(run([-inf, -inf])).toEqual([nan, nan])
  })

  it('sums long rows without loss', () => {
    const n = 20_000
    const spec: Spec = { dtype: 'float32', shape: [n], values: Array<number>(n).fill(1) }
    const [y] = runOn(cpu, kernels.softmax('float32', log, false), [spec], [spec])
    const each = Math.fround(log ? -Math.log(n) : 1 / n)
    expect(new Set(numbers(cpu, y))).toEqual(new Set([each]))
  })
})

describe('normalize', () => {
  const eps = [1e-5]
  const shape = [3, 2, 4]
  const options = [
    { weight: false, bias: false },
    { weight: true, bias: false },
    { weight: false, bias: true },
    { weight: true, bias: true },
  ]
  /** Weights of a layer norm (the same for all rows) and of a group norm (which differ). */
  const affine = (dtype: DType, shared: boolean): Spec =>
    shared
      ? {
          dtype,
          shape,
          strides: [0, 4, 1],
          values: Array(3)
            .fill(samples(dtype, 8, 6))
            .flat(),
        }
      : { dtype, shape, values: samples(dtype, 24, 6) }

  it.each(floats)('forward equals its lowering on %s', (dtype) => {
    for (const { weight, bias } of options) {
      for (const layout of layoutNames) {
        const spec: Spec = { dtype, shape, layout, values: samples(dtype, 24, 5) }
        const more = Array(Number(weight) + Number(bias)).fill(
          affine(dtype, layout === 'contiguous'),
        )
        const kernel = kernels.normalize(dtype, { backward: false, weight, bias })
        for (const rank of [1, 2]) {
          const stats = reducedSpec(dtype, shape, rank)
          compare(kernel, [spec, ...more], [{ dtype, shape }, stats, stats], {
            scalars: eps,
            factor: 10,
          })
        }
      }
    }
  })

  it.each(floats)('backward equals its lowering on %s', (dtype) => {
    for (const weight of [false, true]) {
      for (const layout of layoutNames) {
        const specs = [5, 8].map(
          (seed): Spec => ({ dtype, shape, layout, values: samples(dtype, 24, seed) }),
        )
        const spread = (values: number[]): Spec => ({
          ...reducedSpec(dtype, shape, 2),
          values: values.flatMap((v) => Array<number>(8).fill(v)),
        })
        const stats = [spread([0.5, -0.25, 1]), spread([0.5, 2, 1])]
        const more = weight ? [affine(dtype, layout === 'contiguous')] : []
        const kernel = kernels.normalize(dtype, { backward: true, weight, bias: false })
        compare(kernel, [...specs, ...stats, ...more], [{ dtype, shape }], {
          scalars: eps,
          factor: 20,
        })
      }
    }
  })

  it('over channels of images: trailing dims that do not merge', () => {
    const x = samples('float64', 24, 3)
    // [channel, image, place] of a tensor that lies as [image, channel, place].
    const spec: Spec = { dtype: 'float64', shape: [2, 3, 4], strides: [4, 8, 1], values: x }
    const stats = reducedSpec('float64', [2, 3, 4], 2)
    const [y, mean] = runOn(
      cpu,
      kernels.normalize('float64', { backward: false, weight: false, bias: false }),
      [spec],
      [{ ...spec, values: undefined }, stats, stats],
      eps,
    )
    const expected = reference.rows(x, 12, (row) => {
      const s = reference.statistics(row, eps[0])
      return row.map((v) => (v - s.mean) * s.rstd)
    })
    numbers(cpu, y).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 12))
    expect(numbers(cpu, mean)[0]).toBeCloseTo(reference.statistics(x.slice(0, 12), 0).mean, 12)
  })

  it('is exact where values are far from zero', () => {
    const spec: Spec = { dtype: 'float32', shape: [1, 4], values: [10000, 10001, 10002, 10003] }
    const stats = reducedSpec('float32', [1, 4], 1)
    const kernel = kernels.normalize('float32', { backward: false, weight: false, bias: false })
    const [y] = runOn(cpu, kernel, [spec], [spec, stats, stats], [0])
    const s = Math.sqrt(1.25)
    expect(numbers(cpu, y)).toEqual([-1.5 / s, -0.5 / s, 0.5 / s, 1.5 / s].map(Math.fround))
  })

  it('works in place', () => {
    const x = put(cpu, { dtype: 'float64', shape: [2, 2], values: [1, 3, 5, 5] })
    const stats = put(cpu, reducedSpec('float64', [2, 2], 1))
    const more = put(cpu, reducedSpec('float64', [2, 2], 1))
    const kernel = kernels.normalize('float64', { backward: false, weight: false, bias: false })
    cpu.run(kernel, [x], [x, stats, more], [1])
    expect(numbers(cpu, x)).toEqual(
      [-Math.SQRT1_2, Math.SQRT1_2, 0, 0].map((v) => expect.closeTo(v, 14)),
    )
  })
})
