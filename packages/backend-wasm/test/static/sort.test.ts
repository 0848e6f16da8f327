import { type DType, dtypes, kernels } from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import {
  empty,
  filled,
  gaps,
  integer,
  layoutKinds,
  numbers,
  pick,
  type Value,
  values,
} from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

/** NaN after everything, zeros of either sign equal. */
function compare(a: Value, b: Value): number {
  const [x, y] = [Number.isNaN(a), Number.isNaN(b)]
  if (x || y) return Number(x) - Number(y)
  return a < b ? -1 : a > b ? 1 : 0
}

const order = (row: readonly Value[], descending: boolean): number[] =>
  // JS sorts stably.
  row
    .map((_, i) => i)
    .sort((i, j) => (descending ? compare(row[j], row[i]) : compare(row[i], row[j])))

function check(
  host: TestHost,
  random: Random,
  dtype: DType,
  shape: readonly number[],
  wanted: number,
  value: () => Value,
): void {
  const descending = random() < 0.5
  const last = shape.length - 1
  const length = shape[last] ?? 1
  const x = filled(host, dtype, shape, pick(random, layoutKinds), random, value)
  const outShape = shape.map((s, d) => (d === last ? wanted : s))
  const outs = [dtype, 'int32' as const].map((d) =>
    empty(host, d, outShape, pick(random, layoutKinds), random),
  )
  const before = outs.map((o) => gaps(host, o))
  const kernel = kernels.sort(dtype, descending)
  expect(supportsStatic(kernel)).toBe(true)
  runStatic(host, kernel, [x], outs, [])
  const all = values(host, x)
  const rows = Array.from({ length: length === 0 ? 0 : all.length / length }, (_, r) =>
    all.slice(r * length, (r + 1) * length),
  )
  const orders = rows.map((row) => order(row, descending).slice(0, wanted))
  expect(numbers(host, outs[1])).toEqual(orders.flat())
  expect(values(host, outs[0])).toEqual(orders.flatMap((o, r) => o.map((i) => rows[r][i])))
  expect(outs.map((o) => gaps(host, o))).toEqual(before)
}

const specials = [
  Number.NaN,
  0,
  -0,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-42,
  -1e-42,
  1,
  -1,
]

/** Values with many ties, exact in the dtype. */
function valueOf(dtype: DType, random: Random): () => Value {
  const { kind } = dtypes[dtype]
  if (kind === 'bool') return () => integer(random, 0, 1)
  if (dtype === 'int64')
    return () => BigInt(integer(random, -40, 40)) * 2n ** BigInt(pick(random, [0, 30, 56]))
  if (kind === 'int') return () => integer(random, dtype === 'uint8' ? 0 : -100, 100)
  return () =>
    random() < 0.2 ? pick(random, specials) : integer(random, -60, 60) / pick(random, [1, 2, 64])
}

overVariants((host, random) => {
  it('sorts every dtype in any layout, stably', () => {
    for (let round = 0; round < 200; round++) {
      host.reset()
      const dtype = pick(random, Object.keys(dtypes) as DType[])
      const shape = Array.from({ length: integer(random, 0, 3) }, () => integer(random, 1, 14))
      const length = shape[shape.length - 1] ?? 1
      check(
        host,
        random,
        dtype,
        shape,
        random() < 0.5 ? length : integer(random, 1, length),
        valueOf(dtype, random),
      )
    }
  })

  it('sorts rows of every length', () => {
    for (const length of [1, 2, 3, 47, 48, 49, 50, 100, 255, 256, 257, 1000, 3001]) {
      for (const dtype of ['float32', 'int32', 'float64', 'int64'] as const) {
        host.reset()
        check(host, random, dtype, [3, length], length, valueOf(dtype, random))
      }
    }
  })

  it('takes the first k of long rows', () => {
    for (const length of [192, 193, 500, 2001]) {
      for (const wanted of [1, 2, 7, 40, 100]) {
        for (const dtype of ['float32', 'int32', 'float64', 'int64', 'float16'] as const) {
          host.reset()
          check(host, random, dtype, [2, length], wanted, valueOf(dtype, random))
        }
      }
    }
  })

  it('sorts what differs in every byte', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      host.reset()
      check(
        host,
        random,
        dtype,
        [2, 1500],
        1500,
        () => (random() - 0.5) * 10 ** integer(random, -30, 30),
      )
    }
    host.reset()
    check(host, random, 'int32', [2, 1500], 1500, () => integer(random, -(2 ** 31), 2 ** 31 - 1))
    host.reset()
    check(
      host,
      random,
      'int64',
      [2, 1500],
      1500,
      () => BigInt(integer(random, -(2 ** 31), 2 ** 31 - 1)) * 2147483647n,
    )
  })

  it('sorts in place', () => {
    host.reset()
    const x = filled(host, 'float32', [2, 300], 'dense', random, () => integer(random, -50, 50))
    const rows = [0, 1].map((r) => numbers(host, x).slice(300 * r, 300 * r + 300))
    runStatic(
      host,
      kernels.sort('float32', false),
      [x],
      [x, empty(host, 'int32', [2, 300], 'dense', random)],
      [],
    )
    expect(numbers(host, x)).toEqual(rows.flatMap((row) => row.sort((a, b) => a - b)))
  })

  it('sorts nothing', () => {
    host.reset()
    check(host, random, 'float32', [3, 0], 0, () => 0)
    check(host, random, 'float32', [0, 3], 3, () => 0)
  })
})
