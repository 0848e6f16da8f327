import { describe, expect, it } from 'vitest'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from '../src/index.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [-inf, 0xfc00],
    [nan, 0x7e00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d is %d', (value, bits) => expect(float16Bits(value)).toBe(bits))

  it('reads back every bit pattern', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = float16Value(bits)
      if (value === value) expect(float16Bits(value)).toBe(bits)
      else expect((bits & 0x7fff) > 0x7c00).toBe(true)
    }
  })
})

describe('bfloat16', () => {
  it.each([
    [1, 0x3f80],
    [-0, 0x8000],
    [inf, 0x7f80],
    [nan, 0x7fc0],
    [3.4e38, 0x7f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
  ])('%d is %d', (value, bits) => expect(bfloat16Bits(value)).toBe(bits))

  it('reads back every bit pattern', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = bfloat16Value(bits)
      if (value === value) expect(bfloat16Bits(value)).toBe(bits)
    }
  })
})
