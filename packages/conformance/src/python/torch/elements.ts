/** Elements of tensors as Python's numbers. */
import { isFloat } from '@sconce/backend'
import { type NestedArray, RuntimeError, type Tensor, TypeError_ } from '@sconce/core'
import type { Value } from '../values/value.ts'

/** A number as it comes from a tensor of the dtype: floats are floats, also integral ones. */
function toNumber(dtype: Tensor['dtype'], value: number | boolean | bigint): Value {
  if (typeof value !== 'number' || isFloat(dtype)) return value
  return BigInt(value)
}

/** `Tensor.item()`. */
export function itemOf(tensor: Tensor): Value {
  const value: number | boolean | bigint = tensor.item()
  return toNumber(tensor.dtype, value)
}

/** `Tensor.tolist()`. */
export function listOf(tensor: Tensor): Value {
  const convert = (data: NestedArray): Value =>
    Array.isArray(data) ? data.map(convert) : toNumber(tensor.dtype, data)
  return convert(tensor.toArray())
}

const toBigInt = (value: Value): bigint =>
  typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value as bigint | boolean)

export const floatOf = (tensor: Tensor): number => Number(itemOf(tensor))
export const intOf = (tensor: Tensor): bigint => toBigInt(itemOf(tensor))

/** `operator.index(tensor)`. @throws TypeError for anything but one integer */
export function indexOf(tensor: Tensor): bigint {
  if (tensor.numel() !== 1 || isFloat(tensor.dtype))
    throw new TypeError_('only integer tensors of a single element can be converted to an index')
  return intOf(tensor)
}

/** `bool(tensor)`. */
export function truthOf(tensor: Tensor): boolean {
  const count = tensor.numel()
  if (count !== 1)
    throw new RuntimeError(
      `Boolean value of Tensor with ${count === 0 ? 'no values' : 'more than one value'} is ambiguous`,
    )
  return Boolean(itemOf(tensor))
}

/** `len(tensor)`. */
export function lengthOf(tensor: Tensor): number {
  if (tensor.ndim === 0) throw new TypeError_('len() of a 0-d tensor')
  return tensor.shape[0]
}
