import {
  type BinaryOp,
  binary,
  type DType,
  type Expr,
  input,
  isBinary,
  isUnary,
  kernels,
  type UnaryOp,
  unary,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { createCpuBackend } from '../src/index.ts'
import recorded from './data/special-values.json' with { type: 'json' }
import { engines, rowOf } from './engines.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

/** A recorded number; what JSON lacks is a string. */
const decode = (v: unknown): number =>
  v === 'nan' ? nan : v === 'inf' ? inf : v === '-inf' ? -inf : Number(v)

/** Units in the last place between two floats of a dtype. */
function ulps(a: number, b: number, dtype: 'float32' | 'float64'): number {
  if (Object.is(a, b) || (a !== a && b !== b)) return 0
  if (!Number.isFinite(a) || !Number.isFinite(b)) return inf
  const bits = dtype === 'float32' ? 23 : 52
  const exponent = Math.max(
    Math.floor(Math.log2(Math.max(Math.abs(a), Math.abs(b)))),
    dtype === 'float32' ? -126 : -1022,
  )
  const distance = Math.abs(a - b) / 2 ** (exponent - bits)
  return a === 0 && b === 0 ? inf : distance
}

/** Where PyTorch itself is a few ULP off, so that its results are no better than ours. */
const loose: Partial<Record<string, number>> = { lgamma: 16, digamma: 64 }

const entries = <T>(table: Record<string, T>): [string, T][] => Object.entries(table)
const kernel1 = (op: UnaryOp, dtype: DType) => kernels.map([unary(op, input(0, dtype))])
const kernel2 = (op: BinaryOp, dtype: DType) =>
  kernels.map([binary(op, input(0, dtype), input(1, dtype))])

describe.each(engines)('scalar ops by %s', (engine) => {
  const cpu = createCpuBackend({ engine })

  describe.each(['float64', 'float32'] as const)('on %s, as PyTorch', (dtype) => {
    const settle = dtype === 'float32' ? Math.fround : (x: number) => x
    const x = recorded.x.map(decode)
    it.each(entries(recorded.unary))('%s', (op, values) => {
      if (!isUnary(op)) throw new Error(op)
      const actual = rowOf(cpu, kernel1(op, dtype), [x])
      values.forEach((value, i) => {
        // A double that float32 can't hold is another argument there.
        if (settle(x[i]) !== x[i] && x[i] === x[i]) return
        const expected = typeof value === 'boolean' ? value : settle(decode(value))
        if (typeof expected === 'boolean') return expect(actual[i]).toBe(expected)
        const error = ulps(Number(actual[i]), expected, dtype)
        expect(error, `${op}(${x[i]}) = ${actual[i]}, not ${expected}`).toBeLessThanOrEqual(
          dtype === 'float32' ? 1 : (loose[op] ?? 4),
        )
      })
    })

    const [a, b] = [0, 1].map((side) => recorded.pairs.map((pair) => decode(pair[side])))
    it.each(entries(recorded.binary))('%s', (op, values) => {
      if (!isBinary(op)) throw new Error(op)
      const actual = rowOf(cpu, kernel2(op, dtype), [a, b])
      values.forEach((value, i) => {
        const expected = typeof value === 'boolean' ? value : settle(decode(value))
        const message = `${op}(${a[i]}, ${b[i]}) = ${actual[i]}, not ${expected}`
        if (typeof expected === 'boolean') return expect(actual[i], message).toBe(expected)
        // The sign of a zero between zeros is left open by minimum and maximum.
        if ((op === 'min' || op === 'max') && expected === 0) {
          return expect(Number(actual[i]) === 0, message).toBe(true)
        }
        expect(ulps(Number(actual[i]), expected, dtype), message).toBeLessThanOrEqual(1)
      })
    })
  })

  const integerTypes = ['int64', 'int32', 'int16', 'int8', 'uint8'] as const
  describe.each(integerTypes)('on %s, as PyTorch', (dtype) => {
    const { unary: unaries, binary: binaries } = recorded.integers[dtype]
    it.each(entries(unaries))('%s', (op, rows) => {
      if (!isUnary(op)) throw new Error(op)
      const columns = rows.map(([x]) => BigInt(x))
      const actual = rowOf(cpu, kernel1(op, dtype), [columns])
      rows.forEach(([x, y], i) => expect(`${op}(${x}) = ${actual[i]}`).toBe(`${op}(${x}) = ${y}`))
    })
    it.each(entries(binaries))('%s', (op, rows) => {
      if (!isBinary(op)) throw new Error(op)
      const [a, b] = [0, 1].map((side) => rows.map((row) => BigInt(row[side])))
      const actual = rowOf(cpu, kernel2(op, dtype), [a, b])
      rows.forEach(([x, y, z], i) => {
        const call = `${op}(${x}, ${y}) = `
        expect(call + Number(actual[i])).toBe(call + Number(z))
      })
    })

    it('division by zero gives 0; the least integer divided by -1 is itself', () => {
      for (const op of ['div', 'rem', 'mod'] as const) {
        const zero = rowOf(cpu, kernel2(op, dtype), [
          [7, 0],
          [0, 0],
        ])
        expect(zero.map(Number)).toEqual([0, 0])
      }
      if (dtype === 'uint8') return
      const least = { int64: -(2n ** 63n), int32: -(2n ** 31n), int16: -(2n ** 15n), int8: -128n }[
        dtype
      ]
      expect(rowOf(cpu, kernel2('div', dtype), [[least], [-1]])).toEqual([least])
      expect(rowOf(cpu, kernel2('rem', dtype), [[least], [-1]])).toEqual([0n])
      expect(rowOf(cpu, kernel2('mod', dtype), [[least], [-1]])).toEqual([0n])
    })

    it('shifts of at least the width give 0, or the sign', () => {
      const width = { int64: 64, int32: 32, int16: 16, int8: 8, uint8: 8 }[dtype]
      const x = [5, 5, 5, dtype === 'uint8' ? 200 : -5]
      const by = [width, width + 1, dtype === 'uint8' ? 100 : -1, width]
      expect(rowOf(cpu, kernel2('shl', dtype), [x, by]).map(Number)).toEqual([0, 0, 0, 0])
      const sign = dtype === 'uint8' ? 0 : -1
      expect(rowOf(cpu, kernel2('shr', dtype), [x, by]).map(Number)).toEqual([0, 0, 0, sign])
    })
  })

  it('on bool', () => {
    const [a, b] = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ]
    const expected: Partial<Record<BinaryOp, number[]>> = {
      and: [0, 0, 0, 1],
      or: [0, 1, 1, 1],
      xor: [0, 1, 1, 0],
      min: [0, 0, 0, 1],
      max: [0, 1, 1, 1],
      lt: [0, 1, 0, 0],
      le: [1, 1, 0, 1],
      gt: [0, 0, 1, 0],
      ge: [1, 0, 1, 1],
      eq: [1, 0, 0, 1],
      ne: [0, 1, 1, 0],
    }
    for (const [op, values] of entries(expected)) {
      if (!isBinary(op)) throw new Error(op)
      expect([op, rowOf(cpu, kernel2(op, 'bool'), [a, b]).map(Number)]).toEqual([op, values])
    }
    expect(rowOf(cpu, kernel1('not', 'bool'), [[0, 1]])).toEqual([true, false])
  })

  it('where and isnan', () => {
    const x = input(0, 'float32')
    const kernel = kernels.map([x.isnan().where(-1, x)])
    expect(rowOf(cpu, kernel, [[nan, -0, inf]])).toEqual([-1, -0, inf])
    const bigs = kernels.map([input(0, 'int64').gt(0).where(input(0, 'int64'), 5)])
    expect(rowOf(cpu, bigs, [[2n ** 62n, -3n]])).toEqual([2n ** 62n, 5n])
  })

  it('rounds every float32 op, as PyTorch does', () => {
    const [x, y] = [input(0, 'float32'), input(1, 'float32')]
    const kernel = kernels.map([x.add(y).sub(x)])
    // 2^24 + 1 is no float32: it is rounded to 2^24 before the subtraction.
    expect(rowOf(cpu, kernel, [[2 ** 24], [1]])).toEqual([0])
  })

  const casts: [DType, DType, (number | bigint)[], unknown[]][] = [
    ['float32', 'int32', [2.9, -2.9, 2 ** 31, -0.5], [2n, -2n, -(2n ** 31n), 0n]],
    ['float64', 'int64', [2 ** 53, -1.5, 2 ** 62], [2n ** 53n, -1n, 2n ** 62n]],
    ['float32', 'uint8', [255, 256, -1, 3.7], [255n, 0n, 255n, 3n]],
    ['float32', 'int8', [127, 128, -129], [127n, -128n, 127n]],
    ['float32', 'int16', [32768, -1.9], [-32768n, -1n]],
    ['float32', 'bool', [0, -0, nan, 0.1], [false, false, true, true]],
    ['float16', 'bool', [0, -0, 0.5], [false, false, true]],
    ['int64', 'bool', [0, 2n ** 40n], [false, true]],
    ['int64', 'int32', [2n ** 32n + 5n, -1], [5n, -1n]],
    ['int64', 'int8', [300, -300], [44n, -44n]],
    ['int64', 'float64', [2n ** 53n + 1n], [2 ** 53]],
    // A double on the way would round 2^24 + 1 + 2^-30 of this twice.
    [
      'int64',
      'float32',
      [2n ** 54n + 2n ** 30n + 1n, -(2n ** 54n + 2n ** 30n + 1n), 16777217n],
      [2 ** 54 + 2 ** 31, -(2 ** 54 + 2 ** 31), 16777216],
    ],
    ['int32', 'float32', [16777217], [16777216]],
    ['int32', 'int64', [-5], [-5n]],
    ['int32', 'uint8', [-1, 300], [255n, 44n]],
    ['uint8', 'int8', [200], [-56n]],
    ['bool', 'float32', [1, 0], [1, 0]],
    ['bool', 'int64', [1, 0], [1n, 0n]],
    ['float64', 'float32', [1 + 2 ** -24, 1e39], [1, inf]],
    ['float32', 'float16', [65519, 65520, 2 ** -25, 1 / 3], [65504, inf, 0, 0.333251953125]],
    ['float32', 'bfloat16', [1 / 3, 1 + 2 ** -8], [0.333984375, 1]],
    ['float64', 'float16', [1 / 3], [0.333251953125]],
    ['float16', 'float32', [1 / 3, -inf], [0.333251953125, -inf]],
    ['bfloat16', 'int32', [-7.5], [-7n]],
    ['float16', 'bfloat16', [1 / 3], [0.333984375]],
    ['int64', 'float16', [2049], [2048]],
  ]
  it.each(casts)('cast of %s to %s', (from, to, values, expected) => {
    expect(rowOf(cpu, kernels.map([input(0, from).cast(to)]), [values])).toEqual(expected)
  })

  it('bitcasts', () => {
    const bits = (dtype: DType): Expr => input(0, dtype).bitcast()
    const cast = (dtype: DType, values: (number | bigint)[]) =>
      rowOf(cpu, kernels.map([bits(dtype)]), [values])
    expect(cast('float32', [1, -0])).toEqual([0x3f800000n, -(2n ** 31n)])
    expect(cast('int32', [0x3f800000, -(2 ** 31)])).toEqual([1, -0])
    expect(cast('float64', [1])).toEqual([0x3ff0000000000000n])
    expect(cast('int64', [0x3ff0000000000000n])).toEqual([1])
  })
})
