import { gatherReflector, makeReflector, reflectLeft, reflectRight } from './householder.ts'

/** Reflectors `H1 H2 …`; row i of `vectors` is the i-th in full length. */
export interface Reflectors {
  vectors: Float64Array
  tau: Float64Array
  count: number
  /** The length of a vector. */
  length: number
}

export interface Bidiagonal {
  /** The diagonal, `min(m, n)` long. */
  d: Float64Array
  /** The other diagonal, one shorter: above the main one, or below if `m < n`. */
  e: Float64Array
  q: Reflectors
  p: Reflectors
}

const reflectors = (count: number, length: number): Reflectors => ({
  vectors: new Float64Array(count * length),
  tau: new Float64Array(count),
  count,
  length,
})

/**
 * `A = Q B Pᵀ` with B upper bidiagonal if `m >= n` and lower bidiagonal if not
 * (Golub & Van Loan 5.4; LAPACK dgebd2).
 */
export function bidiagonalize(matrix: Float64Array, m: number, n: number): Bidiagonal {
  const a = matrix.slice()
  const k = Math.min(m, n)
  const upper = m >= n
  const q = reflectors(k, m)
  const p = reflectors(k, n)
  const d = new Float64Array(k)
  const e = new Float64Array(Math.max(k - 1, 0))

  /** Clears column i below row i + offset and applies the reflector to the columns after it. */
  const fromLeft = (i: number, offset: number) => {
    const row = i + offset
    const rows = m - row
    const tau = makeReflector(a, row * n + i, (row + 1) * n + i, n, rows - 1)
    const v = q.vectors.subarray(i * m + row, (i + 1) * m)
    gatherReflector(v, a, (row + 1) * n + i, n, rows - 1)
    q.tau[i] = tau
    reflectLeft(v, tau, { a, ld: n, row, column: i + 1, rows, columns: n - i - 1 })
    return a[row * n + i]
  }
  /** Clears row i after column i + offset and applies the reflector to the rows below it. */
  const fromRight = (i: number, offset: number) => {
    const column = i + offset
    const columns = n - column
    const at = i * n + column
    const tau = makeReflector(a, at, at + 1, 1, columns - 1)
    const v = p.vectors.subarray(i * n + column, (i + 1) * n)
    gatherReflector(v, a, at + 1, 1, columns - 1)
    p.tau[i] = tau
    reflectRight(v, tau, { a, ld: n, row: i + 1, column, rows: m - i - 1, columns })
    return a[at]
  }

  for (let i = 0; i < k; i++) {
    d[i] = upper ? fromLeft(i, 0) : fromRight(i, 0)
    if (i < k - 1) e[i] = upper ? fromRight(i, 1) : fromLeft(i, 1)
  }
  return { d, e, q, p }
}

/** Multiplies each row of `rows` (a vector of `length`) by `H1 H2 … Hk` in place. */
export function applyReflectors(
  { vectors, tau, count, length }: Reflectors,
  rows: Float64Array,
): void {
  for (let at = 0; at < rows.length; at += length) {
    for (let i = count - 1; i >= 0; i--) {
      if (tau[i] === 0) continue
      const v = i * length
      let sum = 0
      for (let j = 0; j < length; j++) sum += rows[at + j] * vectors[v + j]
      sum *= tau[i]
      for (let j = 0; j < length; j++) rows[at + j] -= sum * vectors[v + j]
    }
  }
}
