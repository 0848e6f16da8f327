import { type DType, elementCount, type TypedArray, UnsupportedDType } from '@sconce/backend'
import { type Arithmetic, type Side, tileSide } from './arithmetic.ts'
import { float, half } from './float.ts'
import { int } from './int.ts'
import { long } from './long.ts'

/** The blocks that stay in cache: rows of a, columns of b, and the depth of both. */
const blockRows = 96
const blockColumns = 256
const blockDepth = 256

/** Takes a finished block of products: `rows` of `columns` at (row, column), rows `ld` apart in `c`. */
export type Store<T> = (
  c: T,
  row: number,
  rows: number,
  column: number,
  columns: number,
  ld: number,
) => void

const padded = (size: number): number => Math.ceil(size / tileSide) * tileSide

/**
 * A matrix product in blocks, after Goto and van de Geijn (2008): blocks of both sides are packed in
 * the order in which they are read, and multiplied tile by tile. Sides may have any layout.
 */
export class Multiplier<T extends TypedArray> {
  readonly arithmetic: Arithmetic<T>
  #a: T
  #b: T
  #c: T

  constructor(arithmetic: Arithmetic<T>) {
    this.arithmetic = arithmetic
    this.#a = arithmetic.make(0)
    this.#b = arithmetic.make(0)
    this.#c = arithmetic.make(0)
  }

  /** A scratch array of at least `length`, kept for the next call. */
  #grown(array: T, length: number): T {
    return array.length >= length ? array : this.arithmetic.make(length)
  }

  run(a: Side, b: Side, m: number, n: number, k: number, store: Store<T>): void {
    const { arithmetic } = this
    const rowsAtMost = padded(Math.min(m, blockRows))
    const columnsAtMost = padded(Math.min(n, blockColumns))
    const depthAtMost = Math.min(k, blockDepth)
    this.#a = this.#grown(this.#a, rowsAtMost * depthAtMost)
    this.#b = this.#grown(this.#b, columnsAtMost * depthAtMost)
    this.#c = this.#grown(this.#c, rowsAtMost * columnsAtMost)
    const pa = this.#a
    const pb = this.#b
    const c = this.#c
    for (let i = 0; i < m; i += blockRows) {
      const rows = Math.min(blockRows, m - i)
      for (let j = 0; j < n; j += blockColumns) {
        const columns = Math.min(blockColumns, n - j)
        const ld = padded(columns)
        clear(c, padded(rows) * ld)
        for (let p = 0; p < k; p += blockDepth) {
          const depth = Math.min(blockDepth, k - p)
          arithmetic.pack(a, i, i + rows, p, p + depth, pa)
          arithmetic.pack(b, j, j + columns, p, p + depth, pb)
          for (let jj = 0; jj < columns; jj += tileSide) {
            for (let ii = 0; ii < rows; ii += tileSide) {
              arithmetic.tile(pa, ii * depth, pb, jj * depth, depth, c, ii * ld + jj, ld)
            }
          }
        }
        store(c, i, rows, j, columns, ld)
      }
    }
  }
}

export function clear(array: TypedArray, length: number): void {
  if (array instanceof BigInt64Array) array.fill(0n, 0, length)
  else array.fill(0, 0, length)
}

const floats = new Multiplier(float)
const ints = new Multiplier(int)
const longs = new Multiplier(long)
const halves = {
  float16: new Multiplier(half('float16')),
  bfloat16: new Multiplier(half('bfloat16')),
}

/** The multiplier of a float dtype. */
export const floatMultiplier = (dtype: DType): Multiplier<Float64Array> =>
  dtype === 'float16' || dtype === 'bfloat16' ? halves[dtype] : floats

/** Calls back with the multiplier of a dtype; all kernels share one, and with it its scratch memory. */
export function withMultiplier<R>(
  dtype: DType,
  use: <T extends TypedArray>(multiplier: Multiplier<T>) => R,
): R {
  switch (dtype) {
    case 'float32':
    case 'float64':
    case 'float16':
    case 'bfloat16':
      return use(floatMultiplier(dtype))
    case 'int64':
      return use(longs)
    case 'bool':
      throw new UnsupportedDType('products of bool are not defined')
    default:
      return use(ints)
  }
}

/** Entries of a table that is worth keeping. */
const longest = 1 << 20

/** Tables of positions, kept and grown from call to call. */
export class Offsets {
  #table = new Int32Array(0)

  /** Positions of `size` elements, `stride` apart. */
  linear(size: number, stride: number): Int32Array {
    const table = this.#take(size)
    for (let i = 0; i < size; i++) table[i] = i * stride
    return table
  }

  /** Positions of all elements of a grid, in row-major order. */
  grid(sizes: readonly number[], strides: readonly number[]): Int32Array {
    const table = this.#take(elementCount(sizes))
    let count = 1
    table[0] = 0
    for (let d = sizes.length - 1; d >= 0; d--) {
      // What the inner dims take is repeated for each step along this one.
      for (let i = 1; i < sizes[d]; i++) {
        for (let k = 0; k < count; k++) table[i * count + k] = table[k] + i * strides[d]
      }
      count *= sizes[d]
    }
    return table
  }

  #take(size: number): Int32Array {
    if (size > longest) return new Int32Array(size)
    if (this.#table.length < size) this.#table = new Int32Array(size)
    return this.#table
  }
}
