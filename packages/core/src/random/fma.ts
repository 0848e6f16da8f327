import { productError, sumError } from './double-double.ts'
import { LOW_WORD } from './words.ts'

/**
 * Fused multiply-add. PyTorch's kernels are compiled for processors that have it, and the compiler
 * fuses every product that feeds a sum, which shows in the last bit.
 */

/**
 * `a * b + c` rounded to float32; the factors are float32, so their product is exact. The sum is
 * rounded to a double before, which shows in no more than one of 10^8 results.
 */
export const fma32 = (a: number, b: number, c: number): number => Math.fround(a * b + c)

const f64 = new Float64Array(1)
const words = new Int32Array(f64.buffer)

/** `a + b` rounded to odd: if inexact, the neighbour with the odd mantissa. */
function addToOdd(a: number, b: number): number {
  const sum = a + b
  const error = sumError(a, b, sum)
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
 * using rounding to odd" (2008).
 */
export function fma64(a: number, b: number, c: number): number {
  if (c === 0) return a * b
  const product = a * b
  const lost = productError(a, b, product)
  // Numbers too large for the splitting: rounding is not what matters there.
  if (!Number.isFinite(lost)) return product + c
  const rest = c + lost
  const sum = product + rest
  return sum + addToOdd(sumError(c, lost, rest), sumError(product, rest, sum))
}
