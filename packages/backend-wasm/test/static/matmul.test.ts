import { acc, type DType, type Expr, input, kernels, type Operand, scalar } from '@sconce/backend'
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

interface Case {
  readonly batch?: readonly number[]
  readonly m: number
  readonly n: number
  readonly k: number
  readonly dtype?: DType
  readonly layouts?: readonly [LayoutKind, LayoutKind, LayoutKind]
}

const unit: Record<string, number> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
}

/** Product and sum of absolute products, by plain loops in double precision. */
function reference(a: readonly number[], b: readonly number[], { batch = [], m, n, k }: Case) {
  const items = batch.reduce((p, s) => p * s, 1)
  const c: number[] = []
  const size: number[] = []
  for (let item = 0; item < items; item++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let [sum, absolute] = [0, 0]
        for (let p = 0; p < k; p++) {
          const product = a[(item * m + i) * k + p] * b[(item * k + p) * n + j]
          sum += product
          absolute += Math.abs(product)
        }
        c.push(sum)
        size.push(absolute)
      }
    }
  }
  return { c, size }
}

function check(host: TestHost, random: Random, given: Case): void {
  host.reset()
  const { batch = [], m, n, k, dtype = 'float32', layouts = ['dense', 'dense', 'dense'] } = given
  const compute: DType = dtype === 'float64' ? 'float64' : 'float32'
  const value = () => (random() < 0.02 ? 0 : 2 * random() - 1)
  const a = filled(host, dtype, [...batch, m, k], layouts[0], random, value)
  const b = filled(host, dtype, [...batch, k, n], layouts[1], random, value)
  const out = empty(host, dtype, [...batch, m, n], layouts[2], random)
  const before = gaps(host, out)
  const kernel = kernels.matmul(dtype, acc(0, compute).cast(dtype))
  expect(supportsStatic(kernel)).toBe(true)
  runStatic(host, kernel, [a, b], [out], [])
  const { c, size } = reference(numbers(host, a), numbers(host, b), given)
  // The error of a sum of k products, each rounded, in blocks.
  const tolerance = 2 + Math.sqrt(k)
  const fine = compute === 'float64' ? unit.float64 : unit.float32
  const coarse = dtype === compute ? 0 : unit[dtype]
  numbers(host, out).forEach((got, i) => {
    const error = Math.abs(got - c[i])
    if (!(error <= fine * tolerance * size[i] + coarse * Math.abs(c[i]) + 1e-37)) {
      expect.fail(`${JSON.stringify(given)}: element ${i} is ${got}, not ${c[i]}`)
    }
  })
  expect(gaps(host, out)).toBe(before)
}

const odd = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 33, 47, 49, 63, 65, 66,
]

overVariants((host, random) => {
  it('multiplies at every small size', () => {
    for (let m = 1; m <= 14; m++) {
      for (const n of [1, 2, 3, 4, 5, 8, 9, 15, 17]) {
        for (const k of [1, 2, 5, 13]) check(host, random, { m, n, k })
      }
    }
  })

  it('multiplies any layouts at odd sizes', () => {
    for (let round = 0; round < 150; round++) {
      check(host, random, {
        m: pick(random, odd),
        n: pick(random, odd),
        k: pick(random, odd),
        dtype: pick(random, ['float32', 'float32', 'float64']),
        layouts: [pick(random, layoutKinds), pick(random, layoutKinds), pick(random, layoutKinds)],
      })
    }
  })

  it('multiplies across every block boundary', () => {
    const sizes = [95, 96, 97, 193, 255, 256, 257, 511, 513, 519]
    for (let round = 0; round < 8; round++) {
      check(host, random, {
        m: pick(random, sizes),
        n: pick(random, sizes),
        k: pick(random, sizes),
        dtype: pick(random, ['float32', 'float32', 'float64']),
        layouts: [pick(random, layoutKinds), pick(random, layoutKinds), pick(random, layoutKinds)],
      })
    }
  })

  it('multiplies vectors, long and wide matrices', () => {
    const shapes = [
      { m: 1, n: 1, k: 3001 },
      { m: 1, n: 1500, k: 33 },
      { m: 1500, n: 1, k: 33 },
      { m: 2, n: 700, k: 300 },
      { m: 1030, n: 3, k: 270 },
      { m: 5, n: 1, k: 900 },
      { m: 3, n: 3, k: 2000 },
      { m: 1, n: 37, k: 1 },
    ]
    for (const shape of shapes) {
      for (const first of layoutKinds) {
        const others = [pick(random, layoutKinds), pick(random, layoutKinds)] as const
        check(host, random, { ...shape, layouts: [first, ...others] })
      }
    }
  })

  it('multiplies batches, of several dims and broadcast', () => {
    for (let round = 0; round < 60; round++) {
      const batch = Array.from({ length: integer(random, 1, 3) }, () => integer(random, 1, 4))
      check(host, random, {
        batch,
        m: integer(random, 1, 14),
        n: integer(random, 1, 14),
        k: integer(random, 1, 14),
        layouts: [pick(random, layoutKinds), pick(random, layoutKinds), pick(random, layoutKinds)],
      })
    }
  })

  it('sums over nothing give zero', () => {
    for (const m of [1, 3, 40]) {
      for (const n of [1, 9, 40]) check(host, random, { m, n, k: 0 })
    }
    check(host, random, { m: 0, n: 3, k: 2 })
    check(host, random, { batch: [0], m: 2, n: 3, k: 2 })
  })

  it('computes half precision in float32', () => {
    for (const dtype of ['float16', 'bfloat16'] as const) {
      check(host, random, { m: 9, n: 17, k: 33, dtype, layouts: ['padded', 'permuted', 'spread'] })
    }
  })

  it('folds a batch that shares its right side into one product', () => {
    host.reset()
    const a = filled(host, 'float32', [5, 7, 8], 'dense', random, (i) => i % 11)
    const w = filled(host, 'float32', [8, 9], 'dense', random, (i) => i % 7)
    const b = { ...w, shape: [5, 8, 9], strides: [0, 9, 1] }
    const out = empty(host, 'float32', [5, 7, 9], 'dense', random)
    runStatic(host, kernels.matmul('float32', acc(0, 'float32')), [a, b], [out], [])
    const { c } = reference(numbers(host, a), numbers(host, b), { batch: [5], m: 7, n: 9, k: 8 })
    expect(numbers(host, out)).toEqual(c)
  })

  const sum = acc(0, 'float32')
  const added = input(2, 'float32')
  const scaled = sum.mul(scalar(0, 'float32')).add(added.mul(scalar(1, 'float32')))
  const epilogues: [string, Expr, readonly number[], (c: number, x: number) => number][] = [
    ['relu', sum.max(0), [], (c) => Math.max(c, 0)],
    ['add', sum.add(added), [], (c, x) => c + x],
    ['add and relu', added.add(sum).max(0), [], (c, x) => Math.max(c + x, 0)],
    ['scaled by ones', scaled, [1, 1], (c, x) => c + x],
    ['scaled', scaled, [0.5, -2], (c, x) => 0.5 * c - 2 * x],
    ['mul', sum.mul(added), [], (c, x) => c * x],
    ['halved', sum.mul(scalar(0, 'float32')), [0.5], (c) => 0.5 * c],
  ]
  const operands: Record<string, (m: number, n: number, out: Operand) => Operand> = {
    'one per column': (m, n) =>
      spread(
        filled(host, 'float32', [n], 'dense', random, (i) => (i % 5) - 2),
        [m, n],
        [0, 1],
      ),
    'one per row': (m, n) =>
      spread(
        filled(host, 'float32', [m], 'dense', random, (i) => (i % 5) - 2),
        [m, n],
        [1, 0],
      ),
    'one for all': (m, n) =>
      spread(
        filled(host, 'float32', [1], 'dense', random, () => 3),
        [m, n],
        [0, 0],
      ),
    'a matrix': (m, n) => filled(host, 'float32', [m, n], 'permuted', random, (i) => (i % 5) - 2),
    'the output': (_m, _n, out) => {
      const elements = host.contents(out)
      if (!(elements instanceof BigInt64Array)) elements.fill(4)
      return out
    },
  }
  const spread = (o: Operand, shape: number[], strides: number[]): Operand => ({
    ...o,
    shape,
    strides,
  })

  for (const [title, epilogue, scalars, expected] of epilogues) {
    it(`ends with: ${title}`, () => {
      for (const make of Object.values(operands)) {
        for (const [m, n, k] of [
          [1, 1, 4],
          [3, 2, 4],
          [1, 40, 6],
          [40, 1, 6],
          [13, 21, 9],
          [70, 90, 300],
        ]) {
          host.reset()
          // Small integers: every sum is exact, however it is ordered.
          const a = filled(host, 'float32', [m, k], 'dense', random, () => integer(random, -3, 3))
          const b = filled(host, 'float32', [k, n], 'permuted', random, () =>
            integer(random, -3, 3),
          )
          const out = empty(host, 'float32', [m, n], 'dense', random)
          const kernel = kernels.matmul('float32', epilogue)
          const further = kernel.inputs.length > 2 ? [make(m, n, out)] : []
          const { c } = reference(numbers(host, a), numbers(host, b), { m, n, k })
          const x = further.length > 0 ? numbers(host, further[0]) : []
          runStatic(host, kernel, [a, b, ...further], [out], scalars)
          // + 0: zeros of either sign are equal.
          expect(numbers(host, out).map((v) => v + 0)).toEqual(
            c.map((v, i) => expected(v, x[i]) + 0),
          )
        }
      }
    })
  }

  it('keeps NaN through relu', () => {
    for (const size of [2, 20]) {
      host.reset()
      const a = filled(host, 'float32', [size, size], 'dense', random, (i) =>
        i === 0 ? Number.NaN : 1,
      )
      const b = filled(host, 'float32', [size, size], 'dense', random, () => -1)
      const out = empty(host, 'float32', [size, size], 'dense', random)
      runStatic(host, kernels.matmul('float32', sum.max(0)), [a, b], [out], [])
      const got = numbers(host, out)
      expect(got.slice(0, size)).toEqual(Array(size).fill(Number.NaN))
      expect(got.slice(size).every((v) => v === 0)).toBe(true)
    }
  })

  it('writes over its own operand', () => {
    host.reset()
    const a = filled(host, 'float32', [20, 20], 'dense', random, () => integer(random, -3, 3))
    const b = filled(host, 'float32', [20, 20], 'dense', random, () => integer(random, -3, 3))
    const { c } = reference(numbers(host, a), numbers(host, b), { m: 20, n: 20, k: 20 })
    runStatic(host, kernels.matmul('float32', sum), [a, b], [a], [])
    expect(numbers(host, a)).toEqual(c)
  })
})
