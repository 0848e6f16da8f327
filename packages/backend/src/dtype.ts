/** Element types of tensors. The table is the one place that knows their sizes and JS arrays. */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

/** JS arrays that hold elements: float16 and bfloat16 are raw bits in a `Uint16Array`, bool is one byte 0/1. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array

export type DTypeKind = 'float' | 'int' | 'bool'

/** Constructor of the JS array of a dtype. */
export interface TypedArrayConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): TypedArray
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray
}

/** What a dtype is, and how its elements are held in JavaScript. */
export interface DTypeInfo {
  readonly kind: DTypeKind
  /** Bytes per element. */
  readonly size: number
  readonly array: TypedArrayConstructor
  /** The dtype in which arithmetic is done: half precision is computed in float32. */
  readonly compute: DType
  /** PyTorch's name in error messages: `Float`, `Long`… */
  readonly scalarType: string
}

const row = (
  kind: DTypeKind,
  size: number,
  array: TypedArrayConstructor,
  scalarType: string,
  compute: DType,
): DTypeInfo => ({ kind, size, array, scalarType, compute })

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: row('float', 4, Float32Array, 'Float', 'float32'),
  float64: row('float', 8, Float64Array, 'Double', 'float64'),
  float16: row('float', 2, Uint16Array, 'Half', 'float32'),
  bfloat16: row('float', 2, Uint16Array, 'BFloat16', 'float32'),
  int64: row('int', 8, BigInt64Array, 'Long', 'int64'),
  int32: row('int', 4, Int32Array, 'Int', 'int32'),
  int16: row('int', 2, Int16Array, 'Short', 'int16'),
  int8: row('int', 1, Int8Array, 'Char', 'int8'),
  uint8: row('int', 1, Uint8Array, 'Byte', 'uint8'),
  bool: row('bool', 1, Uint8Array, 'Bool', 'bool'),
}

/** Whether it is one of the floating point dtypes. */
export const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float'
/** Whether it is one of the integer dtypes; bool is none. */
export const isInteger = (dtype: DType): boolean => dtypes[dtype].kind === 'int'
/** True for strings that name a dtype. */
export const isDType = (name: unknown): name is DType =>
  typeof name === 'string' && Object.hasOwn(dtypes, name)

/** Bytes of a buffer's elements, or of whatever else has a dtype and a length. */
export const bytesOf = ({
  dtype,
  length,
}: {
  readonly dtype: DType
  readonly length: number
}): number => dtypes[dtype].size * length

/** A zeroed JS array for `length` elements of `dtype`. */
export const newArray = (dtype: DType, length: number): TypedArray =>
  new dtypes[dtype].array(length)
