import { type DType, kernels, type Operand } from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import {
  empty,
  filled,
  gaps,
  integer,
  type LayoutKind,
  layoutKinds,
  numbers,
  pick,
} from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

/** Shapes [rows…, elements…] and along which dims weight and bias vary. */
interface Case {
  readonly title: string
  readonly rows: readonly number[]
  readonly elements: readonly number[]
  readonly varies: readonly number[]
}

const cases: Case[] = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 64, 100, 513].map((n) => ({
    title: `layer norm of ${n}`,
    rows: [3],
    elements: [n],
    varies: [1],
  })),
  { title: 'layer norm of planes', rows: [2, 3], elements: [5, 7], varies: [2, 3] },
  { title: 'batch norm', rows: [4], elements: [3, 5, 7], varies: [0] },
  { title: 'batch norm of features', rows: [6], elements: [9], varies: [0] },
  { title: 'group norm', rows: [3, 2], elements: [4, 5, 5], varies: [1, 2] },
  { title: 'instance norm', rows: [3, 4], elements: [6, 5], varies: [1] },
  { title: 'weights along one dim of a row', rows: [5], elements: [4, 6], varies: [1] },
  { title: 'weights for every element', rows: [3, 2], elements: [4, 6], varies: [0, 1, 2, 3] },
  { title: 'one row', rows: [], elements: [37], varies: [0] },
]

const epsilon: Record<string, number> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
}
const count = (shape: readonly number[]) => shape.reduce((p, s) => p * s, 1)
const sum = (values: readonly number[]) => values.reduce((s, v) => s + v, 0)

/** An operand that varies along some dims of `shape` only. */
function broadcast(
  host: TestHost,
  random: Random,
  dtype: DType,
  shape: readonly number[],
  varies: readonly number[],
  kind: LayoutKind,
  value: () => number,
): Operand {
  const small = varies.map((d) => shape[d])
  const operand = filled(host, dtype, small, kind, random, value)
  return {
    ...operand,
    shape,
    strides: shape.map((_, d) => (varies.includes(d) ? operand.strides[varies.indexOf(d)] : 0)),
  }
}

function close(
  got: readonly number[],
  expected: readonly number[],
  tolerance: (i: number) => number,
  what: string,
): void {
  got.forEach((v, i) => {
    if (!(Math.abs(v - expected[i]) <= tolerance(i)))
      expect.fail(`${what}: element ${i} is ${v}, not ${expected[i]}`)
  })
}

function check(
  host: TestHost,
  random: Random,
  c: Case,
  dtype: DType,
  weight: boolean,
  bias: boolean,
  kind: () => LayoutKind,
): void {
  host.reset()
  const what = `${c.title} ${dtype} weight ${weight} bias ${bias}`
  const shape = [...c.rows, ...c.elements]
  const [rows, length] = [count(c.rows), count(c.elements)]
  const eps = 1e-3
  const value = () => 4 * random() - 1
  const x = filled(host, dtype, shape, kind(), random, value)
  const along = () =>
    broadcast(
      host,
      random,
      dtype,
      shape,
      c.varies,
      pick(random, ['dense', 'dense', 'spread'] as const),
      value,
    )
  const [w, b] = [along(), along()]
  const rowDims = c.rows.map((_, d) => d)
  const y = empty(host, dtype, shape, kind(), random)
  const before = gaps(host, y)
  const perRow = () => broadcast(host, random, dtype, shape, rowDims, 'dense', () => 0)
  const [mean, rstd] = [perRow(), perRow()]
  const forward = kernels.normalize(dtype, { backward: false, weight, bias })
  expect(supportsStatic(forward)).toBe(true)
  runStatic(
    host,
    forward,
    [x, ...(weight ? [w] : []), ...(bias ? [b] : [])],
    [y, mean, rstd],
    [eps],
  )

  const [xs, ws, bs] = [numbers(host, x), numbers(host, w), numbers(host, b)]
  const at = (i: number) => Math.floor(i / length)
  const row = (list: readonly number[], r: number) => list.slice(r * length, (r + 1) * length)
  const means = Array.from({ length: rows }, (_, r) => sum(row(xs, r)) / length)
  const rstds = means.map(
    (m, r) => 1 / Math.sqrt(sum(row(xs, r).map((v) => (v - m) ** 2)) / length + eps),
  )
  const factor = (i: number) => (weight ? ws[i] : 1)
  const unit = epsilon[dtype]
  const expected = xs.map(
    (v, i) => (v - means[at(i)]) * rstds[at(i)] * factor(i) + (bias ? bs[i] : 0),
  )
  // The rounding of x - mean, multiplied by rstd.
  const size = (i: number) =>
    (4 * rstds[at(i)] + Math.abs(xs[i] - means[at(i)]) * rstds[at(i)]) * Math.abs(factor(i)) + 3
  close(numbers(host, y), expected, (i) => 6 * unit * size(i), what)
  const each = (o: Operand) => numbers(host, o).filter((_, i) => i % length === 0)
  close(each(mean), means, () => 4 * unit, `${what}: mean`)
  close(each(rstd), rstds, (r) => 4 * unit * rstds[r] ** 3 + 4 * unit * rstds[r], `${what}: rstd`)
  expect(gaps(host, y)).toBe(before)

  const g = filled(host, dtype, shape, kind(), random, value)
  const dx = empty(host, dtype, shape, kind(), random)
  const outside = gaps(host, dx)
  const gs = numbers(host, g)
  const backward = kernels.normalize(dtype, { backward: true, weight, bias: false })
  runStatic(host, backward, [g, x, mean, rstd, ...(weight ? [w] : [])], [dx], [eps])
  const [m, s] = [each(mean), each(rstd)]
  const weighted = gs.map((v, i) => v * factor(i))
  const normal = xs.map((v, i) => (v - m[at(i)]) * s[at(i)])
  const product = weighted.map((v, i) => v * normal[i])
  const first = m.map((_, r) => sum(row(weighted, r)) / length)
  const second = m.map((_, r) => sum(row(product, r)) / length)
  const gradient = weighted.map((v, i) => s[at(i)] * (v - first[at(i)] - normal[i] * second[at(i)]))
  close(
    numbers(host, dx),
    gradient,
    (i) => 40 * unit * s[at(i)] * (9 + Math.abs(xs[i] - m[at(i)]) * s[at(i)] * 9),
    `${what}: backward`,
  )
  expect(gaps(host, dx)).toBe(outside)
}

overVariants((host, random) => {
  for (const c of cases) {
    it(c.title, () => {
      for (const [weight, bias] of [
        [false, false],
        [true, true],
        [true, false],
        [false, true],
      ]) {
        for (const dtype of ['float32', 'float64'] as const) {
          check(host, random, c, dtype, weight, bias, () => 'dense')
          check(host, random, c, dtype, weight, bias, () => pick(random, layoutKinds))
        }
        check(host, random, c, pick(random, ['float16', 'bfloat16'] as const), weight, bias, () =>
          pick(random, layoutKinds),
        )
      }
    })
  }

  it('reads batches that have their channels in the middle', () => {
    host.reset()
    const [n, c, hw] = [3, 5, 12]
    const x = filled(host, 'float32', [n, c, hw], 'dense', random, () => random())
    const y = empty(host, 'float32', [n, c, hw], 'dense', random)
    const turn = (o: Operand): Operand => ({ ...o, shape: [c, n, hw], strides: [hw, c * hw, 1] })
    const row = () => broadcast(host, random, 'float32', [c, n, hw], [0], 'dense', () => 0)
    const calls = host.calls.length
    runStatic(
      host,
      kernels.normalize('float32', { backward: false, weight: false, bias: false }),
      [turn(x)],
      [turn(y), row(), row()],
      [0],
    )
    expect(host.calls.slice(calls)).toEqual(['normalize_f32'])
    const channel = numbers(host, turn(y)).slice(0, n * hw)
    expect(sum(channel)).toBeCloseTo(0, 4)
    expect(sum(channel.map((v) => v * v)) / (n * hw)).toBeCloseTo(1, 4)
  })

  it('keeps its precision far from zero', () => {
    host.reset()
    const length = 1000
    const x = filled(
      host,
      'float32',
      [1, length],
      'dense',
      random,
      () => 1e4 + integer(random, -8, 8),
    )
    const row = () => broadcast(host, random, 'float32', [1, length], [0], 'dense', () => 0)
    const [mean, rstd] = [row(), row()]
    const xs = numbers(host, x)
    const exact = sum(xs) / length
    const variance = sum(xs.map((v) => (v - exact) ** 2)) / length
    runStatic(
      host,
      kernels.normalize('float32', { backward: false, weight: false, bias: false }),
      [x],
      [x, mean, rstd],
      [0],
    )
    expect(numbers(host, rstd)[0] * Math.sqrt(variance)).toBeCloseTo(1, 6)
  })
})
