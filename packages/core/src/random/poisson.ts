import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { exp, log } from './elementary.ts'
import { generate, notImplemented, reader, requireFloat } from './elements.ts'
import type { Generator } from './generator.ts'
import { logFactorial } from './log-factorial.ts'

const { abs, floor, sqrt } = Math
const INT64_LIMIT = 2 ** 63

/** A cast of what no int64 holds gives the least one, as the processor's conversion does. */
const toInt64 = (value: number): number =>
  value >= -INT64_LIMIT && value < INT64_LIMIT ? value : -INT64_LIMIT

/** Source: D. Knuth, "The Art of Computer Programming", volume 2: products of uniform numbers. */
function byMultiplication(generator: Generator, rate: number): number {
  const limit = exp(-rate)
  let count = 0
  let product = generator.uniform53()
  while (product > limit) {
    count++
    product *= generator.uniform53()
  }
  return count
}

/**
 * Source: W. Hörmann, "The transformed rejection method for generating Poisson random variables"
 * (1993), algorithm PTRS.
 */
function byRejection(generator: Generator, rate: number): number {
  const logRate = log(rate)
  const b = 0.931 + 2.53 * sqrt(rate)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const vr = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = generator.uniform53() - 0.5
    const v = generator.uniform53()
    const us = 0.5 - abs(u)
    const k = toInt64(floor(((2 * a) / us + b) * u + rate + 0.43))
    if (us >= 0.07 && v <= vr) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const accepted = log(v) + log(inverseAlpha) - log(a / (us * us) + b)
    if (accepted <= -rate + k * logRate - logFactorial(k)) return k
  }
}

function sample(generator: Generator, rate: number): number {
  if (rate >= 10) return byRejection(generator, rate)
  return rate === 0 ? 0 : byMultiplication(generator, rate)
}

/**
 * A number from the Poisson distribution for each rate (`torch.poisson`).
 * @param dtype of the rates and the result: a float one but float16.
 * @throws RuntimeError in PyTorch's words on another dtype, or a rate that is negative or NaN; then
 * nothing has been drawn.
 */
export function poisson(generator: Generator, dtype: DType, rates: TypedArray): TypedArray {
  if (requireFloat(dtype, 'poisson_cpu') === 'float16') throw notImplemented(dtype, 'poisson_cpu')
  const rate = reader(dtype, rates)
  for (let i = 0; i < rates.length; i++) {
    check(rate(i) >= 0, () => 'invalid Poisson rate, expected rate to be non-negative')
  }
  return generate(dtype, rates.length, (i) => sample(generator, rate(i)))
}
