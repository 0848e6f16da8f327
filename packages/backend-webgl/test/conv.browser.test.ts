import { acc, input, kernels, scalar } from '@sconce/backend'
import { afterAll, describe, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, contents, expectSame, runOn, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const close = { relative: 1e-5, scale: 2e-6 }
const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})

interface Case {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly stride?: readonly number[]
  readonly padding?: readonly number[]
  readonly dilation?: readonly number[]
  readonly groups?: number
}

const cases: Readonly<Record<string, Case>> = {
  small: { x: [1, 1, 4, 4], w: [1, 1, 2, 2] },
  'one channel': { x: [2, 1, 12, 12], w: [16, 1, 3, 3], padding: [1, 1] },
  'many channels': { x: [2, 16, 9, 11], w: [24, 16, 3, 3], padding: [1, 1] },
  strided: { x: [2, 8, 13, 12], w: [16, 8, 3, 3], stride: [2, 2], padding: [1, 0] },
  dilated: { x: [2, 8, 13, 12], w: [16, 8, 3, 2], dilation: [2, 3], padding: [2, 1] },
  'strided and dilated': {
    x: [1, 8, 20, 21],
    w: [16, 8, 3, 3],
    stride: [3, 2],
    dilation: [2, 2],
    padding: [2, 3],
  },
  grouped: { x: [2, 12, 10, 9], w: [24, 4, 3, 3], groups: 3, padding: [1, 1] },
  depthwise: { x: [2, 8, 10, 9], w: [8, 1, 3, 3], groups: 8, padding: [1, 1] },
  '1 × 1': { x: [2, 16, 8, 8], w: [24, 16, 1, 1] },
  'one dim': { x: [3, 12, 50], w: [16, 12, 5], padding: [2] },
  'three dims': { x: [1, 6, 5, 6, 7], w: [16, 6, 2, 3, 3], padding: [1, 1, 0] },
  'large window': { x: [3, 8, 8, 8], w: [16, 8, 8, 8] },
}

function outputShape({ x, w, stride, padding, dilation }: Case): number[] {
  const space = x.slice(2).map((size, d) => {
    const window = (dilation?.[d] ?? 1) * (w[d + 2] - 1) + 1
    return Math.floor((size + 2 * (padding?.[d] ?? 0) - window) / (stride?.[d] ?? 1)) + 1
  })
  return [x[0], w[0], ...space]
}

function kernelOf(
  mode: 'forward' | 'inputGradient' | 'weightGradient',
  c: Case,
  epilogue = acc(0, 'float32'),
) {
  const all = (value: number) => c.x.slice(2).map(() => value)
  const { stride = all(1), padding = all(0), dilation = all(1), groups = 1 } = c
  return kernels.conv(mode, 'float32', { stride, padding, dilation, groups }, epilogue)
}

/** Calls back for every product of the convolution, with the places of its three numbers. */
function products(c: Case, visit: (x: number, w: number, y: number) => void): void {
  const y = outputShape(c)
  const rank = c.x.length - 2
  const groups = c.groups ?? 1
  const perOut = c.w[0] / groups
  const ranges = [...y, ...c.w.slice(1)]
  const at = ranges.map(() => 0)
  const place = (shape: readonly number[], p: readonly number[]) =>
    shape.reduce((sum, size, d) => sum * size + p[d], 0)
  for (let left = ranges.reduce((n, size) => n * size, 1); left > 0; left--) {
    const [n, co, ci] = [at[0], at[1], at[2 + rank]]
    const [to, tap] = [at.slice(2, 2 + rank), at.slice(3 + rank)]
    const from = to.map(
      (p, d) => p * (c.stride?.[d] ?? 1) + tap[d] * (c.dilation?.[d] ?? 1) - (c.padding?.[d] ?? 0),
    )
    if (from.every((p, d) => p >= 0 && p < c.x[d + 2])) {
      const channel = Math.floor(co / perOut) * c.w[1] + ci
      visit(
        place(c.x, [n, channel, ...from]),
        place(c.w, [co, ci, ...tap]),
        place(y, [n, co, ...to]),
      )
    }
    for (let d = at.length - 1; d >= 0 && ++at[d] === ranges[d]; d--) at[d] = 0
  }
}

const length = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)
const floats = (shape: readonly number[], seed: number) =>
  contents('float32', length(shape), seed) as Float32Array

describe('conv', () => {
  for (const [name, c] of Object.entries(cases)) {
    it(`${name}: all passes`, () => {
      const y = outputShape(c)
      const shapes = { x: c.x, w: c.w, y }
      const data = { x: floats(c.x, 1), w: floats(c.w, 2), y: floats(y, 3) }
      const sums = {
        x: new Float64Array(length(c.x)),
        w: new Float64Array(length(c.w)),
        y: new Float64Array(length(y)),
      }
      products(c, (i, j, k) => {
        sums.x[i] += data.y[k] * data.w[j]
        sums.w[j] += data.y[k] * data.x[i]
        sums.y[k] += data.x[i] * data.w[j]
      })
      for (const [mode, first, second, result] of [
        ['forward', 'x', 'w', 'y'],
        ['inputGradient', 'y', 'w', 'x'],
        ['weightGradient', 'x', 'y', 'w'],
      ] as const) {
        const views = [
          f(shapes[first], { data: data[first] }),
          f(shapes[second], { data: data[second] }),
          f(shapes[result]),
        ]
        const [actual] = runOn(backend, kernelOf(mode, c), views, [])
        expectSame(actual, Float32Array.from(sums[result]), close)
      }
    })
  }

  it('reads and writes any layout, with an epilogue', () => {
    const c: Case = { x: [1, 8, 9, 11], w: [16, 8, 3, 3], padding: [1, 1] }
    const y = outputShape(c)
    // Channels last.
    const last = {
      x: { strides: [8 * 99, 1, 8 * 11, 8] },
      w: { strides: [72, 1, 24, 8] },
      y: { strides: [16 * 99, 1, 16 * 11, 16] },
    }
    const epilogue = acc(0, 'float32').mul(scalar(0, 'float32')).add(input(2, 'float32')).max(0)
    check(
      backend,
      kernelOf('forward', c, epilogue),
      [f(c.x, last.x), f(c.w, last.w), f(y, { strides: [0, 1, 0, 0] })],
      [f(y, last.y)],
      [0.5],
      close,
    )
    check(
      backend,
      kernelOf('inputGradient', c),
      [f(y, last.y), f(c.w, last.w)],
      [f(c.x, last.x)],
      [],
      close,
    )
    check(
      backend,
      kernelOf('weightGradient', c, acc(0, 'float32').add(input(2, 'float32'))),
      [f(c.x, last.x), f(y, last.y), f(c.w)],
      [f(c.w, { shares: 2 })],
      [],
      close,
    )
  })

  it('cuts large batches into parts', () => {
    const c: Case = { x: [24, 8, 40, 40], w: [8, 8, 3, 3], padding: [1, 1] }
    // Too much for the oracle: one image of many must come out as alone.
    const y = outputShape(c)
    const [one, oneY] = [
      [1, ...c.x.slice(1)],
      [1, ...y.slice(1)],
    ]
    const again = (shape: readonly number[]) =>
      shape.map((_, d) => (d === 0 ? 0 : shape.slice(d + 1).reduce((n, s) => n * s, 1)))
    const large = { ...c, x: [80, ...c.x.slice(1)] }
    const spread = (shape: readonly number[]) =>
      f([80, ...shape.slice(1)], { strides: again(shape) })
    const run = (
      mode: 'forward' | 'inputGradient' | 'weightGradient',
      inputs: View[],
      output: View,
    ) => {
      const operands = [...inputs, output].map((v, i) => {
        const strides =
          v.strides ?? v.shape.map((_, d) => v.shape.slice(d + 1).reduce((n, s) => n * s, 1))
        const length = v.shape.reduce((n, s, d) => n + (s - 1) * strides[d], 1)
        const buffer = backend.allocate('float32', length)
        backend.write(
          buffer,
          Float32Array.from({ length }, (_, j) => (((j * 7 + i) % 13) - 6) / 8),
        )
        return { buffer, dtype: 'float32' as const, shape: v.shape, strides, offset: 0 }
      })
      backend.run(kernelOf(mode, large), operands.slice(0, 2), operands.slice(2), [])
      const { buffer } = operands[2]
      const data = backend.readSync(buffer, 0, buffer.length) as Float32Array
      for (const o of operands) backend.free(o.buffer)
      return data
    }
    for (const mode of ['forward', 'inputGradient'] as const) {
      const [from, to] = mode === 'forward' ? [one, oneY] : [oneY, one]
      const all = run(mode, [spread(from), f(c.w)], f([80, ...to.slice(1)]))
      const single = run(mode, [f(from), f(c.w)], f(to))
      for (const n of [0, 57, 79])
        expectClose(all.slice(n * single.length, (n + 1) * single.length), single, 1)
    }
    const sum = run('weightGradient', [spread(one), spread(oneY)], f(c.w))
    const single = run('weightGradient', [f(one), f(oneY)], f(c.w))
    expectClose(sum, single, 80)
  })
})

function expectClose(actual: Float32Array, expected: Float32Array, factor: number): void {
  const scale = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0) * factor
  actual.forEach((v, i) => {
    if (!(Math.abs(v - expected[i] * factor) <= 1e-5 * scale))
      throw new Error(`[${i}] ${v}, not ${expected[i] * factor}`)
  })
}
