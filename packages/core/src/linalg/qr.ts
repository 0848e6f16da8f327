import { gatherReflector, makeReflector, reflectLeft, reflectRight } from './householder.ts'
import { identity, triangle } from './matrix.ts'

export interface Geqrf {
  /** `m` by `n`: R on and above the diagonal, the reflectors' vectors (without their leading 1) below. */
  a: Float64Array
  /** `min(m, n)` factors of the reflectors. */
  tau: Float64Array
}

/** Householder QR in compact form (Golub & Van Loan 5.2; LAPACK dgeqrf and its signs). */
export function geqrf(matrix: Float64Array, m: number, n: number): Geqrf {
  const a = matrix.slice()
  const steps = Math.min(m, n)
  const tau = new Float64Array(steps)
  const v = new Float64Array(m)
  for (let i = 0; i < steps; i++) {
    const rows = m - i
    tau[i] = makeReflector(a, i * n + i, (i + 1) * n + i, n, rows - 1)
    gatherReflector(v, a, (i + 1) * n + i, n, rows - 1)
    reflectLeft(v, tau[i], { a, ld: n, row: i, column: i + 1, rows, columns: n - i - 1 })
  }
  return { a, tau }
}

/**
 * The first `columns` columns of the product `H1 H2 … Hk` of the reflectors that {@link geqrf} left below
 * the diagonal of an `m` by `n` matrix, k = `tau.length` (LAPACK dorgqr; PyTorch's `householder_product`
 * with `columns` = n).
 */
export function householderProduct(
  a: Float64Array,
  m: number,
  n: number,
  tau: Float64Array,
  columns = n,
): Float64Array {
  const q = identity(m, columns)
  const v = new Float64Array(m)
  for (let i = tau.length - 1; i >= 0; i--) {
    const rows = m - i
    gatherReflector(v, a, (i + 1) * n + i, n, rows - 1)
    reflectLeft(v, tau[i], { a: q, ld: columns, row: i, column: i, rows, columns: columns - i })
  }
  return q
}

export interface OrmqrOptions {
  /** `Q C` (the default) or, if false, `C Q`. */
  left?: boolean
  /** Use the transpose of Q. */
  transpose?: boolean
}

/**
 * Multiplies an `m` by `n` matrix C with the orthogonal Q whose `k` reflectors are in the columns of `a`
 * (LAPACK dormqr). `a` has m (`left`) or n rows of length `width`; k = `tau.length`.
 */
export function ormqr(
  a: Float64Array,
  width: number,
  tau: Float64Array,
  c: Float64Array,
  m: number,
  n: number,
  { left = true, transpose = false }: OrmqrOptions = {},
): Float64Array {
  const out = c.slice()
  const order = left ? m : n
  const v = new Float64Array(order)
  const k = tau.length
  // Q C = H1 (H2 (… C)) starts with the last reflector, Qᵀ C and C Q with the first.
  const ascending = left === transpose
  for (let step = 0; step < k; step++) {
    const i = ascending ? step : k - 1 - step
    const size = order - i
    gatherReflector(v, a, (i + 1) * width + i, width, size - 1)
    if (left) reflectLeft(v, tau[i], { a: out, ld: n, row: i, column: 0, rows: size, columns: n })
    else reflectRight(v, tau[i], { a: out, ld: n, row: 0, column: i, rows: m, columns: size })
  }
  return out
}

export type QrMode = 'reduced' | 'complete' | 'r'

/**
 * `A = Q R` with the signs of PyTorch's `linalg.qr` (LAPACK's: the diagonal of R may be negative).
 * With k = min(m, n), or k = m if `complete`: Q is `m` by k (absent in mode `r`), R is k by `n`.
 */
export function qr(
  a: Float64Array,
  m: number,
  n: number,
  mode: QrMode = 'reduced',
): { q?: Float64Array; r: Float64Array; k: number } {
  const packed = geqrf(a, m, n)
  const k = mode === 'complete' ? m : Math.min(m, n)
  const r = triangle(packed.a.subarray(0, k * n), k, n, true)
  if (mode === 'r') return { r, k }
  return { q: householderProduct(packed.a, m, n, packed.tau, k), r, k }
}
