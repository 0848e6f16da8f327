import { type DType, dtypes } from '@sconce/backend'

/**
 * How values look in WGSL. In memory every element is one word of 32 bits, whatever its dtype: programs
 * may then write any element without touching its neighbours, which bytes packed into words would not
 * allow. In registers floats are `f32`, integers `i32` (a uint8 is one from 0 to 255), and bool is `bool`.
 */
export type ValueType = 'f32' | 'i32' | 'bool'

const types = { float: 'f32', int: 'i32', bool: 'bool' } as const

export const valueType = (dtype: DType): ValueType => types[dtypes[dtype].kind]

/** Integer arithmetic is done on 32 bits; narrower results are cut to their width. */
export const wrapped = (dtype: DType, code: string): string =>
  dtype === 'uint8' ? `((${code}) & 255)` : code

/** The value that a word of storage stands for. */
export function fromWord(dtype: DType, word: string): string {
  switch (valueType(dtype)) {
    case 'f32':
      return `bitcast<f32>(${word})`
    case 'i32':
      return `bitcast<i32>(${word})`
    case 'bool':
      return `(${word} != 0u)`
  }
}

/** The word that stands for a value. */
export function toWord(dtype: DType, value: string): string {
  return valueType(dtype) === 'bool' ? `select(0u, 1u, ${value})` : `bitcast<u32>(${value})`
}

/** The number that an integer literal or scalar stands for, in the width of its dtype. */
export const integerValue = (dtype: DType, value: number): number =>
  dtype === 'uint8' ? value & 255 : value | 0

/** The greatest and the least value of an integer dtype. */
export const integerLimits = (dtype: DType): { least: number; greatest: number } =>
  dtype === 'uint8' ? { least: 0, greatest: 255 } : { least: -(2 ** 31), greatest: 2 ** 31 - 1 }

const bits = new DataView(new ArrayBuffer(4))

/** The bits of a float32, as an int32. */
export function floatBits(value: number): number {
  bits.setFloat32(0, value)
  return bits.getInt32(0)
}
