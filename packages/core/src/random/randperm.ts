import type { DType, TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { integerRange } from './dtype-limits.ts'
import { generate, notImplemented } from './elements.ts'
import type { Generator } from './generator.ts'

/** Up to this many integers are told apart in a float dtype: the number, and how it is written. */
const floatLimits: Partial<Record<DType, readonly [number, string]>> = {
  float16: [2 ** 11 + 1, '2049 for Half'],
  float32: [2 ** 24 + 1, '2^24+1 for Float'],
}

function checkLength(dtype: DType, n: number): void {
  check(n >= 0, () => `n must be non-negative, got${n}`)
  if (dtype === 'bool') throw notImplemented(dtype, 'randperm')
  const limit = floatLimits[dtype]
  if (limit !== undefined) {
    check(n <= limit[0], () => `n cannot be greater than ${limit[1]} type.`)
  }
  const integers = integerRange[dtype]
  if (integers !== undefined) {
    check(
      BigInt(n) - 1n <= integers[1],
      () => `value cannot be converted to type ${dtype}_t without overflow`,
    )
  }
}

/** Fisher and Yates from the front, each swap by one draw of 32 bits. */
function shuffle(generator: Generator, order: Int32Array): void {
  const n = order.length
  for (let i = 0; i < n - 1; i++) {
    const j = i + (generator.random() % ((n - i) >>> 0))
    const saved = order[i]
    order[i] = order[j]
    order[j] = saved
  }
}

/**
 * The integers 0…n-1 in random order (`torch.randperm`); n < 2^31.
 * @throws RuntimeError in PyTorch's words for bool or more numbers than the dtype tells apart.
 */
export function randperm(generator: Generator, dtype: DType, n: number): TypedArray {
  checkLength(dtype, n)
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  shuffle(generator, order)
  return dtype === 'int32' ? order : generate(dtype, n, (i) => order[i])
}
