import { type DType, dtypes } from '@sconce/backend'
import { floats, ints, longs, type Register } from '../elements.ts'
import { tileLength } from '../reduction.ts'

/** Elements that are worked on at a time. */
export const blockSize = tileLength

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
