import { IndexError, TypeError_, ValueError } from '@sconce/core'

/** What is taken of a dim: an index, which drops it, or a range `'start:stop'` as in Python. */
export type SliceItem = number | string

/** A run of neighbouring elements. */
export interface Run {
  /** The first, in the tensor. */
  readonly start: number
  readonly length: number
}

/** A box of elements. */
export interface Slice {
  /** Shape of the result, without the dims that were indexed. */
  readonly shape: readonly number[]
  /** First index and number of indices, per dim. */
  readonly start: readonly number[]
  readonly size: readonly number[]
}

const RANGE = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*$/

const clamp = (index: number, size: number): number =>
  Math.min(Math.max(index < 0 ? index + size : index, 0), size)

function parseRange(text: string, size: number): [start: number, length: number] {
  const match = RANGE.exec(text)
  if (!match) throw new ValueError(`'${text}' is no range 'start:stop' (steps are not supported)`)
  const start = clamp(match[1] === undefined ? 0 : Number(match[1]), size)
  const stop = clamp(match[2] === undefined ? size : Number(match[2]), size)
  return [start, Math.max(0, stop - start)]
}

/**
 * The box that items stand for, one per dim from the first on; dims without one are taken whole.
 *
 * @throws IndexError for an index out of range or more items than dims.
 */
export function sliceOf(shape: readonly number[], items: readonly SliceItem[]): Slice {
  if (items.length > shape.length) {
    throw new IndexError(`too many indices for tensor of dimension ${shape.length}`)
  }
  const start: number[] = []
  const size: number[] = []
  const kept: number[] = []
  shape.forEach((n, dim) => {
    const item = items[dim] ?? ':'
    if (typeof item === 'string') {
      const [first, length] = parseRange(item, n)
      start.push(first)
      size.push(length)
      kept.push(length)
    } else if (Number.isInteger(item)) {
      if (item < -n || item >= n) {
        throw new IndexError(`index ${item} is out of bounds for dimension ${dim} with size ${n}`)
      }
      start.push(item < 0 ? item + n : item)
      size.push(1)
    } else {
      throw new TypeError_(`a slice has integers and ranges 'start:stop', got ${String(item)}`)
    }
  })
  return { shape: kept, start, size }
}

/** The runs of elements that make up a box, in order; as long as they can be. */
export function* runsOf(shape: readonly number[], { start, size }: Slice): Generator<Run> {
  if (size.includes(0)) return
  // Dims from here on are taken whole, so that a run goes through them.
  let inner = shape.length
  while (inner > 0 && size[inner - 1] === shape[inner - 1]) inner--
  const rowLength = shape.slice(inner).reduce((a, b) => a * b, 1)
  if (inner === 0) {
    yield { start: 0, length: rowLength }
    return
  }
  const strides = shape.map((_, dim) => shape.slice(dim + 1).reduce((a, b) => a * b, 1))
  const length = size[inner - 1] * rowLength
  const outer = inner - 1
  const index = start.slice(0, outer)
  while (true) {
    const first = index.reduce(
      (sum, i, dim) => sum + i * strides[dim],
      start[outer] * strides[outer],
    )
    yield { start: first, length }
    let dim = outer - 1
    while (dim >= 0 && ++index[dim] === start[dim] + size[dim]) {
      index[dim] = start[dim]
      dim--
    }
    if (dim < 0) return
  }
}
