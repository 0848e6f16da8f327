import {
  acc,
  type DType,
  input,
  kernels,
  type Operand,
  type ReduceOp,
  scalar,
} from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import { empty, filled, gaps, integer, layoutKinds, numbers, pick } from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

const ops = ['argmax', 'argmin'] as const satisfies ReduceOp[]
type Op = (typeof ops)[number]

/** NaN wins, the first of equals wins. */
function arg(values: readonly number[], op: 'argmax' | 'argmin'): number {
  let best = 0
  values.forEach((v, i) => {
    if (Number.isNaN(values[best])) return
    if (Number.isNaN(v) || (op === 'argmax' ? v > values[best] : v < values[best])) best = i
  })
  return best
}

const references: Record<Op, (values: readonly number[]) => number> = {
  argmax: (values) => arg(values, 'argmax'),
  argmin: (values) => arg(values, 'argmin'),
}

const kernelOf = (op: Op, dtype: DType) =>
  kernels.reduce([{ op, value: input(0, dtype) }], [acc(0, 'int32')])

const spread = (o: Operand, inner: readonly number[]): Operand => ({
  ...o,
  shape: [...o.shape, ...inner],
  strides: [...o.strides, ...inner.map(() => 0)],
})

const count = (shape: readonly number[]) => shape.reduce((p, s) => p * s, 1)

function check(
  host: TestHost,
  random: Random,
  op: Op,
  dtype: DType,
  kept: readonly number[],
  reduced: readonly number[],
): void {
  host.reset()
  const x = filled(host, dtype, [...kept, ...reduced], pick(random, layoutKinds), random, () =>
    integer(random, -50, 50),
  )
  const out = empty(host, 'int32', kept, pick(random, layoutKinds), random)
  const before = gaps(host, out)
  const kernel = kernelOf(op, dtype)
  expect(supportsStatic(kernel)).toBe(true)
  runStatic(host, kernel, [x], [spread(out, reduced)], [])
  const [all, length] = [numbers(host, x), count(reduced)]
  const expected = Array.from({ length: count(kept) }, (_, r) =>
    references[op](all.slice(r * length, (r + 1) * length)),
  )
  expect(numbers(host, out)).toEqual(expected)
  expect(gaps(host, out)).toBe(before)
}

overVariants((host, random) => {
  for (const op of ops) {
    it(`${op} of rows of every length`, () => {
      for (let length = 1; length <= 70; length++) check(host, random, op, 'float32', [3], [length])
      for (const length of [511, 512, 513, 1023, 1025, 3001])
        check(host, random, op, 'float32', [2], [length])
      for (const length of [1, 2, 3, 7, 600, 1100])
        check(host, random, op, 'float64', [2], [length])
    })

    it(`${op} over any dims of any layout`, () => {
      for (let round = 0; round < 120; round++) {
        const dims = (most: number) =>
          Array.from({ length: integer(random, 0, most) }, () => integer(random, 1, 9))
        check(host, random, op, pick(random, ['float32', 'float32', 'float64']), dims(3), dims(3))
      }
    })

    it(`${op} of columns`, () => {
      for (const [columns, rows] of [
        [1, 5],
        [3, 9],
        [17, 130],
        [64, 300],
        [67, 129],
        [131, 257],
      ]) {
        for (const dtype of ['float32', 'float64'] as const) {
          host.reset()
          const x = filled(host, dtype, [rows, columns], 'padded', random, () =>
            integer(random, -50, 50),
          )
          const out = empty(host, 'int32', [columns], 'spread', random)
          const turned = { ...x, shape: [columns, rows], strides: [x.strides[1], x.strides[0]] }
          runStatic(host, kernelOf(op, dtype), [turned], [spread(out, [rows])], [])
          const all = numbers(host, turned)
          const expected = Array.from({ length: columns }, (_, c) =>
            references[op](all.slice(c * rows, (c + 1) * rows)),
          )
          expect(numbers(host, out)).toEqual(expected)
        }
      }
    })
  }

  it('with an epilogue', () => {
    const at = acc(0, 'int32')
    const kernel = kernels.reduce(
      [{ op: 'argmax', value: input(0, 'float32') }],
      [at.mul(scalar(0, 'int32')).add(input(1, 'int32')), at.neg()],
    )
    for (const [kept, reduced] of [
      [[5], [24]],
      [[40], [3]],
      [[], [700]],
    ]) {
      host.reset()
      const x = filled(host, 'float32', [...kept, ...reduced], 'dense', random, () =>
        integer(random, -50, 50),
      )
      const added = spread(
        filled(host, 'int32', kept, 'dense', random, (i) => i),
        reduced,
      )
      const outs = [0, 1].map(() => spread(empty(host, 'int32', kept, 'dense', random), reduced))
      const length = count(reduced)
      const positions = Array.from({ length: count(kept) }, (_, r) =>
        references.argmax(numbers(host, x).slice(r * length, (r + 1) * length)),
      )
      const result = (o: Operand) =>
        numbers(host, { ...o, shape: kept, strides: o.strides.slice(0, kept.length) })
      runStatic(host, kernel, [x, added], outs, [3])
      expect(result(outs[0])).toEqual(positions.map((p, i) => 3 * p + i))
      expect(result(outs[1])).toEqual(positions.map((p) => (p === 0 ? 0 : -p)))
    }
  })

  it('finds NaN and infinities wherever they are', () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number
    for (const length of [1, 5, 8, 40, 1500]) {
      for (const at of new Set([0, length >> 1, length - 1])) {
        for (const special of [nan, inf, -inf]) {
          for (const op of ops) {
            host.reset()
            const values = Array.from({ length }, (_, i) =>
              i === at ? special : integer(random, -9, 9),
            )
            const out = empty(host, 'int32', [], 'dense', random)
            runStatic(
              host,
              kernelOf(op, 'float32'),
              [host.upload('float32', [length], values)],
              [spread(out, [length])],
              [],
            )
            expect(numbers(host, out)).toEqual([references[op](values)])
          }
        }
      }
    }
  })

  it('finds 0 in nothing', () => {
    for (const op of ops) {
      host.reset()
      const x = empty(host, 'float32', [3, 0], 'dense', random)
      const out = empty(host, 'int32', [3], 'dense', random)
      runStatic(host, kernelOf(op, 'float32'), [x], [spread(out, [0])], [])
      expect(numbers(host, out)).toEqual([0, 0, 0])
    }
  })

  it('leaves other reductions, and those of expressions, to the emitter', () => {
    const x = input(0, 'float32')
    const supports = (op: ReduceOp, value = x, dtype: DType = 'int32') =>
      supportsStatic(kernels.reduce([{ op, value }], [acc(0, dtype)]))
    expect(supports('argmax')).toBe(true)
    expect(supports('argmax', x.mul(x))).toBe(false)
    expect(supports('argmin', input(0, 'int32'))).toBe(false)
    expect(supports('sum', x, 'float32')).toBe(false)
  })
})
