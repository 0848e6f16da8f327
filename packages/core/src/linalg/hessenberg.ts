import { gatherReflector, makeReflector, reflectLeft, reflectRight } from './householder.ts'
import { identity } from './matrix.ts'

/** `A = Q H Qᵀ` with H zero below the first subdiagonal (Golub & Van Loan 7.4; LAPACK dgehd2, dorghr). */
export function hessenberg(matrix: Float64Array, n: number): { h: Float64Array; q: Float64Array } {
  const h = matrix.slice()
  const q = identity(n)
  const v = new Float64Array(n)
  for (let i = 0; i < n - 2; i++) {
    const row = i + 1
    const size = n - row
    const below = (row + 1) * n + i
    const tau = makeReflector(h, row * n + i, below, n, size - 1)
    gatherReflector(v, h, below, n, size - 1)
    for (let r = row + 1; r < n; r++) h[r * n + i] = 0
    reflectLeft(v, tau, { a: h, ld: n, row, column: row, rows: size, columns: size })
    reflectRight(v, tau, { a: h, ld: n, row: 0, column: row, rows: n, columns: size })
    reflectRight(v, tau, { a: q, ld: n, row: 0, column: row, rows: n, columns: size })
  }
  return { h, q }
}
