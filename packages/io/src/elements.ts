import type { DType, TypedArray } from '@sconce/backend'
import { fromTypedArray, type Tensor } from '@sconce/core'

/** An array of elements as a file holds them. */
type Stored = TypedArray | Uint32Array

/** Types of elements in files, with the dtype that takes their values. */
export interface ElementKind {
  readonly dtype: DType
  /** Bytes. */
  readonly size: number
  /** An array on aligned bytes in the machine's order. */
  over(buffer: ArrayBufferLike, offset: number, length: number): Stored
  /** The elements as the dtype holds them, where that is another array. */
  readonly widen?: (stored: Stored) => TypedArray
}

type ArrayType = {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset: number, length: number): Stored
}

const kind = (
  dtype: DType,
  Type: ArrayType,
  widen?: (stored: Stored) => TypedArray,
): ElementKind => ({
  dtype,
  size: Type.BYTES_PER_ELEMENT,
  over: (buffer, offset, length) => new Type(buffer, offset, length),
  ...(widen && { widen }),
})

/**
 * By numpy's letters: f float, i and u integers, with their bytes; b bool. Unsigned integers of 2 and 4
 * bytes, which are no dtypes, become the next larger signed ones, which hold all of their values.
 */
export const kinds = {
  f2: kind('float16', Uint16Array),
  bf2: kind('bfloat16', Uint16Array),
  f4: kind('float32', Float32Array),
  f8: kind('float64', Float64Array),
  i1: kind('int8', Int8Array),
  i2: kind('int16', Int16Array),
  i4: kind('int32', Int32Array),
  i8: kind('int64', BigInt64Array),
  u1: kind('uint8', Uint8Array),
  u2: kind('int32', Uint16Array, (stored) => Int32Array.from(stored as ArrayLike<number>)),
  u4: kind('int64', Uint32Array, (stored) => BigInt64Array.from(stored as Uint32Array, BigInt)),
  b1: kind('bool', Uint8Array),
} as const satisfies Record<string, ElementKind>

/** The kind that holds a dtype exactly. */
export const kindOf: Readonly<Record<DType, keyof typeof kinds>> = {
  float16: 'f2',
  bfloat16: 'bf2',
  float32: 'f4',
  float64: 'f8',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  bool: 'b1',
}

const machineIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Turns the bytes of each element round, in place. */
function swap(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse()
}

/** The elements of bytes of a file. The result may be a view of them. */
export function decodeElements(kind: ElementKind, bytes: Uint8Array, little = true): TypedArray {
  const turned = kind.size > 1 && little !== machineIsLittle
  const own = turned || bytes.byteOffset % kind.size !== 0 ? bytes.slice() : bytes
  if (turned) swap(own, kind.size)
  const stored = kind.over(own.buffer, own.byteOffset, own.byteLength / kind.size)
  // Without `widen` the array is the dtype's.
  return kind.widen ? kind.widen(stored) : (stored as TypedArray)
}

/** The bytes of elements, little-endian. The result may be a view of them. */
export function encodeElements(elements: TypedArray): Uint8Array {
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
  if (machineIsLittle || elements.BYTES_PER_ELEMENT === 1) return bytes
  const turned = bytes.slice()
  swap(turned, elements.BYTES_PER_ELEMENT)
  return turned
}

/** Where read tensors go. */
export interface ReadOptions {
  /** Default: the default device. */
  device?: string
}

/** A tensor of the bytes of a file. */
export function tensorOf(
  kind: ElementKind,
  bytes: Uint8Array,
  shape: readonly number[],
  options: ReadOptions = {},
  little = true,
): Tensor {
  const { device } = options
  return fromTypedArray(decodeElements(kind, bytes, little), shape, {
    dtype: kind.dtype,
    ...(device !== undefined && { device }),
  })
}

/** Bytes that are read from a device at a time. */
const CHUNK = 2 ** 25

/** The bytes of a tensor's elements in row-major order, little-endian, in chunks. */
export async function* bytesOf(tensor: Tensor): AsyncGenerator<Uint8Array, void> {
  const t = tensor.detach()
  const count = Math.floor(CHUNK / t.elementSize())
  if (t.numel() <= count) {
    yield encodeElements(await t.data())
    return
  }
  const flat = t.contiguous().view(-1)
  for (let start = 0; start < flat.numel(); start += count) {
    const length = Math.min(count, flat.numel() - start)
    yield encodeElements(await flat.narrow(0, start, length).data())
  }
}

/** Number of elements; NaN where it is no safe integer. */
export function countOf(shape: readonly number[]): number {
  const count = shape.reduce((a, b) => a * b, 1)
  return Number.isSafeInteger(count) ? count : Number.NaN
}

/** More dims than any library of the formats takes. */
export const MAX_DIMS = 64

/** Whether a value read from a file is a shape. */
export const isShape = (x: unknown): x is number[] =>
  Array.isArray(x) && x.length <= MAX_DIMS && x.every((n) => Number.isSafeInteger(n) && n >= 0)
