import { describe, expect, test } from 'vitest'
import { floatRepr } from '../../src/python/text/decimal.ts'
import { formatFloat, formatInt, formatString } from '../../src/python/text/format-spec.ts'
import { quote } from '../../src/python/text/quote.ts'

describe('repr of floats', () => {
  test.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [-0, '-0.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [9999999999999998, '9999999999999998.0'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%f', (value, text) => {
    expect(floatRepr(value)).toBe(text)
  })
})

describe('formats of floats', () => {
  test.each([
    [3.1417, '.2f', '3.14'],
    [0.5, '.0f', '0'],
    [2.5, '.0f', '2'],
    [0.125, '.2f', '0.12'],
    [1234567.891, ',.2f', '1,234,567.89'],
    [1e23, 'f', '99999999999999991611392.000000'],
    [-1.5, '08.3f', '-001.500'],
    [1.5, '+.1f', '+1.5'],
    [1.5, '>8', '     1.5'],
    [1.5, '*^9', '***1.5***'],
    [1234.5, 'e', '1.234500e+03'],
    [9.9999e-5, '.2e', '1.00e-04'],
    [0.00012345, 'g', '0.00012345'],
    [1234567, 'g', '1.23457e+06'],
    [100000, 'g', '100000'],
    [100, '.3', '1e+02'],
    [100, '.4', '100.0'],
    [3.1417, '.3', '3.14'],
    [0, '.3', '0.0'],
    [0.25, '.1%', '25.0%'],
    [Number.POSITIVE_INFINITY, '.2f', 'inf'],
    [Number.NaN, '>6', '   nan'],
    [1234567, '015,.2f', '0,001,234,567.00'],
    [1e-10, '', '1e-10'],
  ])('%f with %s', (value, spec, text) => {
    expect(formatFloat(value, spec)).toBe(text)
  })
})

describe('formats of integers and strings', () => {
  test.each([
    [42n, 'd', '42'],
    [42n, '05', '00042'],
    [-42n, '05', '-0042'],
    [1234567n, ',', '1,234,567'],
    [1234567n, '_d', '1_234_567'],
    [255n, '#x', '0xff'],
    [255n, '08b', '11111111'],
    [255n, '#010x', '0x000000ff'],
    [65n, 'c', 'A'],
    [3n, '.2f', '3.00'],
    [3n, '+', '+3'],
    [3n, '<4', '3   '],
    [12345n, '010,', '00,012,345'],
  ])('%s with %s', (value, spec, text) => {
    expect(formatInt(value, spec)).toBe(text)
  })

  test('strings', () => {
    expect(formatString('ab', '5')).toBe('ab   ')
    expect(formatString('ab', '>5')).toBe('   ab')
    expect(formatString('abc', '-^7.2')).toBe('--ab---')
    expect(() => formatString('a', 'd')).toThrow("Unknown format code 'd' for object of type 'str'")
    expect(() => formatInt(1n, '.2d')).toThrow('Precision not allowed in integer format specifier')
  })
})

test('repr of strings', () => {
  expect(quote("a'b")).toBe('"a\'b"')
  expect(quote('a\'b"c')).toBe("'a\\'b\"c'")
  expect(quote('\n\t\\\x00\x7fé\u00a0😀')).toBe("'\\n\\t\\\\\\x00\\x7fé\\xa0😀'")
  expect(quote('é', true)).toBe("'\\xe9'")
})
