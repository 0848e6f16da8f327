import { type DType, dtypes, type ReduceKernel, type Reduction } from '@sconce/backend'
import type { Scalar } from './scalar/convert.ts'

/**
 * The order of summation, which both engines keep: a row is cut into blocks of `blockLength`, each
 * summed in `lanes` interleaved partial sums; block sums are added up in groups of `blockLength`.
 * Partial sums and products of float32 are kept in double.
 */
export const blockLength = 128

/** Kept elements that a column-wise reduction accumulates at a time. */
export const tileLength = 256

const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float'

export const isFloatSum = ({ op, value }: Reduction): boolean =>
  op === 'sum' && isFloat(value.dtype)

export const isIndexed = ({ op }: Reduction): boolean => op === 'argmin' || op === 'argmax'

const interleaved: ReadonlySet<string> = new Set(['sum', 'prod', 'min', 'max'])

/** Independent accumulators of a row, to hide the latency of an addition. */
export const lanesOf = ({ reductions }: ReduceKernel): number =>
  reductions.every((r) => interleaved.has(r.op) && isFloat(r.value.dtype)) ? 4 : 1

/** Least and greatest value of the integer dtypes. */
const limits: Partial<Record<DType, [Scalar, Scalar]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [false, true],
}

/** The value of an accumulator over nothing (for the positions: of what they compare). */
export function identity({ op, value: { dtype } }: Reduction): Scalar {
  const long = dtype === 'int64'
  switch (op) {
    case 'prod':
      return long ? 1n : 1
    case 'min':
      return limits[dtype]?.[1] ?? Number.POSITIVE_INFINITY
    case 'max':
      return limits[dtype]?.[0] ?? Number.NEGATIVE_INFINITY
    case 'all':
      return true
    case 'any':
      return false
    default:
      return dtype === 'bool' ? false : long ? 0n : 0
  }
}

/** JS array that holds accumulators of a dtype. */
export function accumulators(dtype: DType, length: number) {
  switch (dtypes[dtype].kind) {
    case 'float':
      return new Float64Array(length)
    case 'bool':
      return new Uint8Array(length)
    default:
      return dtype === 'int64' ? new BigInt64Array(length) : new Int32Array(length)
  }
}
