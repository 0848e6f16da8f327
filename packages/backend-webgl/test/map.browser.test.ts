import { type Expr, index, input, kernels, load, scalar } from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})
const [a, b] = [input(0, 'float32'), input(1, 'float32')]
const sum = kernels.map([a.add(b)])

describe('map', () => {
  it('adds contiguous tensors of any size', () => {
    for (const n of [0, 1, 2, 3, 4, 5, 31, 8192, 8197, 20_000]) {
      check(backend, sum, [f([n]), f([n])], [f([n])])
    }
    check(backend, sum, [f([]), f([])], [f([])])
  })

  it('reads any layout', () => {
    const layouts: [string, readonly number[], Partial<View>[]][] = [
      ['rows', [6, 8], [{}, { strides: [0, 1] }, { strides: [1, 0] }, { strides: [0, 0] }]],
      ['shifted rows', [6, 8], [{ offset: 1 }, { offset: 4 }, { strides: [12, 1], offset: 3 }]],
      ['transposed', [6, 8], [{ strides: [1, 6] }, { strides: [1, 8], offset: 2 }]],
      ['odd rows', [5, 7], [{}, { strides: [0, 1] }, { strides: [1, 0] }, { strides: [1, 5] }]],
      ['odd rows, shifted', [5, 7], [{ offset: 3 }, { strides: [9, 1] }, { strides: [14, 2] }]],
      ['a line', [37], [{ strides: [2] }, { strides: [0] }, { offset: 5 }, { offset: 8 }]],
      [
        'three dims',
        [3, 4, 8],
        [{ strides: [1, 24, 3] }, { strides: [8, 0, 1] }, { strides: [0, 1, 4] }],
      ],
      ['three odd dims', [3, 5, 7], [{ strides: [1, 21, 3] }, { strides: [7, 0, 1] }, {}]],
      ['four dims', [2, 3, 5, 4], [{ strides: [60, 1, 12, 3] }, { strides: [0, 4, 0, 1] }]],
    ]
    for (const [, shape, variants] of layouts) {
      for (const x of variants)
        for (const y of variants) check(backend, sum, [f(shape, x), f(shape, y)], [f(shape)])
    }
  })

  it('writes any layout, and nothing beside it', () => {
    const x = [f([6, 8]), f([6, 8], { strides: [1, 6] })]
    for (const out of [
      { offset: 4, extra: 5 },
      { offset: 1, extra: 3 },
      { strides: [1, 6], extra: 2 },
      { strides: [16, 1], offset: 4, extra: 9 },
      { strides: [16, 1], offset: 3, extra: 9 },
      { strides: [20, 2], offset: 3, extra: 9 },
      { strides: [1, 8], offset: 8 },
    ]) {
      check(backend, sum, x, [f([6, 8], out)])
    }
    check(backend, sum, [f([9000]), f([9000])], [f([9000], { offset: 8191, extra: 9000 })])
    check(
      backend,
      sum,
      [f([3, 2, 4]), f([3, 2, 4])],
      [f([3, 2, 4], { strides: [4, 12, 1], extra: 1 })],
    )
    // Interleaved: no stride contains the others.
    check(backend, sum, [f([2, 3]), f([2, 3])], [f([2, 3], { strides: [3, 2], extra: 4 })])
  })

  it('works in place, also on part of a buffer', () => {
    const twice = kernels.map([a.mul(2)])
    check(backend, twice, [f([10])], [f([10], { shares: 0 })])
    check(backend, twice, [f([8], { offset: 4, extra: 9 })], [f([8], { offset: 4, shares: 0 })])
    check(backend, twice, [f([7], { offset: 3, extra: 9 })], [f([7], { offset: 3, shares: 0 })])
    check(
      backend,
      twice,
      [f([4, 8], { strides: [16, 1], extra: 9 })],
      [f([4, 8], { strides: [16, 1], shares: 0 })],
    )
    check(
      backend,
      twice,
      [f([3, 5], { strides: [1, 4], extra: 9 })],
      [f([3, 5], { strides: [1, 4], shares: 0 })],
    )
  })

  it('has several outputs, of several layouts and dtypes', () => {
    const kernel = kernels.map([a.add(b), a.lt(b), a.mul(b), a.cast('int32')])
    const outs = (second: Partial<View> = {}): View[] => [
      f([5, 8]),
      { dtype: 'bool', shape: [5, 8], ...second },
      f([5, 8], { strides: [1, 5] }),
      { dtype: 'int32', shape: [5, 8] },
    ]
    check(backend, kernel, [f([5, 8]), f([5, 8])], outs())
    check(backend, kernel, [f([5, 8]), f([5, 8])], outs({ offset: 3, extra: 2 }))
    // All in place of what is read.
    const swap = kernels.map([b, a])
    check(backend, swap, [f([9]), f([9])], [f([9], { shares: 0 }), f([9], { shares: 1 })])
    const parts = [f([4], { offset: 1, extra: 20 }), f([4], { offset: 9, shares: 0 })]
    check(backend, swap, parts, [
      f([4], { offset: 1, shares: 0 }),
      f([4], { offset: 9, shares: 0 }),
    ])
    const many = Array.from({ length: backend.info.maxOutputs ?? 0 }, (_, i) => a.add(b.mul(i)))
    check(
      backend,
      kernels.map(many),
      [f([33]), f([33])],
      many.map(() => f([33])),
    )
  })

  it('knows positions and scalars', () => {
    const at = (d: number) => index(d).cast('float32')
    const kernel = kernels.map([at(0).mul(100).add(at(1)).add(scalar(0, 'float32')).add(a)])
    for (const shape of [
      [3, 4],
      [3, 5],
      [1, 7],
      [7, 1],
    ]) {
      check(backend, kernel, [f(shape)], [f(shape)], [0.25])
      check(
        backend,
        kernel,
        [f(shape, { strides: [0, 0] })],
        [f(shape, { strides: [1, shape[0]] })],
        [-1],
      )
    }
    const ramp = kernels.map([index(0).mul(scalar(0, 'int32')).add(scalar(1, 'int32'))])
    check(backend, ramp, [], [{ dtype: 'int32', shape: [19] }], [3, -7])
    const special = kernels.map([scalar(0, 'float32'), scalar(1, 'float32'), scalar(2, 'float32')])
    check(backend, special, [], [f([3]), f([3]), f([3])], [Number.NaN, Infinity, -0])
    const truth = kernels.map([scalar(0, 'bool'), scalar(1, 'bool')])
    check(
      backend,
      truth,
      [],
      [
        { dtype: 'bool', shape: [3] },
        { dtype: 'bool', shape: [3] },
      ],
      [0.5, 0],
    )
  })

  it('loads at computed places, zero outside', () => {
    const rows = kernels.map([load(0, 'float32', [load(1, 'int32', [index(0)]), index(1)])])
    const indices: View = { dtype: 'int32', shape: [5], data: [2, 0, -1, 7, 3] }
    for (const width of [8, 5]) {
      check(backend, rows, [f([4, width]), indices], [f([5, width])])
      check(backend, rows, [f([4, width], { strides: [1, 4] }), indices], [f([5, width])])
      check(
        backend,
        rows,
        [f([4, width], { offset: 3 }), indices],
        [f([5, width], { strides: [1, 5] })],
      )
    }
    const shift = (by: number) => kernels.map([load(0, 'float32', [index(0).add(by)])])
    for (const by of [-3, 0, 2, 4]) check(backend, shift(by), [f([21])], [f([21])])
    const picked = kernels.map([
      load(0, 'float32', [input(1, 'int32')]).add(load(2, 'float32', [])),
    ])
    check(
      backend,
      picked,
      [f([6]), { dtype: 'int32', shape: [7], data: [5, -1, 2, 6, 0, 1, 99] }, f([])],
      [f([7])],
    )
    const mirrored = kernels.map([load(0, 'float32', [index(1).neg().add(7), index(0)])])
    check(backend, mirrored, [f([8, 8])], [f([8, 8])])
    const flags = kernels.map([load(0, 'bool', [index(0).add(1)])])
    check(backend, flags, [{ dtype: 'bool', shape: [9] }], [{ dtype: 'bool', shape: [9] }])
  })

  it('does not compile again for another size or scalar', () => {
    const kernel = kernels.map([a.mul(scalar(0, 'float32')).add(b).tanh()])
    const before = backend.statistics().compiled
    for (let n = 1; n < 200; n++)
      check(backend, kernel, [f([n]), f([n])], [f([n])], [n], { relative: 1e-6, scale: 1e-7 })
    expect(backend.statistics().compiled - before).toBeLessThanOrEqual(2)
  })

  it('gives a shared subexpression one place', () => {
    let x: Expr = a
    for (let i = 0; i < 40; i++) x = x.mul(x).sub(x)
    check(backend, kernels.map([x]), [f([3], { data: [0.5, 1, 1.5] })], [f([3])], [], {
      relative: 1e-3,
    })
  })
})
