import { type DType, dtypes, type TypedArray } from '@sconce/backend'
import { requireAutograd } from './autograd-slot.ts'
import { getDevice } from './device.ts'
import { check, sizes, TypeError_ } from './errors.ts'
import { dtypeOfArray, encode, flattenNested, type NestedInput } from './host-data.ts'
import { defaultFloat } from './promotion.ts'
import { FloatScalar, type Scalar } from './scalar.ts'
import { makeTensor, type Tensor } from './tensor.ts'

/** Options of `tensor`. */
export interface TensorOptions {
  /** Default: float32 for numbers, bool for booleans, int64 for bigints, else that of the array. */
  dtype?: DType
  /** Default: the default device. */
  device?: string
  requiresGrad?: boolean
}

/** What `tensor` takes: nested arrays, one number, a typed array or another tensor. */
export type TensorData = NestedInput | ArrayBufferView | Tensor

const isTensor = (x: unknown): x is Tensor => typeof x === 'object' && x !== null && 'storage' in x

function inferDType(values: readonly Scalar[]): DType {
  if (values.length === 0) return defaultFloat
  if (values.every((v) => typeof v === 'boolean')) return 'bool'
  return values.some((v) => typeof v === 'number' || v instanceof FloatScalar)
    ? defaultFloat
    : 'int64'
}

/** Copies `data` to the device. */
function upload(data: TypedArray, dtype: DType, shape: readonly number[], device?: string): Tensor {
  const result = makeTensor(getDevice(device), dtype, shape)
  if (data.length > 0) result.storage.device.backend.write(result.storage.use(), data)
  return result
}

/** A typed array as the elements of `dtype`: as it is, or converted. */
function converted(data: ArrayBufferView & ArrayLike<number | bigint>, dtype: DType): TypedArray {
  const { array } = dtypes[dtype]
  // float16 and bfloat16 come as raw bits.
  if (data instanceof array && (array as unknown) !== Uint8Array) return data as TypedArray
  if (dtype === 'uint8' && data instanceof Uint8Array) return data
  return encode(dtype, Array.from(data))
}

/** A tensor of the elements of `data`; see `tensor`. */
export function makeTensorFrom(
  data: TensorData,
  options: TensorOptions = {},
  shape?: readonly number[],
): Tensor {
  const { dtype, device, requiresGrad = false } = options
  let result: Tensor
  if (isTensor(data)) {
    result = data.detach().to(device ?? data.device, { dtype, copy: true })
  } else if (ArrayBuffer.isView(data)) {
    const elements = data as ArrayBufferView & ArrayLike<number | bigint>
    const type = dtype ?? dtypeOfArray(data)
    const sized = shape ?? [elements.length]
    check(
      sized.reduce((a, b) => a * b, 1) === elements.length,
      () => `shape '${sizes(sized)}' is invalid for input of size ${elements.length}`,
    )
    result = upload(converted(elements, type), type, sized, device)
  } else {
    const { shape: nested, values } = flattenNested(data)
    const bad = values.find((v) => typeof v === 'string' || v === null || v === undefined)
    if (bad !== undefined || values.includes(undefined as never)) {
      throw new TypeError_(`new(): invalid data type '${bad === null ? 'NoneType' : typeof bad}'`)
    }
    const type = dtype ?? inferDType(values)
    result = upload(encode(type, values), type, nested, device)
  }
  if (requiresGrad) requireAutograd('requiresGrad').setRequiresGrad(result, true, 'option')
  return result
}

/**
 * A tensor with the elements of nested arrays, of a number or of a typed array, which are copied;
 * `torch.tensor`. A typed array gives a 1-d tensor; float16 and bfloat16 are read from the raw bits in
 * a `Uint16Array`.
 *
 * @throws ValueError for ragged arrays, in PyTorch's words.
 */
export const tensor = (data: TensorData, options?: TensorOptions): Tensor =>
  makeTensorFrom(data, options)

/** A tensor of `shape` with the elements of a flat typed array, copied. */
export const fromTypedArray = (
  data: ArrayBufferView,
  shape: readonly number[],
  options?: TensorOptions,
): Tensor => makeTensorFrom(data, options, shape)
