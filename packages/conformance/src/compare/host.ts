import {
  bfloat16Value,
  type DType,
  dtypes,
  elementCount,
  float16Value,
  isFloat,
  type TypedArray,
} from '@sconce/backend'

/** A tensor in host memory: row-major, contiguous, in the JS array of its dtype. */
export interface HostTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** A result in host memory: what the library returned, with every tensor read. */
export type HostValue =
  | HostTensor
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined
  | readonly HostValue[]
  | { readonly [name: string]: HostValue }

/** Whether a value is a tensor. */
export const isHostTensor = (value: HostValue): value is HostTensor =>
  typeof value === 'object' &&
  value !== null &&
  'dtype' in value &&
  'shape' in value &&
  'data' in value &&
  ArrayBuffer.isView(value.data)

/** Whether a value is a list of values. */
export const isHostList = (value: HostValue): value is readonly HostValue[] => Array.isArray(value)

/** The tensors of a value, depth first, as PyTorch flattens outputs. */
export function flattenTensors(value: HostValue): HostTensor[] {
  if (typeof value !== 'object' || value === null) return []
  if (isHostTensor(value)) return [value]
  return Object.values(value).flatMap(flattenTensors)
}

/**
 * The elements of a tensor of floats (half precision decoded), small integers or bool as numbers.
 * @throws TypeError for int64, which numbers can't hold
 */
export function numbersOf({ dtype, data }: HostTensor): Float64Array {
  if (data instanceof BigInt64Array) throw new TypeError('int64 elements are not numbers')
  if (data instanceof Float64Array) return data
  if (dtype === 'float16') return Float64Array.from(data, float16Value)
  if (dtype === 'bfloat16') return Float64Array.from(data, bfloat16Value)
  return Float64Array.from(data)
}

/** Largest finite magnitude in a tensor of floats; 0 for others. */
export function magnitudeOf(tensor: HostTensor): number {
  if (!isFloat(tensor.dtype)) return 0
  let largest = 0
  for (const value of numbersOf(tensor)) {
    const size = Math.abs(value)
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size
  }
  return largest
}

/** `float32 [2, 3]` */
export const describeTensor = ({ dtype, shape }: Pick<HostTensor, 'dtype' | 'shape'>): string =>
  `${dtype} [${shape.join(', ')}]`

/** The multi-dimensional index of a flat position, as text: `[1, 2]`. */
export function indexText(shape: readonly number[], position: number): string {
  const index: number[] = []
  for (let dim = shape.length - 1, rest = position; dim >= 0; dim--) {
    index.unshift(rest % shape[dim])
    rest = Math.floor(rest / shape[dim])
  }
  return `[${index.join(', ')}]`
}

/**
 * Copies a strided view of `storage` to a contiguous array; stride and offset in elements.
 * @throws RangeError where the view leaves the storage
 */
export function gather(
  storage: TypedArray,
  dtype: DType,
  shape: readonly number[],
  stride: readonly number[],
  offset: number,
): TypedArray {
  const count = elementCount(shape)
  const data = new dtypes[dtype].array(count)
  const index = new Array<number>(shape.length).fill(0)
  let position = offset
  for (let i = 0; i < count; i++) {
    if (position < 0 || position >= storage.length)
      throw new RangeError(`element ${position} is outside a storage of ${storage.length} elements`)
    data[i] = storage[position]
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      index[dim]++
      position += stride[dim]
      if (index[dim] < shape[dim]) break
      position -= stride[dim] * shape[dim]
      index[dim] = 0
    }
  }
  return data
}
