/** Results that no standard defines, and that PyTorch takes from the processor it runs on. */
import { type DType, dtypes, isFloat } from '@sconce/backend'
import { type HostTensor, numbersOf } from './host.ts'

const toInteger: Readonly<Record<string, DType>> = {
  byte: 'uint8',
  char: 'int8',
  short: 'int16',
  int: 'int32',
  long: 'int64',
}

/** Whether C leaves it open what a float becomes in an integer type. */
function isBeyond(value: number, dtype: DType): boolean {
  const bits = dtypes[dtype].size * 8
  const [low, high] = dtype === 'uint8' ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)]
  const whole = Math.trunc(value)
  return !(whole >= low && whole < high)
}

/**
 * The actual result with the expected elements where anything goes: a conversion to an integer type of a
 * float that it can't hold.
 */
export function settleUndefined(
  op: string,
  input: HostTensor | undefined,
  actual: HostTensor,
  expected: HostTensor,
): HostTensor {
  const to = Object.hasOwn(toInteger, op) ? toInteger[op] : undefined
  if (!to || !input || !isFloat(input.dtype) || actual.data.length !== expected.data.length)
    return actual
  const data = actual.data.slice()
  numbersOf(input).forEach((value, i) => {
    if (isBeyond(value, to)) data[i] = expected.data[i]
  })
  return { ...actual, data }
}
