import { acc, input, kernels, type ScanOp } from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, runOn, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const close = { relative: 1e-5, scale: 1e-6 }
const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})
const x = input(0, 'float32')

/** Draws of a call on the backend. */
function drawsOf(run: () => void): number {
  const before = backend.statistics().draws
  run()
  return backend.statistics().draws - before
}

/** Rows of few and of many elements, few and many of them. */
const shapes = [
  [1, 1],
  [3, 3],
  [5, 5],
  [1, 1023],
  [7, 257],
  [3, 1024],
  [1023, 5],
  [1023, 260],
  [2, 3, 301],
  [2, 70_001],
]

describe('softmax', () => {
  const kernelOf = (log: boolean, backward: boolean) => kernels.softmax('float32', log, backward)

  it('of rows of any length, and its backward', () => {
    for (const shape of shapes) {
      for (const log of [false, true]) {
        check(backend, kernelOf(log, false), [f(shape)], [f(shape)], [], close)
        check(backend, kernelOf(log, true), [f(shape), f(shape)], [f(shape)], [], close)
      }
    }
  })

  it('of any layout, also in place', () => {
    for (const [m, n] of [
      [5, 10],
      [9, 1023],
      [12, 600],
    ]) {
      const views: Partial<View>[] = [
        { strides: [1, m] },
        { strides: [n + 3, 1], offset: 2 },
        { strides: [0, 1] },
        { strides: [2 * n, 2], offset: 1 },
      ]
      for (const view of views) {
        check(backend, kernelOf(false, false), [f([m, n], view)], [f([m, n])], [], close)
        check(backend, kernelOf(true, true), [f([m, n], view), f([m, n])], [f([m, n])], [], close)
      }
      check(backend, kernelOf(true, false), [f([m, n])], [f([m, n], views[0])], [], close)
      check(backend, kernelOf(false, false), [f([m, n])], [f([m, n], { shares: 0 })], [], close)
    }
  })

  it('has rows with infinities and NaN as PyTorch has them', () => {
    const none = Number.NEGATIVE_INFINITY
    for (const n of [3, 1021]) {
      const row = (first: number, rest: (i: number) => number) =>
        Array.from({ length: n }, (_, i) => (i === 0 ? first : rest(i)))
      const data = [
        row(none, (i) => i % 3),
        row(none, () => none),
        row(0, () => none),
        row(Number.NaN, (i) => i % 5),
        row(Number.POSITIVE_INFINITY, (i) => i % 5),
        row(900, (i) => -900 + (i % 7)),
        row(1, (i) => (i > n / 2 ? none : 2)),
      ].flat()
      const shape = [7, n]
      for (const log of [false, true]) {
        check(backend, kernelOf(log, false), [f(shape, { data })], [f(shape)], [], close)
        const columns = f(shape, { data, strides: [1, 7] })
        check(backend, kernelOf(log, false), [columns], [f(shape)], [], close)
      }
    }
  })

  it('passes over long rows twice, and compiles nothing for another length', () => {
    const run = (m: number, n: number) =>
      runOn(backend, kernelOf(false, false), [f([m, n]), f([m, n])], [])
    run(16, 1024)
    run(16, 1025)
    const { compiled } = backend.statistics()
    // One pass over x, one over its pieces, one that writes.
    expect(drawsOf(() => run(64, 2048))).toBe(3)
    for (const n of [700, 1337, 4096, 9999]) run(20, n)
    expect(backend.statistics().compiled).toBe(compiled)
  })
})

describe('normalize', () => {
  const stats = (kept: number, n: number) => ({ strides: [...contiguousTo(kept), ...zeros(n)] })
  const zeros = (n: number) => Array<number>(n).fill(0)
  const contiguousTo = (kept: number) => (kept === 2 ? [3, 1] : [1])

  it('over one dim and over several, and its backward', () => {
    for (const [shape, reduced] of [
      [[1, 1], 1],
      [[6, 20], 1],
      [[5, 1023], 1],
      [[1023, 5], 1],
      [[300, 257], 1],
      [[3, 70_001], 1],
      [[4, 3, 50], 2],
      [[4, 3, 350], 1],
      [[4, 31, 33], 2],
    ] as const) {
      const weights = { strides: shape.map((_, d) => (d === shape.length - 1 ? 1 : 0)) }
      const row = f(shape, stats(shape.length - reduced, reduced))
      for (const [weight, bias] of [
        [false, false],
        [true, true],
        [false, true],
      ]) {
        const more = [...(weight ? [f(shape, weights)] : []), ...(bias ? [f(shape, weights)] : [])]
        const forward = kernels.normalize('float32', { backward: false, weight, bias })
        check(backend, forward, [f(shape), ...more], [f(shape), row, row], [1e-5], close)
      }
      const backward = kernels.normalize('float32', { backward: true, weight: true, bias: false })
      const inputs = [f(shape), f(shape), row, row, f(shape, weights)]
      check(backend, backward, inputs, [f(shape)], [0], close)
    }
  })

  it('reads any layout, and works in place', () => {
    const kernel = kernels.normalize('float32', { backward: false, weight: false, bias: false })
    for (const shape of [
      [9, 12],
      [9, 1001],
    ]) {
      const row = f(shape, stats(1, 1))
      for (const view of [{ strides: [1, 9] }, { strides: [shape[1] + 5, 1], offset: 3 }]) {
        check(backend, kernel, [f(shape, view)], [f(shape), row, row], [1e-5], close)
      }
      check(backend, kernel, [f(shape)], [f(shape, { shares: 0 }), row, row], [1e-5], close)
    }
  })

  it('is as exact where the mean is far from zero, and keeps NaN to its row', () => {
    const kernel = kernels.normalize('float32', { backward: false, weight: false, bias: false })
    const shape = [3, 1000]
    const data = Array.from({ length: 3000 }, (_, i) => (i === 5 ? Number.NaN : 4096 + (i % 8) / 8))
    const row = f(shape, stats(1, 1))
    const tolerance = { relative: 2e-5, scale: 1e-5 }
    check(backend, kernel, [f(shape, { data })], [f(shape), row, row], [1e-5], tolerance)
  })

  it('passes over long rows twice', () => {
    const kernel = kernels.normalize('float32', { backward: false, weight: false, bias: false })
    const [x, row] = [f([32, 2000]), f([32, 2000], stats(1, 1))]
    expect(drawsOf(() => runOn(backend, kernel, [x, x, row, row], [1e-5]))).toBe(3)
  })
})

describe('scan', () => {
  const ops: ScanOp[] = ['sum', 'prod', 'min', 'max', 'logsumexp']
  const kernelOf = (op: ScanOp) =>
    kernels.scan(
      op,
      op === 'prod' ? x.mul(0.01).add(1) : x,
      op === 'min' || op === 'max' ? [acc(0, 'float32'), acc(1, 'int32')] : [acc(0, 'float32')],
    )
  const outputsOf = (op: ScanOp, shape: readonly number[]): View[] =>
    op === 'min' || op === 'max' ? [f(shape), { dtype: 'int32', shape }] : [f(shape)]
  const near = { relative: 1e-4, scale: 1e-6 }

  it.each(ops)('%s: of rows of any length', (op) => {
    for (const shape of [[1], [3], [5, 5], [3, 33], [2, 128], [1023], [1023, 3], [2, 3, 1025]]) {
      check(backend, kernelOf(op), [f(shape)], outputsOf(op, shape), [], near)
    }
    check(backend, kernelOf(op), [f([2, 6, 0])], outputsOf(op, [2, 6, 0]), [], near)
  })

  it('of a row of many blocks of blocks', () => {
    for (const op of ['sum', 'max'] as const) {
      check(backend, kernelOf(op), [f([9001])], outputsOf(op, [9001]), [], near)
    }
  })

  it('reads and writes any layout', () => {
    const [m, n] = [6, 75]
    for (const view of [{ strides: [1, m] }, { strides: [n + 2, 1], offset: 3 }]) {
      check(backend, kernelOf('sum'), [f([m, n], view)], [f([m, n])], [], near)
      check(backend, kernelOf('sum'), [f([m, n])], [f([m, n], view)], [], near)
    }
    check(backend, kernelOf('sum'), [f([m, n])], [f([m, n], { shares: 0 })], [], near)
  })

  it('keeps NaN and infinities to what comes after them, and takes the later of equals', () => {
    const n = 40
    const data = Array.from({ length: 5 * n }, (_, i) => {
      const [row, at] = [Math.floor(i / n), i % n]
      if (row === 0) return at === 17 ? Number.NaN : at % 7
      if (row === 1) return Number.NEGATIVE_INFINITY
      if (row === 2) return at === 9 ? Number.POSITIVE_INFINITY : (at % 5) - 2
      if (row === 3) return at % 11 === 3 ? Number.NaN : -at
      return at < 20 ? Number.NEGATIVE_INFINITY : 3
    })
    for (const op of ops) {
      check(backend, kernelOf(op), [f([5, n], { data })], outputsOf(op, [5, n]), [], near)
    }
  })

  it('is exact on integers, and scans truth values', () => {
    const sum = kernels.scan('sum', input(0, 'int32'), [acc(0, 'int32')])
    const data = Array.from({ length: 600 }, (_, i) => Math.imul(i + 1, 123_456_789))
    const i = (shape: readonly number[], more: Partial<View> = {}): View => ({
      ...{ dtype: 'int32', shape },
      ...more,
    })
    check(backend, sum, [i([3, 200], { data })], [i([3, 200])])
    const bytes = kernels.scan('prod', input(0, 'uint8').cast('int32'), [acc(0, 'int32')])
    check(backend, bytes, [{ dtype: 'uint8', shape: [2, 70] }], [i([2, 70])])
    const truth = kernels.scan('max', input(0, 'bool'), [acc(0, 'bool'), acc(1, 'int32')])
    const bools: View = { dtype: 'bool', shape: [3, 50] }
    check(backend, truth, [bools], [bools, i([3, 50])])
  })

  it('takes logarithmically many passes, and compiles nothing for another length', () => {
    const run = (m: number, n: number) =>
      runOn(backend, kernelOf('sum'), [f([m, n]), f([m, n])], [])
    run(3, 3000)
    run(3, 3001)
    const { compiled } = backend.statistics()
    // The values; totals twice, and the scans of three levels; the results.
    expect(drawsOf(() => run(1, 10_000))).toBe(7)
    for (const n of [777, 1024, 5555]) run(5, n)
    expect(backend.statistics().compiled).toBe(compiled)
  })
})

describe('kernels of rows', () => {
  it('are compiled ahead of time, with progress', async () => {
    const own = createWebglBackend({ name: 'own' })
    const normalize = { backward: false, weight: false, bias: false }
    const list = [
      kernels.softmax('float32', true, false),
      kernels.normalize('float32', normalize),
      kernels.scan('sum', x, [acc(0, 'float32')]),
    ]
    const seen: number[] = []
    await own.warmUp(list, (done, total) => seen.push(done / total))
    expect(seen[seen.length - 1]).toBe(1)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    const { compiled } = own.statistics()
    expect(compiled).toBeGreaterThanOrEqual(8)
    const shape = [24, 1536]
    const row = f(shape, { strides: [1, 0] })
    runOn(own, list[0], [f(shape), f(shape)], [])
    runOn(own, list[1], [f(shape), f(shape), row, row], [1e-5])
    runOn(own, list[2], [f(shape), f(shape)], [])
    expect(own.statistics().compiled).toBe(compiled)
    own.dispose()
  })
})

describe('attention and integer products', () => {
  it('attention', () => {
    for (const causal of [false, true]) {
      const kernel = kernels.attention('float32', causal, true)
      const [q, k, v] = [f([2, 9, 8]), f([2, 12, 8]), f([2, 12, 6])]
      check(backend, kernel, [q, k, v, f([2, 9, 12])], [f([2, 9, 6])], [0.3], close)
    }
  })

  it('integer matrix products are exact', () => {
    const kernel = kernels.matmul('int32', acc(0, 'int32'))
    const big = Array.from({ length: 60 }, (_, i) => Math.imul(i + 1, 123_456_789))
    const i = (shape: readonly number[]): View => ({ dtype: 'int32', shape, data: big })
    check(backend, kernel, [i([6, 10]), i([10, 6])], [{ dtype: 'int32', shape: [6, 6] }])
  })
})
