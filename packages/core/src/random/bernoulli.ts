import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { generate, reader, requireFloat } from './elements.ts'
import type { Generator } from './generator.ts'
import { streamed } from './text.ts'

/**
 * `count` ones, of probability `p`, and zeros: `Tensor.bernoulli_(p)`. Each takes a double, hence two
 * draws of the generator. Unlike PyTorch's CPU kernel this one takes float16, for dropout's sake.
 * @throws RuntimeError in PyTorch's words unless p is in [0, 1].
 */
export function bernoulli(generator: Generator, dtype: DType, count: number, p = 0.5): TypedArray {
  check(p >= 0 && p <= 1, () => `bernoulli_ expects p to be in [0, 1], but got p=${streamed(p)}`)
  return generate(dtype, count, () => (generator.uniform53() < p ? 1 : 0))
}

/**
 * Ones, each of its own probability, and zeros: `torch.bernoulli(p)` and `Tensor.bernoulli_(tensor)`.
 * A float64 probability takes 53 bits in two draws, another one 24 in one.
 * @param pDType the dtype of `p`, a float one.
 * @param p the probabilities; their number is that of the result.
 * @throws RuntimeError in PyTorch's words unless all are in [0, 1]; PyTorch has by then drawn for the
 * elements before, here nothing has been drawn.
 */
export function bernoulliOf(
  generator: Generator,
  dtype: DType,
  pDType: DType,
  p: TypedArray,
): TypedArray {
  const double = requireFloat(pDType, 'bernoulli_tensor_cpu_p_') === 'float64'
  const probability = reader(pDType, p)
  for (let i = 0; i < p.length; i++) {
    const value = probability(i)
    check(
      value >= 0 && value <= 1,
      () =>
        'Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)',
    )
  }
  const draw = double ? () => generator.uniform53() : () => generator.uniform24()
  return generate(dtype, p.length, (i) => (draw() < probability(i) ? 1 : 0))
}
