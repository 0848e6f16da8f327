import { type DType, SconceError, type TypedArray } from '@sconce/backend'
import { conversions } from './scalar/convert.ts'

/**
 * Values of a run of elements. Floats are held as doubles; integers of up to 32 bits, truth values
 * (0 or 1) and the bits of half-precision numbers as int32. Three types of array in all keep the
 * loops over them fast.
 */
export type Register = Float64Array | Int32Array | BigInt64Array

export function floats(register: TypedArray): Float64Array {
  if (register instanceof Float64Array) return register
  throw new SconceError('a register of floats was expected')
}
export function ints(register: TypedArray): Int32Array {
  if (register instanceof Int32Array) return register
  throw new SconceError('a register of integers was expected')
}
export function longs(register: TypedArray): BigInt64Array {
  if (register instanceof BigInt64Array) return register
  throw new SconceError('a register of int64 was expected')
}

/** Reads `n` elements from `at` on, `step` apart, into a register from its element `start` on. */
export type Read = (
  data: TypedArray,
  at: number,
  step: number,
  register: Register,
  n: number,
  start?: number,
) => void
/** Writes `n` values of a register, from `start` on, to the elements from `at` on, `step` apart. */
export type Write = Read

const mismatch = (): never => {
  throw new SconceError('a register and an array hold different kinds of number')
}

const readNumbers: Read = (data, at, step, register, n, start = 0) => {
  if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
  for (let i = 0; i < n; i++) register[start + i] = data[at + i * step]
}

// The same loop once more: each copy meets few types of array, which is what makes it fast.
const readFloats: Read = (data, at, step, register, n, start = 0) => {
  if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
  for (let i = 0; i < n; i++) register[start + i] = data[at + i * step]
}

const readLongs: Read = (data, at, step, register, n, start = 0) => {
  if (!(data instanceof BigInt64Array && register instanceof BigInt64Array)) return mismatch()
  for (let i = 0; i < n; i++) register[start + i] = data[at + i * step]
}

const readTruths: Read = (data, at, step, register, n, start = 0) => {
  if (register instanceof BigInt64Array) return mismatch()
  for (let i = 0; i < n; i++) register[start + i] = data[at + i * step] ? 1 : 0
}

const writeNumbers: Write = (data, at, step, register, n, start = 0) => {
  if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
  for (let i = 0; i < n; i++) data[at + i * step] = register[start + i]
}

const writeFloats: Write = (data, at, step, register, n, start = 0) => {
  if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
  for (let i = 0; i < n; i++) data[at + i * step] = register[start + i]
}

const writeLongs: Write = (data, at, step, register, n, start = 0) => {
  if (!(data instanceof BigInt64Array && register instanceof BigInt64Array)) return mismatch()
  for (let i = 0; i < n; i++) data[at + i * step] = register[start + i]
}

/** What reads elements of a dtype as they are held in registers. */
export function reader(dtype: DType): Read {
  if (dtype === 'int64') return readLongs
  if (dtype === 'bool') return readTruths
  return dtype === 'float32' || dtype === 'float64' ? readFloats : readNumbers
}

export function writer(dtype: DType): Write {
  if (dtype === 'int64') return writeLongs
  return dtype === 'float32' || dtype === 'float64' ? writeFloats : writeNumbers
}

const { float16Bits, float16Value, bfloat16Bits, bfloat16Value } = conversions

const converting =
  (convert: (x: number) => number): Read =>
  (data, at, step, register, n, start = 0) => {
    if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
    for (let i = 0; i < n; i++) register[start + i] = convert(data[at + i * step])
  }
const writingBits =
  (convert: (x: number) => number): Write =>
  (data, at, step, register, n, start = 0) => {
    if (data instanceof BigInt64Array || register instanceof BigInt64Array) return mismatch()
    for (let i = 0; i < n; i++) data[at + i * step] = convert(register[start + i])
  }

/** As `reader`, but half-precision numbers come as their values. */
export function valueReader(dtype: DType): Read {
  if (dtype === 'float16') return converting(float16Value)
  return dtype === 'bfloat16' ? converting(bfloat16Value) : reader(dtype)
}

export function valueWriter(dtype: DType): Write {
  if (dtype === 'float16') return writingBits(float16Bits)
  return dtype === 'bfloat16' ? writingBits(bfloat16Bits) : writer(dtype)
}
