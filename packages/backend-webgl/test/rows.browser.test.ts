import { acc, input, kernels, type ScanOp } from '@sconce/backend'
import { afterAll, describe, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const close = { relative: 1e-5, scale: 1e-6 }
const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})
const x = input(0, 'float32')

describe('kinds that run as their lowering', () => {
  it('softmax and its backward', () => {
    for (const shape of [
      [5, 10],
      [4, 64],
      [3, 700],
    ]) {
      for (const log of [false, true]) {
        check(backend, kernels.softmax('float32', log, false), [f(shape)], [f(shape)], [], close)
        check(
          backend,
          kernels.softmax('float32', log, true),
          [f(shape), f(shape)],
          [f(shape)],
          [],
          close,
        )
        check(
          backend,
          kernels.softmax('float32', log, false),
          [f(shape, { strides: [1, shape[0]] })],
          [f(shape)],
          [],
          close,
        )
      }
    }
    const data = [-Infinity, 0, 1, 800, 900, -900, Number.NaN, 1, 2]
    check(
      backend,
      kernels.softmax('float32', false, false),
      [f([3, 3], { data })],
      [f([3, 3])],
      [],
      close,
    )
  })

  it('normalize and its backward', () => {
    const stats = (n: number) => ({ strides: [1, ...Array<number>(n).fill(0)] })
    for (const [shape, reduced] of [
      [[6, 20], 1],
      [[4, 3, 50], 2],
    ] as const) {
      const weights = { strides: shape.map((_, d) => (d === shape.length - 1 ? 1 : 0)) }
      const row = f(shape, stats(reduced))
      const forward = kernels.normalize('float32', { backward: false, weight: true, bias: true })
      check(
        backend,
        forward,
        [f(shape), f(shape, weights), f(shape, weights)],
        [f(shape), row, row],
        [1e-5],
        close,
      )
      const backward = kernels.normalize('float32', { backward: true, weight: true, bias: false })
      check(
        backend,
        backward,
        [f(shape), f(shape), row, row, f(shape, weights)],
        [f(shape)],
        [0],
        close,
      )
    }
  })

  it('scan', () => {
    for (const op of ['sum', 'prod', 'min', 'max', 'logsumexp'] as ScanOp[]) {
      const values =
        op === 'min' || op === 'max' ? [acc(0, 'float32'), acc(1, 'int32')] : [acc(0, 'float32')]
      const kernel = kernels.scan(op, op === 'prod' ? x.mul(0.1).add(1) : x, values)
      for (const shape of [[3, 17], [2, 128], [600]]) {
        const outputs: View[] = [f(shape), { dtype: 'int32' as const, shape }].slice(
          0,
          values.length,
        )
        check(backend, kernel, [f(shape)], outputs, [], { relative: 1e-4, scale: 1e-6 })
      }
    }
    const ints = kernels.scan('sum', input(0, 'int32'), [acc(0, 'int32')])
    check(backend, ints, [{ dtype: 'int32', shape: [3, 40] }], [{ dtype: 'int32', shape: [3, 40] }])
  })

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
