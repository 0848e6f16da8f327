import { acc, type Expr, index, input, kernels, load, type ReduceOp, scalar } from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, random, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const close = { relative: 1e-6, scale: 1e-7 }
const x = input(0, 'float32')
const f = (shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype: 'float32',
  shape,
  ...more,
})

/** The strides of a contiguous output over the kept dims, spread over the whole shape. */
function keptStrides(shape: readonly number[], reduced: number): number[] {
  const strides = shape.map(() => 0)
  let stride = 1
  for (let d = shape.length - reduced - 1; d >= 0; d--) {
    strides[d] = stride
    stride *= shape[d]
  }
  return strides
}
const kept = (shape: readonly number[], reduced: number, more: Partial<View> = {}): View =>
  f(shape, { strides: keptStrides(shape, reduced), ...more })

const single = (op: ReduceOp, value: Expr) => {
  const dtype = op.startsWith('arg') ? 'int32' : value.dtype
  return kernels.reduce([{ op, value }], [acc(0, dtype)])
}

const shapes: [readonly number[], number, Partial<View>][] = [
  [[7], 1, {}],
  [[8], 1, { offset: 3 }],
  [[300], 1, { offset: 1 }],
  [[40_000], 1, {}],
  [[5, 7], 1, {}],
  [[6, 8], 1, {}],
  [[6, 8], 1, { strides: [1, 6] }],
  [[5, 9], 1, { strides: [1, 5] }],
  [[6, 8], 1, { strides: [0, 1] }],
  [[6, 8], 1, { strides: [1, 0] }],
  [[3, 1000], 1, {}],
  [[3, 1000], 1, { strides: [1, 3] }],
  [[4, 1000], 1, { strides: [1, 4] }],
  [[2, 3, 5, 7], 2, {}],
  [[2, 3, 6, 8], 2, {}],
  [[2, 3, 6, 8], 2, { strides: [8, 96, 16, 1] }],
  [[3, 4, 5, 6], 2, { strides: [1, 90, 3, 15] }],
  [[3, 4, 40, 36], 3, {}],
  [[12, 3, 5], 2, { strides: [1, 12, 36] }],
  [[0, 4], 1, {}],
]

describe('reduce', () => {
  for (const op of ['sum', 'prod', 'min', 'max', 'argmin', 'argmax'] as const) {
    it(`${op} of any layout`, () => {
      for (const [shape, reduced, layout] of shapes) {
        const value = op === 'prod' ? x.mul(0.01).add(1) : x
        const dtype = op.startsWith('arg') ? 'int32' : 'float32'
        const more = op === 'prod' ? { relative: 1e-4 } : close
        check(
          backend,
          single(op, value),
          [f(shape, layout)],
          [kept(shape, reduced, { dtype })],
          [],
          more,
        )
      }
    })
  }

  it('writes any layout of the output, and nothing beside it', () => {
    const sum = single('sum', x)
    for (const more of [
      { offset: 4, extra: 3 },
      { offset: 3, extra: 3 },
      { strides: [1, 4, 0], extra: 2 },
      { strides: [20, 2, 0], offset: 1, extra: 5 },
      { strides: [16, 1, 0], offset: 4, extra: 7 },
    ]) {
      for (const n of [5, 600]) {
        check(backend, sum, [f([4, 8, n])], [kept([4, 8, n], 1, more)], [], close)
        check(
          backend,
          sum,
          [f([4, 8, n], { strides: [8, 1, 32] })],
          [kept([4, 8, n], 1, more)],
          [],
          close,
        )
      }
    }
  })

  it('has several reductions and an epilogue', () => {
    const n = scalar(0, 'float32')
    const [sum, square] = [acc(0, 'float32'), acc(1, 'float32')]
    const mean = sum.div(n)
    const kernel = kernels.reduce(
      [
        { op: 'sum', value: x },
        { op: 'sum', value: x.mul(x) },
        { op: 'argmax', value: x },
        { op: 'any', value: x.gt(1.9) },
        { op: 'all', value: x.gt(-1.9) },
        { op: 'max', value: x },
      ],
      [
        mean.add(input(1, 'float32')),
        square.div(n).sub(mean.mul(mean)),
        acc(2, 'int32'),
        acc(3, 'bool'),
        acc(4, 'bool'),
        acc(5, 'float32'),
      ],
    )
    for (const [shape, layout] of [
      [[6, 30], {}],
      [[5, 1000], {}],
      [[8, 1000], { strides: [1, 8] }],
    ] as const) {
      const out = (dtype: View['dtype']) => kept(shape, 1, { dtype })
      const outputs = [
        out('float32'),
        out('float32'),
        out('int32'),
        out('bool'),
        out('bool'),
        out('float32'),
      ]
      check(backend, kernel, [f(shape, layout), kept(shape, 1)], outputs, [shape[1]], close)
    }
  })

  it('reads what belongs to a row once, and positions and loads', () => {
    const centred = kernels.reduce(
      [{ op: 'sum', value: x.sub(input(1, 'float32')).exp() }],
      [acc(0, 'float32').log()],
    )
    for (const shape of [
      [6, 10],
      [4, 64],
      [3, 500],
    ]) {
      check(backend, centred, [f(shape), kept(shape, 1)], [kept(shape, 1)], [], close)
      check(
        backend,
        centred,
        [f(shape, { strides: [1, shape[0]] }), kept(shape, 1)],
        [kept(shape, 1)],
        [],
        close,
      )
    }
    const weighted = kernels.reduce(
      [{ op: 'sum', value: x.mul(index(1).add(index(0).mul(2)).cast('float32')) }],
      [acc(0, 'float32').add(index(0).cast('float32'))],
    )
    const product = kernels.reduce(
      [
        {
          op: 'sum',
          value: load(0, 'float32', [index(0), index(2)]).mul(
            load(1, 'float32', [index(2), index(1)]),
          ),
        },
      ],
      [acc(0, 'float32')],
    )
    check(backend, weighted, [f([5, 9])], [kept([5, 9], 1)], [], close)
    check(backend, weighted, [f([5, 9], { strides: [1, 5] })], [kept([5, 9], 1)], [], close)
    check(backend, product, [f([3, 5]), f([5, 6])], [kept([3, 6, 5], 1)], [], close)
    check(backend, product, [f([3, 100]), f([100, 8])], [kept([3, 8, 100], 1)], [], close)
  })

  it('is exact on integers', () => {
    for (const dtype of ['int32', 'int16', 'int8', 'uint8'] as const) {
      const v = input(0, dtype)
      for (const op of ['sum', 'prod', 'min', 'max', 'argmin', 'argmax'] as const) {
        const out = op.startsWith('arg') ? 'int32' : dtype
        for (const shape of [
          [3, 10],
          [2, 700],
        ]) {
          check(backend, single(op, v), [{ dtype, shape }], [kept(shape, 1, { dtype: out })])
          check(
            backend,
            single(op, v),
            [{ dtype, shape, strides: [1, shape[0]] }],
            [kept(shape, 1, { dtype: out })],
          )
        }
      }
    }
    const big = {
      dtype: 'int32' as const,
      shape: [5],
      data: [2 ** 31 - 1, 2 ** 31 - 1, -5, 16_777_217, 7],
    }
    check(backend, single('sum', input(0, 'int32')), [big], [kept([5], 1, { dtype: 'int32' })])
    const truth = input(0, 'bool')
    for (const op of ['any', 'all', 'argmax', 'argmin'] as const) {
      for (const data of [
        [0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1],
        [0, 1, 0, 1, 0],
      ]) {
        const dtype = op.startsWith('arg') ? 'int32' : 'bool'
        check(
          backend,
          single(op, truth),
          [{ dtype: 'bool', shape: [5], data }],
          [kept([5], 1, { dtype })],
        )
      }
    }
  })

  it('takes NaN for the extreme, and the first of equals', () => {
    for (const data of [
      [1, Number.NaN, 3, Number.NaN, 0],
      [2, 2, 1, 1, 2],
      [-0, 0, -0, 0, 0],
      [Infinity, -Infinity, Infinity, 0, -Infinity],
    ]) {
      for (const op of ['argmin', 'argmax'] as const) {
        check(backend, single(op, x), [f([5], { data })], [kept([5], 1, { dtype: 'int32' })])
        const long = Array.from({ length: 1000 }, (_, i) => data[(i >> 4) % 5])
        check(
          backend,
          single(op, x),
          [f([1000], { data: long })],
          [kept([1000], 1, { dtype: 'int32' })],
        )
        check(
          backend,
          single(op, x),
          [f([2, 500], { data: long, strides: [1, 2] })],
          [kept([2, 500], 1, { dtype: 'int32' })],
        )
      }
    }
    const data = [1, Number.NaN, 3, 2, 0, 1, 2, 5]
    for (const op of ['min', 'max'] as const) {
      check(backend, single(op, x), [f([2, 4], { data })], [kept([2, 4], 1)])
      check(backend, single(op, x), [f([4, 2], { data })], [kept([4, 2], 1)])
    }
  })

  it('reduces nothing to the neutral element', () => {
    for (const op of ['sum', 'prod', 'min', 'max', 'argmax'] as const) {
      const dtype = op.startsWith('arg') ? 'int32' : 'float32'
      check(backend, single(op, x), [f([3, 0])], [kept([3, 0], 1, { dtype })])
    }
    check(
      backend,
      single('max', input(0, 'int32')),
      [{ dtype: 'int32', shape: [3, 0] }],
      [kept([3, 0], 1, { dtype: 'int32' })],
    )
  })

  it('works in place of an input of the epilogue', () => {
    const kernel = kernels.reduce(
      [{ op: 'sum', value: x }],
      [acc(0, 'float32').add(input(1, 'float32'))],
    )
    check(
      backend,
      kernel,
      [f([6, 9]), kept([6, 9], 1)],
      [kept([6, 9], 1, { shares: 1 })],
      [],
      close,
    )
  })

  it('adds a million numbers as accurately as pairwise summation', () => {
    const n = 1 << 20
    const numbers = random(7)
    const data = Float32Array.from({ length: n }, () => numbers.next().value + 1)
    const buffer = backend.allocate('float32', n)
    const out = backend.allocate('float32', 1)
    backend.write(buffer, data)
    const layout = { dtype: 'float32' as const, shape: [n], offset: 0 }
    const from = { buffer, ...layout, strides: [1] }
    const to = { buffer: out, ...layout, strides: [0] }
    backend.run(single('sum', x), [from], [to], [])
    const exact = data.reduce((a, b) => a + b, 0)
    expect(Math.abs(Number(backend.readSync(out, 0, 1)[0]) / exact - 1)).toBeLessThan(3e-7)
  })

  it('does not compile again for another size', () => {
    const kernel = single('sum', x.mul(1.5))
    const before = backend.statistics().compiled
    for (let n = 5; n < 100; n++)
      check(backend, kernel, [f([n, 16])], [kept([n, 16], 1)], [], close)
    expect(backend.statistics().compiled - before).toBeLessThanOrEqual(1)
  })
})
