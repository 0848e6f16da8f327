import { type DType, kernels } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, layoutNames, numbers, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { compare } from './engines.ts'

const floats: DType[] = ['float32', 'float64', 'float16', 'bfloat16']
const flags = [false, true].flatMap((causal) =>
  [false, true].map((mask) => [causal, mask] as const),
)

describe.each(flags)('attention, causal: %s, mask: %s', (causal, mask) => {
  const [l, s, e, f] = [3, 4, 2, 5]
  const shapes = [
    [2, 2, l, e],
    [2, 2, s, e],
    [2, 2, s, f],
    [2, 2, l, s],
  ].slice(0, mask ? 4 : 3)
  it.each(floats)('equals its lowering on %s', (dtype) => {
    for (const layout of dtype === 'float32' ? layoutNames : (['transposed'] as const)) {
      const specs = shapes.map((shape, i): Spec => {
        const count = shape.reduce((a, b) => a * b, 1)
        return { dtype, shape, layout, values: samples(dtype, count, i + 1) }
      })
      const out: Spec = { dtype, shape: [2, 2, l, f], layout: 'transposed' }
      // The lowering rounds scores to the dtype.
      compare(kernels.attention(dtype, causal, mask), specs, [out], { scalars: [0.5], factor: 8 })
    }
  })

  it('equals plain loops across blocks', () => {
    const [l, s, e, f] = [150, 140, 9, 7]
    const sizes = [l * e, s * e, s * f, l * s].slice(0, mask ? 4 : 3)
    const values = sizes.map((n, i) => samples('float64', n, i + 1))
    const shapes = [
      [l, e],
      [s, e],
      [s, f],
      [l, s],
    ]
    const cpu = createCpuBackend()
    const [y] = runOn(
      cpu,
      kernels.attention('float64', causal, mask),
      values.map((v, i): Spec => ({ dtype: 'float64', shape: shapes[i], values: v })),
      [{ dtype: 'float64', shape: [l, f] }],
      [0.25],
    )
    const expected = reference.attention(values, [l, s, e, f], 0.25, causal)
    numbers(cpu, y).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 11))
  })
})

it('attention of no keys, of no queries, and of a row that is masked out', () => {
  const cpu = createCpuBackend()
  const f32 = (shape: number[], values?: number[]): Spec => ({ dtype: 'float32', shape, values })
  const kernel = kernels.attention('float32', false, true)
  const inf = Number.POSITIVE_INFINITY
  const [y] = runOn(
    cpu,
    kernel,
    [
      f32([2, 1], [1, 1]),
      f32([2, 1], [0, 0]),
      f32([2, 1], [2, 4]),
      f32([2, 2], [0, 0, -inf, -inf]),
    ],
    [f32([2, 1])],
    [1],
  )
  expect(get(cpu, y)).toEqual([3, Number.NaN])
  const plain = kernels.attention('float32', false, false)
  const [none] = runOn(cpu, plain, [f32([2, 3]), f32([0, 3]), f32([0, 2])], [f32([2, 2])], [1])
  expect(get(cpu, none)).toEqual([0, 0, 0, 0])
  const [empty] = runOn(cpu, plain, [f32([0, 3]), f32([2, 3]), f32([2, 2])], [f32([0, 2])], [1])
  expect(get(cpu, empty)).toEqual([])
})
