import { describe, expect, it } from 'vitest'
import { fma32, fma64 } from '../../src/random/fma.ts'
import { Generator } from '../../src/random/index.ts'
import { logFactorial } from '../../src/random/log-factorial.ts'
import { streamed } from '../../src/random/text.ts'
import { int64ToFloat32, Modulus64, mulHigh } from '../../src/random/words.ts'

const generator = new Generator(2024)
const samples = Array.from({ length: 500 }, () => generator.random64())
/** 64-bit numbers of all magnitudes. */
const numbers = samples.map((x, i) => x >> BigInt(i % 64))
const high = (x: bigint): number => Number(BigInt.asUintN(64, x) >> 32n)
const low = (x: bigint): number => Number(x & 0xffffffffn)

/** A double as an integer multiple of 2^-1074. */
function exact(x: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n ? -magnitude : magnitude
}

describe('64-bit words', () => {
  it('multiplies', () => {
    for (const [i, x] of samples.entries()) {
      const a = low(x) >>> (i % 32)
      expect(mulHigh(a, high(x))).toBe(Number((BigInt(a) * BigInt(high(x))) >> 32n))
    }
  })

  it('divides', () => {
    for (const [i, x] of samples.entries()) {
      const divisor = (numbers[(7 * i + 1) % 500] >> BigInt(i % 31)) | (1n << 32n)
      const modulus = new Modulus64(divisor)
      for (const value of [x, divisor, divisor - 1n, 2n ** 64n - 1n, 3n * divisor]) {
        const word = BigInt.asUintN(64, value)
        modulus.reduce(high(word), low(word))
        expect((BigInt(modulus.high) << 32n) | BigInt(modulus.low)).toBe(word % divisor)
      }
    }
  })

  it('rounds to float32 once', () => {
    for (const x of [...numbers, 2n ** 60n + 2n ** 36n, 2n ** 60n + 2n ** 36n + 1n]) {
      const signed = BigInt.asIntN(64, x)
      const nearest = int64ToFloat32(Number(signed >> 32n), low(signed) | 0)
      const error = BigInt(nearest) - signed
      const distance = error < 0n ? -error : error
      const bits = signed.toString(2).replace('-', '').length
      expect(distance <= (bits > 24 ? 1n << BigInt(bits - 25) : 0n)).toBe(true)
    }
    // A tie goes to the even neighbour, what is above it by one does not.
    expect(int64ToFloat32(0x10000010, 0)).toBe(2 ** 60)
    expect(int64ToFloat32(0x10000010, 1)).toBe(2 ** 60 + 2 ** 37)
  })
})

describe('fused multiply-add', () => {
  it('rounds doubles once', () => {
    for (let i = 0; i < 2000; i++) {
      const a = (generator.uniform53() - 0.5) * 2 ** (i % 20)
      const b = generator.uniform53() - 0.5
      // Often close to -a b, where a second rounding would show.
      const c =
        i % 2 ? -a * b * (1 + 2 ** -(i % 60)) : (generator.uniform53() - 0.5) * 2 ** (i % 90)
      const sum = exact(a) * exact(b) + (exact(c) << 1074n)
      const result = fma64(a, b, c)
      const [bits] = new BigInt64Array(Float64Array.of(result).buffer)
      const step = new Float64Array(BigInt64Array.of(bits + 1n, bits - 1n).buffer)
      const off = (x: number) => {
        const d = (exact(x) << 1074n) - sum
        return d < 0n ? -d : d
      }
      expect(off(result) <= off(step[0]) && off(result) <= off(step[1])).toBe(true)
    }
  })

  it('keeps what a float32 product would lose', () => {
    const a = 1 + 2 ** -12
    // a² - 1 - 2^-11 is 2^-24, of which the rounded product has nothing.
    expect(Math.fround(Math.fround(a * a) - 1 - 2 ** -11)).toBe(0)
    expect(fma32(a, a, -1 - 2 ** -11)).toBe(2 ** -24)
  })

  it('keeps zero and infinity', () => {
    expect(fma64(3, 5, 0)).toBe(15)
    expect(fma64(1e300, 1e300, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(fma64(0, 5, 7)).toBe(7)
  })
})

describe('numbers in messages', () => {
  it.each([
    [1.5, '1.5'],
    [-1, '-1'],
    [0.1 + 0.2, '0.3'],
    [3e38, '3e+38'],
    [1e-5, '1e-05'],
    [123456, '123456'],
    [1234567, '1.23457e+06'],
    [999999.9, '1e+06'],
    [0.00012345678, '0.000123457'],
    [-0, '-0'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%s is %s', (value, text) => {
    expect(streamed(value)).toBe(text)
  })
})

describe('logFactorial', () => {
  // mpmath, 60 digits
  it.each([
    [0, 0],
    [1, 0],
    [5, 4.787491742782046],
    [19, 39.339884187199495],
    [20, 42.335616460753485],
    [100, 363.73937555556347],
    [1e6, 12815518.384658169],
    [1e15, 33538776394910704],
  ])('of %s', (k, expected) => {
    expect(Math.abs(logFactorial(k) - expected)).toBeLessThanOrEqual(4e-16 * expected)
  })
})
