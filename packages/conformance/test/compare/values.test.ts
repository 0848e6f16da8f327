import { describe, expect, test } from 'vitest'
import type { HostValue } from '../../src/compare/host.ts'
import { compareValues } from '../../src/compare/values.ts'
import type { GoldenValue } from '../../src/golden/types.ts'

const bytes = (values: number[]) => Buffer.from(new Float32Array(values).buffer).toString('base64')
const tensor = (values: number[]): GoldenValue => ({
  t: 'tensor',
  dtype: 'float32',
  shape: [values.length],
  data: bytes(values),
})
const host = (values: number[]) =>
  ({ dtype: 'float32', shape: [values.length], data: new Float32Array(values) }) as const
const int = (v: number | string): GoldenValue => ({ t: 'int', v })

const message = (actual: HostValue, expected: GoldenValue) =>
  compareValues(actual, expected).message

describe('scalars', () => {
  test.each<[HostValue, GoldenValue]>([
    [3, int(3)],
    [3n, int(3)],
    [2n ** 60n, int('1152921504606846976')],
    [0.1, { t: 'float', v: 0.1 }],
    [Number.NaN, { t: 'float', v: 'nan' }],
    [Number.NEGATIVE_INFINITY, { t: 'float', v: '-inf' }],
    [true, { t: 'bool', v: true }],
    ['MeanBackward0', { t: 'str', v: 'MeanBackward0' }],
    ['float64', { t: 'dtype', v: 'float64' }],
    [null, { t: 'none' }],
    [undefined, { t: 'none' }],
    [[2, 3], { t: 'size', v: [2, 3] }],
  ])('%o is %o', (actual, expected) => {
    expect(message(actual, expected)).toBe('')
  })

  test.each<[HostValue, GoldenValue, string]>([
    [4, int(3), 'expected 3, got 4'],
    [true, int(1), 'expected 1, got true'],
    [
      2n ** 60n,
      int('1152921504606846977'),
      'expected 1152921504606846977, got 1152921504606846976',
    ],
    [1, { t: 'bool', v: true }, 'expected true, got 1'],
    ['a', { t: 'str', v: 'b' }, 'expected "b", got "a"'],
    [0, { t: 'none' }, 'expected nothing, got 0'],
    ['1', { t: 'float', v: 1 }, 'expected the number 1, got "1"'],
    [host([1]), { t: 'float', v: 1 }, 'expected the number 1, got a tensor float32 [1]'],
    [1, tensor([1]), 'expected a tensor float32 [1], got 1'],
    [[2, 4], { t: 'size', v: [2, 3] }, '1: expected 3, got 4'],
  ])('%o is not %o', (actual, expected, text) => {
    expect(message(actual, expected)).toBe(text)
  })

  test('a float that is a float32 is as exact as one, another as exact as a float64', () => {
    expect(message(Math.fround(0.3) + 1e-6, { t: 'float', v: Math.fround(0.3) })).toBe('')
    expect(message(0.3 + 1e-6, { t: 'float', v: 0.3 })).toContain('elements of float64 []')
  })
})

describe('containers', () => {
  const pair: GoldenValue = {
    t: 'tuple',
    v: [tensor([1, 2]), int(7)],
    names: ['values', 'the_index'],
  }

  test('a named tuple is a list or an object, with Python’s names or in camelCase', () => {
    expect(message([host([1, 2]), 7], pair)).toBe('')
    expect(message({ values: host([1, 2]), the_index: 7 }, pair)).toBe('')
    expect(message({ values: host([1, 2]), theIndex: 7 }, pair)).toBe('')
    expect(message({ values: host([1, 2]) }, pair)).toBe('the_index: expected 7, got undefined')
    expect(message({ values: host([1, 2]), theIndex: 7, more: 1 }, pair)).toBe(
      'unexpected members more',
    )
    expect(message([host([1, 2])], pair)).toBe('expected a list of 2, got a list of 1')
    expect(message(5, pair)).toBe('expected an object with values, the_index, got 5')
  })

  test('a dict is an object with its keys', () => {
    const dict: GoldenValue = { t: 'dict', v: { 'a.weight': int(1), b: { t: 'list', v: [] } } }
    expect(message({ 'a.weight': 1, b: [] }, dict)).toBe('')
    expect(message({ 'a.weight': 2, b: [1] }, dict)).toBe(
      'a.weight: expected 1, got 2 (and 1 more)',
    )
  })

  test('nested places are named, and the worst error of all is kept', () => {
    const expected: GoldenValue = { t: 'list', v: [tensor([1]), { t: 'list', v: [tensor([1])] }] }
    const result = compareValues([host([1 + 2 ** -22]), [host([2])]], expected)
    expect(result.ok).toBe(false)
    expect(result.message).toMatch(/^1: 0: 1 of 1 elements .* expected 1, got 2/)
    expect(result.ulp).toBe(2 ** 23)
    expect(compareValues([host([1 + 2 ** -22]), [host([1])]], expected).ulp).toBe(2)
  })

  test('tags of arguments are no results', () => {
    expect(() => compareValues(1, { t: 'ellipsis' })).toThrow('a ellipsis is an argument')
  })
})
