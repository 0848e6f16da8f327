import { type DType, dtypes, isFloat } from '@sconce/backend'
import { check, IndexError } from '../../errors.ts'
import { checkInfos } from '../../linalg/index.ts'
import { sameShape } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { readBatch } from './host.ts'

type HasDType = Pick<Tensor, 'dtype'>

const typeOf = ({ dtype }: HasDType): string => dtypes[dtype].scalarType

/** Whether the dtype is float32 or float64: the others that are floats count as of low precision. */
export const isWide = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64'

/** PyTorch's `checkFloatingOrComplex`. */
export function checkFloat(op: string, t: HasDType, lowPrecision = true): void {
  check(
    isFloat(t.dtype),
    () => `${op}: Expected a floating point or complex tensor as input. Got ${typeOf(t)}`,
  )
  check(
    lowPrecision || isWide(t.dtype),
    () => `${op}: Low precision dtypes not supported. Got ${typeOf(t)}`,
  )
}

/** Throws unless the dtype is one that PyTorch's kernel of that name has: float32 and float64. */
export function checkKernel(kernel: string, t: HasDType): void {
  check(isWide(t.dtype), () => `"${kernel}" not implemented for '${typeOf(t)}'`)
}

/** As `checkKernel`, in the words of ops that dispatch on the epsilon of the dtype. */
export function checkEpsilon(t: HasDType): void {
  check(isWide(t.dtype), () => "This function doesn't handle types other than float and double")
}

/** Throws unless A and B have one dtype; the names are those of the message. */
export function checkSameDType(op: string, a: Tensor, b: Tensor, names = ['A', 'B']): void {
  const [first, second] = names
  check(
    a.dtype === b.dtype,
    () =>
      `${op}: Expected ${first} and ${second} to have the same dtype, but found ${first} of type ${typeOf(a)} and ${second} of type ${typeOf(b)} instead`,
  )
}

/**
 * What the older solvers check: A is square, B fits it, both have one dtype.
 *
 * @param op the name in the message about sizes; the others have none
 */
export function checkOldSolve(op: string, b: Tensor, a: Tensor): void {
  check(
    a.dtype === b.dtype,
    () =>
      `Expected b and A to have the same dtype, but found b of type ${typeOf(b)} and A of type ${typeOf(a)} instead.`,
  )
  const [m, n] = a.shape.slice(-2)
  const [rows, columns] = b.shape.slice(-2)
  check(m === n, () => `A must be batches of square matrices, but they are ${m} by ${n} matrices`)
  check(
    n === rows,
    () =>
      `Incompatible matrix sizes for ${op}: each A matrix is ${n} by ${n} but each b matrix is ${rows} by ${columns}`,
  )
}

/** Throws for the first info of a batch that is not 0; see `checkInfos`. */
export function checkInfo(op: string, info: Tensor): void {
  const infos = readBatch(info, info.ndim).at(0)
  checkInfos(op, infos, info.ndim === 0)
}

/** Whether B is a vector, or a batch of vectors, for a batch of matrices A: `linalg.solve`'s rule. */
export const isVectorRhs = (a: readonly number[], b: readonly number[]): boolean =>
  b.length === 1 || (a.length - 1 === b.length && sameShape(a.slice(0, -1), b))

/** Shape without the last two dims. */
export const batchOf = (t: Tensor): readonly number[] => t.shape.slice(0, -2)

/** Rows and columns. */
export const sizeOf = (t: Tensor): [m: number, n: number] => {
  const [m, n] = t.shape.slice(-2)
  return [m, n]
}

/** Throws unless the tensor has dims for `dim` to be one of. */
export function checkHasDims(t: Tensor, dim: number): void {
  if (t.ndim === 0) {
    throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`)
  }
}
