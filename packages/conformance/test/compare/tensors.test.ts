import { bfloat16Bits, type DType, dtypes, float16Bits } from '@sconce/backend'
import { describe, expect, test } from 'vitest'
import { numbersOf } from '../../src/compare/host.ts'
import { compareTensors } from '../../src/compare/tensors.ts'
import { ulpDistance } from '../../src/compare/ulp.ts'

const tensor = (dtype: DType, values: number[], shape = [values.length]) => {
  const array = new dtypes[dtype].array(values.length)
  const encode: Partial<Record<DType, (value: number) => number | bigint>> = {
    float16: float16Bits,
    bfloat16: bfloat16Bits,
    int64: BigInt,
  }
  values.forEach((value, i) => {
    array[i] = encode[dtype]?.(value) ?? value
  })
  return { dtype, shape, data: array }
}
const f32 = (values: number[], shape?: number[]) => tensor('float32', values, shape)

describe('ULP distance', () => {
  test.each([
    ['float32', 1, 1 + 2 ** -23, 1],
    ['float32', 1, 1 - 2 ** -24, 1],
    ['float32', 2 ** -149, -(2 ** -149), 2],
    ['float32', 0, -0, 0],
    ['float32', 1, 2, 2 ** 23],
    ['float64', 1, 1 + 2 ** -52, 1],
    ['float64', -1, -2, 2 ** 52],
    ['float16', 1, 1 + 3 * 2 ** -10, 3],
    ['float16', -(2 ** -24), 2 ** -24, 2],
    ['bfloat16', 1, 1 + 2 ** -7, 1],
    ['float32', Number.NaN, Number.NaN, 0],
    ['float32', Number.NaN, 1, Number.POSITIVE_INFINITY],
    ['float32', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    ['float32', Number.POSITIVE_INFINITY, 3.4028234663852886e38, Number.POSITIVE_INFINITY],
  ] as const)('%s: from %d to %d is %d', (dtype, a, b, distance) => {
    expect(ulpDistance(a, b, dtype)).toBe(distance)
    expect(ulpDistance(b, a, dtype)).toBe(distance)
  })

  test('integers have none', () => {
    expect(() => ulpDistance(1, 2, 'int32')).toThrow('int32 has no ULP')
  })
})

test('half precision is decoded from its bits', () => {
  expect([...numbersOf(tensor('float16', [1.5, -65504]))]).toEqual([1.5, -65504])
  expect([...numbersOf(tensor('bfloat16', [1.5, -257]))]).toEqual([1.5, -256])
  expect(() => numbersOf(tensor('int64', [1]))).toThrow('int64 elements are not numbers')
})

describe('floats', () => {
  test('within assert_close’s tolerance pass, and the error is recorded', () => {
    const result = compareTensors(f32([1000 + 2 ** -13, 2]), f32([1000, 2]))
    expect(result).toEqual({
      ok: true,
      message: '',
      ulp: 2,
      maxAbs: 2 ** -13,
      maxRel: 2 ** -13 / 1000,
    })
  })

  test.each([
    ['float32', 1e4, 1.2e-6, 1.4e-6],
    ['float64', 1e4, 0.9e-7, 1.1e-7],
    ['float16', 100, 0, 2e-3],
    ['bfloat16', 100, 1e-2, 3e-2],
  ] as const)('%s: %d within and beyond the relative tolerance', (dtype, value, near, far) => {
    const off = (relative: number) => tensor(dtype, [value * (1 + relative)])
    expect(compareTensors(off(near), tensor(dtype, [value])).ok).toBe(true)
    expect(compareTensors(off(far), tensor(dtype, [value])).ok).toBe(false)
  })

  test('a failure names the first place and the worst figures', () => {
    const actual = f32([1, 2, 3, 4.5, 5, 8], [2, 3])
    const { ok, message, ulp, maxAbs, maxRel } = compareTensors(
      actual,
      f32([1, 2, 3, 4, 5, 6], [2, 3]),
    )
    expect(ok).toBe(false)
    expect([ulp, maxAbs, maxRel]).toEqual([2 ** 22, 2, 1 / 3])
    expect(message).toBe(
      '2 of 6 elements of float32 [2, 3] differ, first at [1, 0]: expected 4, got 4.5 ' +
        '(worst: 2.00 absolute, 0.333 relative, 4194304 ULP; allowed there: 0.0000152)',
    )
  })

  test.each([
    [Number.NaN, 1],
    [1, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, 3.4028234663852886e38],
    [Number.NaN, Number.POSITIVE_INFINITY],
    [3.4028234663852886e38, Number.POSITIVE_INFINITY],
  ])('%d is not %d, however large the tolerance', (actual, expected) => {
    const tolerance = { atol: Number.MAX_VALUE, rtol: 1 }
    expect(compareTensors(f32([actual]), f32([expected]), { tolerance }).ok).toBe(false)
  })

  test('NaN is NaN and an infinity itself', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    expect(compareTensors(f32(values), f32(values))).toMatchObject({ ok: true, ulp: 0 })
  })

  test('-0 is told from 0 where that is asked', () => {
    expect(compareTensors(f32([-0]), f32([0])).ok).toBe(true)
    const result = compareTensors(f32([1, -0]), f32([1, 0]), { signedZero: true })
    expect(result.ok).toBe(false)
    expect(result.message).toContain('first at [1]: expected 0, got -0')
    expect(compareTensors(f32([-0]), f32([-0]), { signedZero: true }).ok).toBe(true)
  })

  test('a tolerance may be a number of ULP', () => {
    const tolerance = { atol: 0, rtol: 0, ulp: 2 }
    const off = (ulp: number) => f32([1 + ulp * 2 ** -23])
    expect(compareTensors(off(2), f32([1]), { tolerance }).ok).toBe(true)
    expect(compareTensors(off(3), f32([1]), { tolerance }).ok).toBe(false)
  })

  test('nothing equals nothing', () => {
    expect(compareTensors(f32([], [0, 3]), f32([], [0, 3]))).toMatchObject({ ok: true, ulp: null })
  })
})

describe('integers and bool', () => {
  test('are exact', () => {
    const result = compareTensors(tensor('int32', [1, 2, 9]), tensor('int32', [1, 2, 3]))
    expect(result).toMatchObject({ ok: false, ulp: null, maxAbs: 6 })
    expect(result.message).toBe(
      '1 of 3 elements of int32 [3] differ, first at [2]: expected 3, got 9',
    )
    expect(compareTensors(tensor('bool', [1, 0]), tensor('bool', [1, 0])).ok).toBe(true)
  })

  test('an expected int64 may come as any integer, with its value', () => {
    const expected = tensor('int64', [1, 2 ** 40])
    expect(compareTensors(tensor('int64', [1, 2 ** 40]), expected).ok).toBe(true)
    expect(compareTensors(tensor('int32', [1, 5]), tensor('int64', [1, 5])).ok).toBe(true)
    expect(compareTensors(tensor('int32', [1, 0]), expected).ok).toBe(false)
    expect(compareTensors(f32([1, 5]), tensor('int64', [1, 5])).message).toBe(
      'expected int64 [2], got float32 [2]',
    )
    expect(compareTensors(tensor('bool', [1]), tensor('int64', [1])).ok).toBe(false)
  })

  test('int64 beyond 2^53 is exact', () => {
    const big = (value: bigint) => ({
      dtype: 'int64' as const,
      shape: [],
      data: new BigInt64Array([value]),
    })
    expect(compareTensors(big(2n ** 60n), big(2n ** 60n + 1n)).ok).toBe(false)
  })
})

test.each([
  [f32([1, 2]), f32([1, 2], [2, 1]), 'expected float32 [2, 1], got float32 [2]'],
  [f32([1]), tensor('float64', [1]), 'expected float64 [1], got float32 [1]'],
  [tensor('int64', [1]), tensor('int32', [1]), 'expected int32 [1], got int64 [1]'],
  [f32([1, 2, 3], [2]), f32([1, 2]), 'float32 [2] came with 3 elements'],
])('shape and dtype have to match (%#)', (actual, expected, message) => {
  expect(compareTensors(actual, expected).message).toBe(message)
})
