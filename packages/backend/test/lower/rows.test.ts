import { describe, expect, it } from 'vitest'
import { type DType, kernels } from '../../src/index.ts'
import { layoutNames, numbers, put, reducedSpec, runOn, type Spec, samples } from '../harness.ts'
import * as reference from '../reference.ts'
import { ToyBackend } from '../toy-backend.ts'

/** Digits after the point that a dtype's results have here. */
const digits: Partial<Record<DType, number>> = { float64: 12, float32: 5, float16: 2, bfloat16: 1 }

function close(actual: readonly number[], expected: readonly number[], dtype: DType): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((v, i) => expect(v).toBeCloseTo(expected[i], digits[dtype]))
}

const floats: DType[] = ['float32', 'float64', 'float16', 'bfloat16']
const zip = (
  a: readonly number[],
  b: readonly number[],
  length: number,
  f: (a: number[], b: number[]) => number[],
) =>
  reference.rows(
    a.map((_, i) => i),
    length,
    (row) =>
      f(
        row.map((i) => a[i]),
        row.map((i) => b[i]),
      ),
  )

describe.each([false, true])('softmax, lowered, log: %s', (log) => {
  it.each(floats)('%s', (dtype) => {
    const toy = new ToyBackend()
    const spec: Spec = { dtype, shape: [3, 7] }
    const [y] = runOn(toy, kernels.softmax(dtype, log, false), [spec], [spec])
    const x = numbers(toy, put(toy, spec))
    close(
      numbers(toy, y),
      reference.rows(x, 7, (row) => reference.softmax(row, log)),
      dtype,
    )
    expect(toy.ran).toEqual(['reduce', 'reduce', 'map'])
  })

  it.each(layoutNames)('%s operands, forward and backward', (layout) => {
    const toy = new ToyBackend()
    const spec: Spec = { dtype: 'float32', shape: [2, 3, 4], layout }
    const plain: Spec = { dtype: 'float32', shape: [2, 3, 4] }
    const [y] = runOn(toy, kernels.softmax('float32', log, false), [spec], [plain])
    const x = numbers(toy, put(toy, spec))
    const expected = reference.rows(x, 4, (row) => reference.softmax(row, log))
    close(numbers(toy, y), expected, 'float32')
    const result = { ...plain, values: expected }
    const [gx] = runOn(toy, kernels.softmax('float32', log, true), [spec, result], [plain])
    close(
      numbers(toy, gx),
      zip(x, expected, 4, (g, row) => reference.softmaxBackward(g, row, log)),
      'float32',
    )
  })

  it('does not overflow', () => {
    const toy = new ToyBackend()
    const spec: Spec = { dtype: 'float32', shape: [3], values: [1e4, 1e4, -1e4] }
    const [y] = runOn(toy, kernels.softmax('float32', log, false), [spec], [spec])
    const half = Math.fround(Math.log(0.5))
    close(numbers(toy, y), log ? [half, half, -20000.693359375] : [0.5, 0.5, 0], 'float32')
  })
})

describe('normalize, lowered', () => {
  const eps = 1e-5
  it.each(floats)('%s over the last two dims, with weight and bias', (dtype) => {
    const toy = new ToyBackend()
    const shape = [3, 2, 4]
    const spec: Spec = { dtype, shape, values: samples(dtype, 24, 5) }
    const affine: Spec = {
      dtype,
      shape,
      strides: [0, 4, 1],
      values: Array(3)
        .fill(samples(dtype, 8, 6))
        .flat(),
    }
    const stats = reducedSpec(dtype, shape, 2)
    const options = { backward: false, weight: true, bias: true }
    const [y, mean, rstd] = runOn(
      toy,
      kernels.normalize(dtype, options),
      [spec, affine, affine],
      [{ dtype, shape }, stats, stats],
      [eps],
    )
    const [x, w] = [spec, affine].map((s) => numbers(toy, put(toy, s)))
    const expected = reference.rows(x, 8, (row) => {
      const s = reference.statistics(row, eps)
      return row.map((v, i) => (v - s.mean) * s.rstd * w[i] + w[i])
    })
    close(numbers(toy, y), expected, dtype)
    const each = (name: 'mean' | 'rstd') =>
      reference.rows(x, 8, (row) => row.map(() => reference.statistics(row, eps)[name]))
    close(numbers(toy, mean), each('mean'), dtype)
    close(numbers(toy, rstd), each('rstd'), dtype)
  })

  it.each([false, true])('backward, weight: %s', (weight) => {
    const toy = new ToyBackend()
    const dtype = 'float64'
    const shape = [2, 5]
    const [gy, x] = [samples(dtype, 10, 7), samples(dtype, 10, 8)]
    const w = weight ? samples(dtype, 5, 9) : [1, 1, 1, 1, 1]
    const stats = [0, 1].map((r) => reference.statistics(x.slice(r * 5, r * 5 + 5), eps))
    const spread = (values: number[]): Spec => ({
      ...reducedSpec(dtype, shape, 1),
      values: values.flatMap((v) => Array<number>(5).fill(v)),
    })
    const [gx] = runOn(
      toy,
      kernels.normalize(dtype, { backward: true, weight, bias: false }),
      [
        { dtype, shape, values: gy },
        { dtype, shape, values: x },
        spread(stats.map((s) => s.mean)),
        spread(stats.map((s) => s.rstd)),
        ...(weight ? [{ dtype, shape, strides: [0, 1], values: [...w, ...w] } as const] : []),
      ],
      [{ dtype, shape }],
      [eps],
    )
    const expected = [0, 1].flatMap((r) => {
      const row = (list: number[]) => list.slice(r * 5, r * 5 + 5)
      return reference.normalizeBackward(
        row(gy).map((g, i) => g * w[i]),
        row(x),
        stats[r],
      )
    })
    close(numbers(toy, gx), expected, dtype)
  })
})

describe('attention, lowered', () => {
  const [l, s, e, f] = [3, 4, 2, 5]
  const shapes = [
    [2, l, e],
    [2, s, e],
    [2, s, f],
    [2, l, s],
  ]
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('causal: %s, mask: %s', (causal, mask) => {
    const toy = new ToyBackend()
    const dtype = 'float32'
    const used = mask ? shapes : shapes.slice(0, 3)
    const specs = used.map(
      (shape, i): Spec => ({
        dtype,
        shape,
        values: samples(dtype, shape[0] * shape[1] * shape[2], i + 1),
      }),
    )
    const [y] = runOn(
      toy,
      kernels.attention(dtype, causal, mask),
      specs,
      [{ dtype, shape: [2, l, f] }],
      [0.5],
    )
    const expected = [0, 1].flatMap((b) =>
      reference.attention(
        specs.map(({ values = [] }) =>
          values.slice((b * values.length) / 2, ((b + 1) * values.length) / 2).map(Number),
        ),
        [l, s, e, f],
        0.5,
        causal,
      ),
    )
    close(numbers(toy, y), expected, dtype)
  })
})
