import type { TypedArray } from '@sconce/backend'

/** Rows, or columns, of a tile: sixteen products are held in local variables at a time. */
export const tileSide = 4

/** One side of a product: element (i, p) is at `base + outer[i] + inner[p]`; p runs over the sum. */
export interface Side {
  readonly data: TypedArray
  readonly base: number
  readonly outer: Int32Array
  readonly inner: Int32Array
}

/** How products of one family of dtypes are packed and summed. */
export interface Arithmetic<T extends TypedArray> {
  /** What sums are held in. */
  readonly dtype: 'float64' | 'int32' | 'int64'
  make(length: number): T
  /** The array as one of sums. */
  of(data: TypedArray): T
  /**
   * Copies `from … to` of the outer and `start … end` of the inner positions to `into`, in strips of
   * `tileSide`: of each strip, for one inner position after the other, the outer ones. What the last
   * strip lacks is zero.
   */
  pack(side: Side, from: number, to: number, start: number, end: number, into: T): void
  /** Adds the product of a strip of `a` and one of `b` to the tile of `c` at `at`, rows `ld` apart. */
  tile(a: T, aAt: number, b: T, bAt: number, depth: number, c: T, at: number, ld: number): void
  /** Adds a block of products to the elements of `into`: see `Target`. */
  add(c: T, rows: number, columns: number, ld: number, into: Target<T>): void
}

/** Where a block of products belongs: its (i, j) at `base + outer[row + i] + inner[column + j]`. */
export interface Target<T> {
  readonly data: T
  readonly base: number
  readonly outer: Int32Array
  readonly inner: Int32Array
  row: number
  column: number
}
