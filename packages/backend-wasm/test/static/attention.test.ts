import { type DType, kernels } from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import type { TestHost } from './host.ts'
import { empty, filled, gaps, type LayoutKind, layoutKinds, numbers, pick } from './operands.ts'
import type { Random } from './random.ts'
import { overVariants } from './variants.ts'

interface Case {
  readonly batch: readonly number[]
  readonly queries: number
  readonly keys: number
  readonly depth: number
  readonly width: number
}

const epsilon: Record<string, number> = { float32: 2 ** -23, float64: 2 ** -52, float16: 2 ** -10 }
const count = (shape: readonly number[]) => shape.reduce((p, s) => p * s, 1)

/** One item by plain loops in double precision. */
function reference(
  c: Case,
  q: readonly number[],
  k: readonly number[],
  v: readonly number[],
  mask: readonly number[] | undefined,
  causal: boolean,
  scale: number,
): number[] {
  const out: number[] = []
  for (let i = 0; i < c.queries; i++) {
    const scores = Array.from({ length: c.keys }, (_, j) => {
      if (causal && j > i) return Number.NEGATIVE_INFINITY
      let dot = 0
      for (let e = 0; e < c.depth; e++) dot += q[i * c.depth + e] * k[j * c.depth + e]
      return dot * scale + (mask?.[i * c.keys + j] ?? 0)
    })
    const peak = Math.max(...scores)
    const weights = scores.map((s) => Math.exp(s - peak))
    const total = weights.reduce((s, w) => s + w, 0)
    for (let f = 0; f < c.width; f++) {
      out.push(weights.reduce((s, w, j) => s + (w === 0 ? 0 : w * v[j * c.width + f]), 0) / total)
    }
  }
  return out
}

function check(
  host: TestHost,
  random: Random,
  c: Case,
  dtype: DType,
  causal: boolean,
  masked: boolean,
  kind: () => LayoutKind,
): void {
  host.reset()
  const value = () => 2 * random() - 1
  const operand = (rows: number, columns: number, make = value) =>
    filled(host, dtype, [...c.batch, rows, columns], kind(), random, make)
  const [q, k, v] = [
    operand(c.queries, c.depth),
    operand(c.keys, c.depth),
    operand(c.keys, c.width),
  ]
  const hidden = () => (random() < 0.3 ? Number.NEGATIVE_INFINITY : value())
  const mask = masked ? operand(c.queries, c.keys, hidden) : undefined
  const out = empty(host, dtype, [...c.batch, c.queries, c.width], kind(), random)
  const before = gaps(host, out)
  const kernel = kernels.attention(dtype, causal, masked)
  expect(supportsStatic(kernel)).toBe(true)
  const scale = 3 / Math.sqrt(c.depth)
  runStatic(host, kernel, [q, k, v, ...(mask ? [mask] : [])], [out], [scale])
  const item = (list: readonly number[], size: number, b: number) =>
    list.slice(b * size, (b + 1) * size)
  const [qs, ks, vs, ms] = [
    numbers(host, q),
    numbers(host, k),
    numbers(host, v),
    mask ? numbers(host, mask) : undefined,
  ]
  const expected = Array.from({ length: count(c.batch) }, (_, b) =>
    reference(
      c,
      item(qs, c.queries * c.depth, b),
      item(ks, c.keys * c.depth, b),
      item(vs, c.keys * c.width, b),
      ms && item(ms, c.queries * c.keys, b),
      causal,
      scale,
    ),
  ).flat()
  // Scores of some units are rounded before they are exponentiated.
  const tolerance = epsilon[dtype] * 24
  numbers(host, out).forEach((got, i) => {
    const same = Object.is(got, expected[i]) || Math.abs(got - expected[i]) <= tolerance
    if (!same)
      expect.fail(`${JSON.stringify(c)} ${dtype}: element ${i} is ${got}, not ${expected[i]}`)
  })
  expect(gaps(host, out)).toBe(before)
}

const cases: Case[] = [
  { batch: [], queries: 1, keys: 1, depth: 1, width: 1 },
  { batch: [2], queries: 5, keys: 7, depth: 3, width: 4 },
  { batch: [2, 3], queries: 17, keys: 33, depth: 8, width: 5 },
  { batch: [], queries: 48, keys: 48, depth: 16, width: 16 },
  { batch: [], queries: 49, keys: 47, depth: 9, width: 7 },
  { batch: [1, 2], queries: 101, keys: 350, depth: 16, width: 17 },
  { batch: [], queries: 3, keys: 800, depth: 5, width: 64 },
  { batch: [], queries: 700, keys: 700, depth: 4, width: 3 },
]

overVariants((host, random) => {
  for (const causal of [false, true]) {
    for (const masked of [false, true]) {
      it(`attends${causal ? ', causal' : ''}${masked ? ', masked' : ''}`, () => {
        for (const c of cases) {
          check(host, random, c, 'float32', causal, masked, () => 'dense')
          check(host, random, c, 'float32', causal, masked, () => pick(random, layoutKinds))
          if (count(c.batch) * c.queries * c.keys < 20000) {
            check(host, random, c, 'float64', causal, masked, () => pick(random, layoutKinds))
          }
        }
        check(host, random, cases[2], 'float16', causal, masked, () => pick(random, layoutKinds))
      })
    }
  }

  it('gives NaN to a query that sees nothing, and to one that sees NaN', () => {
    host.reset()
    const { NaN: nan, NEGATIVE_INFINITY: hidden } = Number
    const ones = (rows: number, columns: number) =>
      filled(host, 'float32', [rows, columns], 'dense', random, () => 1)
    const mask = host.upload(
      'float32',
      [4, 3],
      [0, 0, 0, hidden, hidden, hidden, 0, nan, 0, hidden, nan, hidden],
    )
    const out = empty(host, 'float32', [4, 2], 'dense', random)
    runStatic(
      host,
      kernels.attention('float32', false, true),
      [ones(4, 2), ones(3, 2), ones(3, 2), mask],
      [out],
      [1],
    )
    expect(numbers(host, out)).toEqual([1, 1, nan, nan, nan, nan, nan, nan])
  })
})
