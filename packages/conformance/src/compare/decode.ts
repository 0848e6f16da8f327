import { type DType, dtypes, isDType, type TypedArray } from '@sconce/backend'
import { fromBase64 } from '../golden/bytes.ts'
import type { GoldenArray, GoldenBytes, GoldenFloat, GoldenTensor } from '../golden/types.ts'
import { gather, type HostTensor } from './host.ts'

/** A recorded input that is a strided view, with everything in its storage (gaps hold anything). */
export interface HostView extends HostTensor {
  readonly storage: TypedArray
  readonly stride: readonly number[]
  /** In elements. */
  readonly offset: number
}

/**
 * Recorded little-endian bytes as a fresh array of the dtype (int64: `BigInt64Array`).
 * @throws RangeError where the bytes are not whole elements
 */
export function decodeElements(dtype: DType, bytes: GoldenBytes): TypedArray {
  const source = typeof bytes === 'string' ? fromBase64(bytes) : bytes
  // A copy is aligned, and safe from whoever changes the result.
  return new dtypes[dtype].array(source.slice().buffer)
}

/**
 * Decodes a recorded tensor. A non-contiguous input also gets its storage, stride and offset.
 * @throws Error for a dtype that is not one of the library's
 */
export function decodeTensor(tensor: GoldenTensor | GoldenArray): HostTensor | HostView {
  const { dtype, shape, data } = tensor
  if (!isDType(dtype)) throw new Error(`unknown dtype ${dtype} in the recorded data`)
  if ('storage' in tensor && tensor.storage !== undefined) {
    const { stride = [], offset = 0 } = tensor
    const storage = decodeElements(dtype, tensor.storage)
    return {
      dtype,
      shape,
      stride,
      offset,
      storage,
      data: gather(storage, dtype, shape, stride, offset),
    }
  }
  if (data === undefined) throw new Error('a recorded tensor has no data')
  return { dtype, shape, data: decodeElements(dtype, data) }
}

/** Whether a decoded tensor is a strided view. */
export const isHostView = (tensor: HostTensor): tensor is HostView => 'storage' in tensor

/** A recorded float as a number. */
export const decodeFloat = (value: GoldenFloat): number => {
  if (value === 'nan') return Number.NaN
  if (value === 'inf') return Number.POSITIVE_INFINITY
  return value === '-inf' ? Number.NEGATIVE_INFINITY : value
}

/** A recorded integer: a number where that is exact, else a bigint. */
export const decodeInt = (value: number | string): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}
