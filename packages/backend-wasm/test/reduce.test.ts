import {
  acc,
  constant,
  contiguousStrides,
  type DType,
  index,
  input,
  kernels,
  type ReduceOp,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import { Random } from './support/random.ts'
import { type Data, data, run } from './support/run.ts'

const wasm = new WasmBackend({ threads: 1 })
const x = input(0, 'float32')
const { NaN: nan } = Number

function reduceAll(
  op: ReduceOp,
  dtype: DType,
  list: readonly (number | bigint)[],
): number | bigint {
  const value = input(0, dtype)
  const result = acc(0, op.startsWith('arg') ? 'int32' : dtype)
  const kernel = kernels.reduce([{ op, value }], [result])
  const shape = [list.length]
  const [found] = run(
    wasm,
    kernel,
    [data(dtype, list, shape)],
    [data(result.dtype, [7], shape, [0])],
  )
  return found[0]
}

describe('reductions', () => {
  it('of nothing are what the contract says', () => {
    expect(reduceAll('sum', 'float32', [])).toBe(0)
    expect(reduceAll('prod', 'float64', [])).toBe(1)
    expect(reduceAll('min', 'float32', [])).toBe(Number.POSITIVE_INFINITY)
    expect(reduceAll('max', 'float32', [])).toBe(Number.NEGATIVE_INFINITY)
    expect(reduceAll('max', 'int8', [])).toBe(-128)
    expect(reduceAll('min', 'uint8', [])).toBe(255)
    expect(reduceAll('min', 'int64', [])).toBe(2n ** 63n - 1n)
    expect(reduceAll('argmax', 'float32', [])).toBe(0)
    expect(reduceAll('any', 'bool', [])).toBe(0)
    expect(reduceAll('all', 'bool', [])).toBe(1)
  })

  it('take the first of equals, and NaN for the extreme', () => {
    const list = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    expect(reduceAll('argmax', 'float32', list)).toBe(5)
    expect(reduceAll('argmin', 'int32', list)).toBe(1)
    expect(reduceAll('max', 'int64', list)).toBe(9n)
    const withNaN = [...list, nan, 10, nan]
    expect(reduceAll('argmax', 'float32', withNaN)).toBe(15)
    expect(reduceAll('argmin', 'float64', withNaN)).toBe(15)
    expect(reduceAll('max', 'float32', withNaN)).toBeNaN()
    expect(reduceAll('min', 'float64', withNaN)).toBeNaN()
    expect(reduceAll('argmax', 'float32', Array(9).fill(Number.NEGATIVE_INFINITY))).toBe(0)
    expect(reduceAll('argmax', 'bool', [0, 0, 0, 0, 0, 1, 1])).toBe(5)
    expect(reduceAll('argmin', 'bool', [1, 1, 1, 0, 1, 0])).toBe(3)
  })

  it('wrap around in the small dtypes', () => {
    expect(reduceAll('sum', 'uint8', Array(300).fill(3))).toBe(900 % 256)
    expect(reduceAll('prod', 'int8', [100, 3])).toBe(44)
    expect(reduceAll('sum', 'int32', [2 ** 31 - 1, 1])).toBe(-(2 ** 31))
    expect(reduceAll('prod', 'int64', [2n ** 40n, 2n ** 23n])).toBe(-(2n ** 63n))
  })

  it('do not overflow on the way to a float32 product', () => {
    expect(reduceAll('prod', 'float32', [1e30, 1e30, 1e-30, 1e-30, 2])).toBeCloseTo(2, 5)
  })

  it.each([5, 1000, 100_000])('add %i float32 to within an ULP', (length) => {
    const random = new Random(length)
    const list = Array.from({ length }, () => Math.fround(random.next()))
    const exact = list.reduce((s, v) => s + v, 0)
    const sum = reduceAll('sum', 'float32', list) as number
    expect(Math.abs(sum - exact)).toBeLessThanOrEqual(exact * 2 ** -23)
  })

  it('add columns of 100 000 rows to within an ULP', () => {
    const [rows, columns] = [100_000, 7]
    const random = new Random(1)
    const list = Array.from({ length: rows * columns }, () => Math.fround(random.next()))
    const kernel = kernels.reduce([{ op: 'sum', value: x }], [acc(0, 'float32')])
    const shape = [columns, rows]
    const [sums] = run(
      wasm,
      kernel,
      [data('float32', list, shape, [1, columns])],
      [data('float32', Array(columns).fill(0), shape, [1, 0])],
    )
    for (let c = 0; c < columns; c++) {
      let exact = 0
      for (let r = 0; r < rows; r++) exact += list[r * columns + c]
      expect(Math.abs((sums[c] as number) - exact)).toBeLessThanOrEqual(exact * 2 ** -23)
    }
  })

  it('give several results from one pass, with inputs in the epilogue', () => {
    const [rows, columns] = [5, 37]
    const list = Array.from({ length: rows * columns }, (_, i) => (i * 7) % 11)
    const kernel = kernels.reduce(
      [
        { op: 'sum', value: x },
        { op: 'sum', value: x.mul(x) },
        { op: 'max', value: x.neg() },
      ],
      [
        acc(0, 'float32').div(columns),
        acc(1, 'float32').add(input(1, 'float32')),
        acc(2, 'float32'),
      ],
    )
    const shape = [rows, columns]
    const out: Data = data('float32', Array(rows).fill(0), shape, [1, 0])
    const bias = data('float32', [1, 2, 3, 4, 5], shape, [1, 0])
    const [means, squares, least] = run(
      wasm,
      kernel,
      [data('float32', list, shape), bias],
      [out, out, out],
    )
    for (let r = 0; r < rows; r++) {
      const row = list.slice(r * columns, (r + 1) * columns)
      const sum = row.reduce((s, v) => s + v, 0)
      expect(means[r]).toBe(Math.fround(sum / columns))
      expect(squares[r]).toBe(row.reduce((s, v) => s + v * v, 0) + r + 1)
      expect(least[r]).toBe(-Math.min(...row))
    }
  })

  it('know positions, along kept and reduced dims', () => {
    const shape = [3, 4, 6]
    const position = index(0).mul(100).add(index(1).mul(10)).add(index(2))
    const kernel = kernels.reduce(
      [{ op: 'sum', value: position }],
      [acc(0, 'int32').add(index(0)).add(constant(0, 'int32'))],
      ['float32'],
    )
    const strides = [...contiguousStrides([3]), 0, 0]
    const [sums] = run(
      wasm,
      kernel,
      [data('float32', [0], shape, [0, 0, 0])],
      [data('int32', [0, 0, 0], shape, strides)],
    )
    const inner = 6 * 10 * (0 + 1 + 2 + 3) + 4 * 15
    expect([...sums]).toEqual([0, 1, 2].map((i) => 24 * 100 * i + inner + i))
  })
})

describe('positions of extremes in long rows', () => {
  it.each([511, 512, 5000])('of %i elements', (length) => {
    const random = new Random(length)
    const list = Array.from({ length: 3 * length }, () => random.int(0, 1_000_000))
    list[length + 7] = nan
    list[length + 400] = nan
    list[2 * length + 100] = 2_000_000
    list[2 * length + 450] = 2_000_000
    const kernel = kernels.reduce([{ op: 'argmax', value: x }], [acc(0, 'int32')])
    const shape = [3, length]
    const [found] = run(
      wasm,
      kernel,
      [data('float32', list, shape)],
      [data('int32', [-1, -1, -1], shape, [1, 0])],
    )
    const first = list.slice(0, length)
    expect([...found]).toEqual([first.indexOf(Math.max(...first)), 7, 100])
  })
})
