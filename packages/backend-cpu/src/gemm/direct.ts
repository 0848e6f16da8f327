import { SconceError, type TypedArray } from '@sconce/backend'

/** A matrix in place: element (i, j) of `data` at `base + i · row + j · column`. */
export interface Matrix<T> {
  data: T
  base: number
  row: number
  column: number
}

export type Floats = Float32Array | Float64Array

/** The array as one of floats. */
export function floatsOf(data: TypedArray): Floats {
  if (data instanceof Float32Array || data instanceof Float64Array) return data
  throw new SconceError('an array of floats was expected')
}

let scratch = new Float64Array(0)

/** Room for the sums of a product that is not stored as it is; one for all. */
export function sumsOf(count: number): Float64Array {
  if (scratch.length < count) scratch = new Float64Array(count)
  return scratch
}

/** Multiplications up to which packing into blocks costs more than it saves. */
export const mostDirect = 1 << 18

/**
 * The product of small float matrices, straight from where they are to where it belongs. Four rows and two
 * columns at a time: as many sums as there are registers for, in double.
 */
export function multiplyDirect(
  a: Readonly<Matrix<Floats>>,
  b: Readonly<Matrix<Floats>>,
  c: Readonly<Matrix<Floats>>,
  m: number,
  n: number,
  k: number,
): void {
  const x = a.data
  const y = b.data
  const { row, column } = a
  const { row: down, column: across } = b
  for (let i = 0; i < m; i += 4) {
    // Of rows that are missing at the end the last one stands in: their sums are not stored.
    const rows = m - i
    const a0 = a.base + i * row
    const a1 = rows > 1 ? a0 + row : a0
    const a2 = rows > 2 ? a1 + row : a1
    const a3 = rows > 3 ? a2 + row : a2
    let j = 0
    for (; j + 1 < n; j += 2) {
      let q = b.base + j * across
      let p = 0
      let c00 = 0
      let c01 = 0
      let c10 = 0
      let c11 = 0
      let c20 = 0
      let c21 = 0
      let c30 = 0
      let c31 = 0
      for (let t = 0; t < k; t++) {
        const y0 = y[q]
        const y1 = y[q + across]
        const x0 = x[a0 + p]
        c00 += x0 * y0
        c01 += x0 * y1
        const x1 = x[a1 + p]
        c10 += x1 * y0
        c11 += x1 * y1
        const x2 = x[a2 + p]
        c20 += x2 * y0
        c21 += x2 * y1
        const x3 = x[a3 + p]
        c30 += x3 * y0
        c31 += x3 * y1
        p += column
        q += down
      }
      storeColumn(c, i, j, rows, c00, c10, c20, c30)
      storeColumn(c, i, j + 1, rows, c01, c11, c21, c31)
    }
    if (j === n) continue
    let q = b.base + j * across
    let p = 0
    let c0 = 0
    let c1 = 0
    let c2 = 0
    let c3 = 0
    for (let t = 0; t < k; t++) {
      const y0 = y[q]
      c0 += x[a0 + p] * y0
      c1 += x[a1 + p] * y0
      c2 += x[a2 + p] * y0
      c3 += x[a3 + p] * y0
      p += column
      q += down
    }
    storeColumn(c, i, j, rows, c0, c1, c2, c3)
  }
}

/** Stores as many of four sums below each other as there are rows. */
function storeColumn(
  { data, base, row, column }: Readonly<Matrix<Floats>>,
  i: number,
  j: number,
  rows: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  const at = base + i * row + j * column
  data[at] = c0
  if (rows > 1) data[at + row] = c1
  if (rows > 2) data[at + 2 * row] = c2
  if (rows > 3) data[at + 3 * row] = c3
}
