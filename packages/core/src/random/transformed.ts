import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { exp, log, tan } from './elementary.ts'
import { generate, notImplemented, requireFloat } from './elements.ts'
import { fma64 } from './fma.ts'
import type { Generator } from './generator.ts'
import { normalDouble } from './normal.ts'
import { streamed } from './text.ts'

/*
 * Distributions that are a function of one uniform or normal number each. Whatever the dtype, the
 * number is drawn and transformed in double precision, then cast.
 */

/**
 * `count` numbers from the exponential distribution (`Tensor.exponential_`).
 * @throws RuntimeError in PyTorch's words on an integer dtype or a negative rate.
 */
export function exponential(
  generator: Generator,
  dtype: DType,
  count: number,
  lambda = 1,
): TypedArray {
  check(
    lambda >= 0,
    () => `exponential_ expects lambda >= 0.0, but found lambda=${streamed(lambda)}`,
  )
  requireFloat(dtype, 'exponential_cpu')
  const scale = -1 / lambda
  return generate(dtype, count, () => scale * log(1 - generator.uniform53()))
}

/**
 * `count` numbers of trials up to the first success (`Tensor.geometric_`).
 * @throws RuntimeError in PyTorch's words on bool or unless 0 < p < 1.
 */
export function geometric(
  generator: Generator,
  dtype: DType,
  count: number,
  p: number,
): TypedArray {
  check(p > 0 && p < 1, () => `geometric_ expects p to be in (0, 1), but got p=${streamed(p)}`)
  if (dtype === 'bool') throw notImplemented(dtype, 'geometric_cpu')
  const logFailure = log(1 - p)
  return generate(dtype, count, () => Math.ceil(log(generator.uniform53()) / logFailure))
}

/**
 * `count` numbers from the Cauchy distribution (`Tensor.cauchy_`).
 * @throws RuntimeError in PyTorch's words on an integer dtype.
 */
export function cauchy(
  generator: Generator,
  dtype: DType,
  count: number,
  median = 0,
  sigma = 1,
): TypedArray {
  requireFloat(dtype, 'cauchy_cpu')
  return generate(dtype, count, () =>
    fma64(sigma, tan(Math.PI * (generator.uniform53() - 0.5)), median),
  )
}

/**
 * `count` numbers from the log-normal distribution (`Tensor.log_normal_`); mean and deviation are
 * those of the logarithm.
 * @throws RuntimeError in PyTorch's words on an integer dtype or unless std > 0.
 */
export function logNormal(
  generator: Generator,
  dtype: DType,
  count: number,
  mean = 1,
  std = 2,
): TypedArray {
  check(std > 0, () => `log_normal_ expects std > 0.0, but found std=${streamed(std)}`)
  requireFloat(dtype, 'log_normal_cpu')
  return generate(dtype, count, () => exp(fma64(normalDouble(generator), std, mean)))
}
