import {
  identity,
  maxAbs,
  type Precision,
  SAFE_MIN,
  scale,
  symmetric,
  transpose,
} from './matrix.ts'
import { applyTridiagonalQ, tridiagonalize } from './tridiagonal.ts'
import { tridiagonalEigen } from './tridiagonal-ql.ts'

export interface EighOptions extends Precision {
  /** Read the upper triangle instead of the lower. */
  upper?: boolean
  /** Leave the eigenvectors out. */
  valuesOnly?: boolean
}

export interface Eigh {
  /** `n` eigenvalues in ascending order. */
  values: Float64Array
  /** `n` by `n`: column j belongs to value j. */
  vectors?: Float64Array
  /** 0, or how many off-diagonal elements did not converge. */
  info: number
}

/** Turns a matrix and a vector end for end: the upper triangle becomes the lower. */
const reverse = (a: Float64Array) => a.slice().reverse()

/**
 * Eigenvalues and eigenvectors of a symmetric matrix (Golub & Van Loan 8.3; LAPACK dsyevd up to order 25,
 * whose signs the vectors have). Only the named triangle is read. A matrix that is not finite gives NaN.
 */
export function eigh(
  a: Float64Array,
  n: number,
  { upper = false, valuesOnly = false, eps = 2 ** -52 }: EighOptions = {},
): Eigh {
  const full = symmetric(a, n, upper)
  const largest = maxAbs(full)
  if (!Number.isFinite(largest)) {
    const values = new Float64Array(n).fill(Number.NaN)
    return valuesOnly
      ? { values, info: 0 }
      : { values, vectors: new Float64Array(n * n).fill(Number.NaN), info: 0 }
  }
  // Squares must neither vanish nor overflow.
  const low = Math.sqrt(SAFE_MIN / 2 ** -52)
  const factor =
    largest > 0 && largest < low ? low / largest : largest > 1 / low ? 1 / (low * largest) : 1
  if (factor !== 1) scale(full, factor)

  // LAPACK reduces an upper triangle from its end: that is a lower triangle turned end for end.
  const t = tridiagonalize(upper ? reverse(full) : full, n)
  const d = upper ? reverse(t.d) : t.d
  const e = upper ? reverse(t.e) : t.e
  const rows = valuesOnly ? undefined : identity(n)
  const info = tridiagonalEigen(d, e, n, rows, eps / 2)
  if (factor !== 1) scale(d, 1 / factor)
  if (!rows) return { values: d, info }
  if (upper) for (let i = 0; i < n; i++) rows.subarray(i * n, (i + 1) * n).reverse()
  applyTridiagonalQ(t, n, rows, n)
  if (upper) for (let i = 0; i < n; i++) rows.subarray(i * n, (i + 1) * n).reverse()
  return { values: d, vectors: transpose(rows, n, n), info }
}

/** The eigenvalues of a symmetric matrix in ascending order. */
export const eigvalsh = (
  a: Float64Array,
  n: number,
  { upper = false }: { upper?: boolean } = {},
): Eigh => eigh(a, n, { upper, valuesOnly: true })
