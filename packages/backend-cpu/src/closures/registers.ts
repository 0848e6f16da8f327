import { type DType, dtypes, SconceError, type TypedArray } from '@sconce/backend'
import { tileLength } from '../reduction.ts'

/** Elements that are worked on at a time. */
export const blockSize = tileLength

/**
 * The values of one node for a block of elements. Floats are held as doubles; integers of up to 32
 * bits, truth values (0 or 1) and the bits of half-precision numbers as int32. Three types of array
 * in all keep the loops over them fast.
 */
export type Register = Float64Array | Int32Array | BigInt64Array

export function floats(register: Register | TypedArray): Float64Array {
  if (register instanceof Float64Array) return register
  throw new SconceError('a register of floats was expected')
}
export function ints(register: Register | TypedArray): Int32Array {
  if (register instanceof Int32Array) return register
  throw new SconceError('a register of integers was expected')
}
export function longs(register: Register | TypedArray): BigInt64Array {
  if (register instanceof BigInt64Array) return register
  throw new SconceError('a register of int64 was expected')
}

/**
 * Hands out registers to the nodes of one program. Programs never run within each other, so that all
 * of them share the arrays: the k-th register of a type is the same for all.
 */
export class RegisterFile {
  static readonly #floats: Float64Array[] = []
  static readonly #ints: Int32Array[] = []
  static readonly #longs: BigInt64Array[] = []
  #usedFloats = 0
  #usedInts = 0
  #usedLongs = 0

  /** A register for values of `dtype`, with unspecified contents. */
  take(dtype: DType): Register {
    if (dtype === 'int64') {
      const i = this.#usedLongs++
      RegisterFile.#longs[i] ??= new BigInt64Array(blockSize)
      return RegisterFile.#longs[i]
    }
    if (dtypes[dtype].kind === 'float' && dtypes[dtype].compute === dtype) {
      const i = this.#usedFloats++
      RegisterFile.#floats[i] ??= new Float64Array(blockSize)
      return RegisterFile.#floats[i]
    }
    const i = this.#usedInts++
    RegisterFile.#ints[i] ??= new Int32Array(blockSize)
    return RegisterFile.#ints[i]
  }
}

/** Sets the first `n` values. */
export function fill(register: Register, value: number | bigint | boolean, n: number): void {
  if (register instanceof BigInt64Array) register.fill(BigInt(value), 0, n)
  else register.fill(Number(value), 0, n)
}

/** Copies one value between registers of the same type. */
export function copyValue(from: Register, i: number, to: Register, j: number): void {
  if (from instanceof BigInt64Array) longs(to)[j] = from[i]
  else if (from instanceof Int32Array) ints(to)[j] = from[i]
  else floats(to)[j] = from[i]
}
