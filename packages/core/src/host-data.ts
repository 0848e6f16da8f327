import {
  bfloat16Bits,
  bfloat16Value,
  type DType,
  dtypes,
  float16Bits,
  float16Value,
  newArray,
  type TypedArray,
} from '@sconce/backend'
import { ValueError } from './errors.ts'
import type { Scalar } from './scalar.ts'
import { FloatScalar } from './scalar.ts'

/** Elements as JS values, nested by dim; a 0-d tensor is the bare value. */
export type NestedArray = number | boolean | bigint | NestedArray[]
/** What `tensor()` takes. */
export type NestedInput = Scalar | readonly NestedInput[]

type Elements = (number | boolean | bigint)[]

/** Elements as JS values: bool as boolean, int64 as number where it is exact, else bigint. */
export function decode(dtype: DType, data: TypedArray): Elements {
  const raw = Array.from(data as ArrayLike<number | bigint>)
  switch (dtype) {
    case 'bool':
      return raw.map((v) => v !== 0)
    case 'float16':
      return raw.map((v) => float16Value(v as number))
    case 'bfloat16':
      return raw.map((v) => bfloat16Value(v as number))
    case 'int64':
      return raw.map((v) => (Number.isSafeInteger(Number(v)) ? Number(v) : v))
    default:
      return raw
  }
}

/** JS values as an array of the dtype, converted as a cast would. */
export function encode(dtype: DType, values: readonly Scalar[]): TypedArray {
  const out = newArray(dtype, values.length)
  const number = (v: Scalar) => Number(v instanceof FloatScalar ? v.value : v)
  if (out instanceof BigInt64Array) {
    values.forEach((v, i) => {
      out[i] = typeof v === 'bigint' ? v : BigInt(Math.trunc(number(v)))
    })
    return out
  }
  const convert: (v: number) => number =
    dtype === 'bool'
      ? (v) => (v === 0 ? 0 : 1)
      : dtype === 'float16'
        ? float16Bits
        : dtype === 'bfloat16'
          ? bfloat16Bits
          : (v) => v
  values.forEach((v, i) => {
    out[i] = convert(number(v))
  })
  return out
}

/** A flat list as nested arrays. */
export function nest(flat: Elements, shape: readonly number[]): NestedArray {
  let position = 0
  const build = (dim: number): NestedArray => {
    if (dim === shape.length) return flat[position++]
    return Array.from({ length: shape[dim] }, () => build(dim + 1))
  }
  return build(0)
}

/**
 * Shape and flat elements of nested arrays.
 *
 * @throws ValueError in PyTorch's words for ragged nesting.
 */
export function flattenNested(data: NestedInput): { shape: number[]; values: Scalar[] } {
  const shape: number[] = []
  for (let d: NestedInput = data; Array.isArray(d); d = d[0]) {
    shape.push(d.length)
    if (d.length === 0) break
  }
  const values: Scalar[] = []
  const walk = (d: NestedInput, dim: number): void => {
    if (!Array.isArray(d)) {
      if (dim !== shape.length) throw ragged(shape[dim], 0, dim)
      values.push(d as Scalar)
      return
    }
    if (dim >= shape.length || d.length !== shape[dim]) {
      throw ragged(shape[dim] ?? 0, d.length, dim)
    }
    for (const child of d) walk(child, dim + 1)
  }
  walk(data, 0)
  return { shape, values }
}

const ragged = (expected: number, got: number, dim: number): Error =>
  new ValueError(`expected sequence of length ${expected} at dim ${dim} (got ${got})`)

/** The dtype that a JS array holds. */
export function dtypeOfArray(data: ArrayBufferView): DType {
  for (const dtype of ['float32', 'float64', 'int64', 'int32', 'int16', 'int8', 'uint8'] as const) {
    if (data instanceof dtypes[dtype].array) return dtype
  }
  if (data instanceof Uint8ClampedArray) return 'uint8'
  throw new ValueError(
    `no dtype for ${data.constructor.name}: use Float32Array, Float64Array, BigInt64Array, Int32Array, Int16Array, Int8Array or Uint8Array, or give the dtype`,
  )
}
