import { acc, input, kernels, scalar } from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const close = { relative: 1e-5, scale: 2e-6 }
const plain = kernels.matmul('float32', acc(0, 'float32'))
const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})

describe('matmul', () => {
  it('multiplies matrices of any size', () => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [2, 3, 4],
      [100, 3, 32],
      [64, 64, 64],
      [61, 67, 71],
      [128, 31, 129],
      [9, 600, 40],
      [1, 300, 1000],
      [700, 300, 1],
    ]) {
      check(backend, plain, [f([m, k]), f([k, n])], [f([m, n])], [], close)
    }
    check(backend, plain, [f([5, 0]), f([0, 6])], [f([5, 6])])
  })

  it('reads and writes any layout', () => {
    const [m, k, n] = [64, 60, 72]
    const left = [{}, { strides: [1, m] }, { strides: [k + 3, 1], offset: 5 }, { strides: [0, 1] }]
    const right = [{}, { strides: [1, k] }, { strides: [2 * n, 2] }]
    for (const a of left)
      for (const b of right)
        check(backend, plain, [f([m, k], a), f([k, n], b)], [f([m, n])], [], close)
    for (const out of [
      { strides: [1, m] },
      { strides: [2 * n, 1], offset: 4, extra: 8 },
      { offset: 3, extra: 2 },
    ]) {
      check(backend, plain, [f([m, k]), f([k, n])], [f([m, n], out)], [], close)
      check(
        backend,
        plain,
        [f([6, k]), f([k, 6])],
        [f([6, 6], { ...out, strides: [1, 8] })],
        [],
        close,
      )
    }
  })

  it('multiplies batches, shared or not', () => {
    const [m, k, n] = [24, 33, 40]
    const shapes = { a: [3, 5, m, k], b: [3, 5, k, n], out: [3, 5, m, n] }
    for (const a of [
      {},
      { strides: [0, 0, k, 1] },
      { strides: [0, m * k, k, 1] },
      { strides: [m, 3 * m, 1, 15 * m] },
    ]) {
      for (const b of [{}, { strides: [0, 0, n, 1] }, { strides: [k * n, 0, 1, k] }]) {
        check(backend, plain, [f(shapes.a, a), f(shapes.b, b)], [f(shapes.out)], [], close)
      }
    }
  })

  it('has an epilogue', () => {
    const sum = acc(0, 'float32').mul(scalar(0, 'float32')).add(input(2, 'float32')).max(0)
    const kernel = kernels.matmul('float32', sum)
    for (const [m, k, n] of [
      [4, 5, 8],
      [64, 50, 72],
      [63, 50, 71],
    ]) {
      check(
        backend,
        kernel,
        [f([m, k]), f([k, n]), f([m, n], { strides: [0, 1] })],
        [f([m, n])],
        [0.5],
        close,
      )
      check(
        backend,
        kernel,
        [f([m, k]), f([k, n]), f([m, n])],
        [f([m, n], { shares: 2 })],
        [0.5],
        close,
      )
    }
    const mask = kernels.matmul('float32', acc(0, 'float32').gt(0))
    check(backend, mask, [f([64, 50]), f([50, 72])], [{ dtype: 'bool', shape: [64, 72] }], [])
  })

  it('may write over a factor', () => {
    check(backend, plain, [f([64, 64]), f([64, 64])], [f([64, 64], { shares: 0 })], [], close)
    check(backend, plain, [f([64, 64]), f([64, 64])], [f([64, 64], { shares: 1 })], [], close)
  })

  it('keeps NaN and infinities to their rows and columns', () => {
    const data = new Array<number>(64 * 64).fill(1)
    data[5 * 64 + 9] = Number.NaN
    data[17 * 64 + 2] = Number.POSITIVE_INFINITY
    check(
      backend,
      plain,
      [f([64, 64], { data }), f([64, 64], { data: new Array(4096).fill(2) })],
      [f([64, 64])],
    )
  })

  it('compiles the same few programs for all sizes', () => {
    const before = backend.statistics().compiled
    for (let m = 40; m < 56; m++)
      check(backend, plain, [f([m, 48]), f([48, m])], [f([m, m])], [], close)
    expect(backend.statistics().compiled - before).toBeLessThanOrEqual(3)
  })
})
