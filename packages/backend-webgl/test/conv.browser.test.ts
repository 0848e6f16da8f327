import { acc, input, kernels, scalar } from '@sconce/backend'
import { afterAll, describe, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

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

describe('conv', () => {
  for (const [name, c] of Object.entries(cases)) {
    it(`${name}: all passes`, () => {
      const y = outputShape(c)
      check(backend, kernelOf('forward', c), [f(c.x), f(c.w)], [f(y)], [], close)
      check(backend, kernelOf('inputGradient', c), [f(y), f(c.w)], [f(c.x)], [], close)
      check(backend, kernelOf('weightGradient', c), [f(c.x), f(y)], [f(c.w)], [], close)
    })
  }

  it('reads and writes any layout, with an epilogue', () => {
    const c = cases['many channels']
    const y = outputShape(c)
    const last = {
      x: { strides: [16 * 99, 1, 16 * 11, 16] },
      w: { strides: [144, 1, 48, 16] },
      y: { strides: [24 * 99, 1, 24 * 11, 24] },
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
    const large = { ...c, x: [200, ...c.x.slice(1)] }
    const spread = (shape: readonly number[]) =>
      f([200, ...shape.slice(1)], { strides: again(shape) })
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
      const all = run(mode, [spread(from), f(c.w)], f([200, ...to.slice(1)]))
      const single = run(mode, [f(from), f(c.w)], f(to))
      for (const n of [0, 57, 199])
        expectClose(all.slice(n * single.length, (n + 1) * single.length), single, 1)
    }
    const sum = run('weightGradient', [spread(one), spread(oneY)], f(c.w))
    const single = run('weightGradient', [f(one), f(oneY)], f(c.w))
    expectClose(sum, single, 200)
  })
})

function expectClose(actual: Float32Array, expected: Float32Array, factor: number): void {
  const scale = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0) * factor
  actual.forEach((v, i) => {
    if (!(Math.abs(v - expected[i] * factor) <= 1e-5 * scale))
      throw new Error(`[${i}] ${v}, not ${expected[i] * factor}`)
  })
}
