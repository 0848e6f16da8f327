import { LOW_WORD } from './words.ts'

/**
 * Fused multiply-add. PyTorch's kernels are compiled for processors that have it, and the compiler
 * fuses every product that feeds a sum, which shows in the last bit.
 */

/** `a * b + c` rounded once to float32; the factors are float32, so their product is exact. */
export const fma32 = (a: number, b: number, c: number): number => Math.fround(a * b + c)

const f64 = new Float64Array(1)
const words = new Int32Array(f64.buffer)

/** `a + b` rounded to odd: if inexact, the neighbour with the odd mantissa. */
function addToOdd(a: number, b: number): number {
  const sum = a + b
  const part = sum - a
  const error = a - (sum - part) + (b - part)
  if (error === 0) return sum
  f64[0] = sum
  const low = words[LOW_WORD]
  if ((low & 1) === 0) {
    if (error > 0 === sum > 0) {
      words[LOW_WORD] = low | 1
    } else {
      words[LOW_WORD] = low - 1
      if (low === 0) words[1 - LOW_WORD]--
    }
  }
  return f64[0]
}

/**
 * `a * b + c` of doubles, rounded once.
 * Source: S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms
 * using rounding to odd" (2008); products by Veltkamp and Dekker.
 */
export function fma64(a: number, b: number, c: number): number {
  if (c === 0) return a * b
  const product = a * b
  const sa = 134217729 * a
  const sb = 134217729 * b
  const ah = sa - (sa - a)
  const bh = sb - (sb - b)
  const al = a - ah
  const bl = b - bh
  const productError = al * bl - (product - ah * bh - al * bh - ah * bl)
  // Numbers too large for the splitting: rounding is not what matters there.
  if (!Number.isFinite(productError)) return product + c

  const t = c + productError
  const tPart = t - c
  const tError = c - (t - tPart) + (productError - tPart)
  const sum = product + t
  const sumPart = sum - product
  const sumError = product - (sum - sumPart) + (t - sumPart)
  return sum + addToOdd(tError, sumError)
}
