import type { DType } from './dtype.ts'

/** What a backend returns from `allocate`: opaque to everybody else. */
export interface Buffer {
  readonly dtype: DType
  /** Elements. */
  readonly length: number
}

/** A strided view of a buffer; strides and offset are in elements, a broadcast dim has stride 0. */
export interface Layout {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

export interface Operand extends Layout {
  readonly buffer: Buffer
  readonly dtype: DType
}

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  let count = 1
  for (let i = 0; i < shape.length; i++) count *= shape[i]
  return count
}

/** Strides of the row-major contiguous layout. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= Math.max(shape[i], 1)
  }
  return strides
}

/** Whether the layout is row-major without gaps (dims of size 1 may have any stride). */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i]
    if (size !== 1) {
      // An empty view is contiguous, whatever its strides.
      if (strides[i] !== expected) return shape.includes(0)
      expected *= size
    }
  }
  return true
}

/** A shape and, for each operand, its strides over that shape. */
export interface Coalesced {
  shape: number[]
  strides: number[][]
}

/**
 * The canonical form in which layouts reach a backend: dims of size 1 are dropped, neighbouring dims
 * that every operand walks as one are merged. `keep` trailing dims are never merged with the others
 * (the reduced dims of a reduction; the row of a scan).
 */
export function coalesce(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
  keep = 0,
): Coalesced {
  const outShape: number[] = []
  const outStrides: number[][] = operands.map(() => [])
  const boundary = shape.length - keep
  let fresh = true
  for (let d = 0; d < shape.length; d++) {
    if (d === boundary) fresh = true
    const size = shape[d]
    if (size === 1) continue
    const last = outShape.length - 1
    let merge = !fresh
    for (let k = 0; merge && k < operands.length; k++) {
      merge = outStrides[k][last] === operands[k][d] * size
    }
    if (merge) {
      outShape[last] *= size
      for (let k = 0; k < operands.length; k++) outStrides[k][last] = operands[k][d]
    } else {
      outShape.push(size)
      for (let k = 0; k < operands.length; k++) outStrides[k].push(operands[k][d])
    }
    fresh = false
  }
  return { shape: outShape, strides: outStrides }
}

/**
 * Trailing dims of an output that a reduction collapses: an output spans the whole iteration shape
 * and has stride 0 along the reduced dims (a dim of size 1 counts with its neighbours).
 */
export function reducedRank(output: Layout): number {
  const { shape, strides } = output
  let rank = 0
  while (
    rank < shape.length &&
    (strides[shape.length - 1 - rank] === 0 || shape[shape.length - 1 - rank] === 1)
  ) {
    rank++
  }
  return rank
}
