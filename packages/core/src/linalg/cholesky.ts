import { identity, transpose, triangle } from './matrix.ts'
import { triangularSolveInPlace } from './triangular.ts'

export interface Cholesky {
  /** The factor in its triangle, zeros in the other. */
  factor: Float64Array
  /** 0, or the order of the first leading minor that is not positive: the factor is then unfinished. */
  info: number
}

/**
 * Factors the `n` by `n` corner at `at` of a matrix with rows of length `ld` in place, in its lower
 * triangle. Recursive as LAPACK's dpotrf2, whose unfinished factors PyTorch returns.
 */
function factorInPlace(a: Float64Array, ld: number, at: number, n: number): number {
  if (n === 0) return 0
  if (n === 1) {
    if (!(a[at] > 0)) return 1
    a[at] = Math.sqrt(a[at])
    return 0
  }
  const half = Math.floor(n / 2)
  const failed = factorInPlace(a, ld, at, half)
  if (failed) return failed
  // Below the corner that is done: rows · L⁻ᵀ, then the Schur complement.
  const rest = n - half
  for (let i = half; i < n; i++) {
    const row = at + i * ld
    for (let j = 0; j < half; j++) {
      const l = at + j * ld
      let sum = a[row + j]
      for (let p = 0; p < j; p++) sum -= a[row + p] * a[l + p]
      a[row + j] = sum / a[l + j]
    }
    for (let j = half; j <= i; j++) {
      const other = at + j * ld
      let sum = a[row + j]
      for (let p = 0; p < half; p++) sum -= a[row + p] * a[other + p]
      a[row + j] = sum
    }
  }
  const info = factorInPlace(a, ld, at + half * ld + half, rest)
  return info ? info + half : 0
}

/**
 * The Cholesky factor of a symmetric positive-definite matrix (Golub & Van Loan 4.2; LAPACK dpotrf):
 * `A = L Lᵀ` from the lower triangle of `a`, or `A = Uᵀ U` from the upper. The other triangle is not read.
 */
export function cholesky(
  a: Float64Array,
  n: number,
  { upper = false }: { upper?: boolean } = {},
): Cholesky {
  const lower = triangle(upper ? transpose(a, n, n) : a, n, n, false)
  const info = factorInPlace(lower, n, 0, n)
  return { factor: upper ? transpose(lower, n, n) : lower, info }
}

/** Solves `A X = B` (`n` by `k`) with the Cholesky factor of A in the named triangle (LAPACK dpotrs). */
export function choleskySolve(
  factor: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  { upper = false }: { upper?: boolean } = {},
): Float64Array {
  const x = b.slice()
  triangularSolveInPlace(factor, n, x, k, { upper, transpose: upper })
  triangularSolveInPlace(factor, n, x, k, { upper, transpose: !upper })
  return x
}

/**
 * The inverse of A from its Cholesky factor (LAPACK dpotri); `info` is the number of the first zero on
 * the factor's diagonal, with which there is no inverse, or 0.
 */
export function choleskyInverse(
  factor: Float64Array,
  n: number,
  options: { upper?: boolean } = {},
): { inverse: Float64Array; info: number } {
  for (let i = 0; i < n; i++) {
    if (factor[i * n + i] === 0) return { inverse: factor.slice(), info: i + 1 }
  }
  return { inverse: choleskySolve(factor, n, identity(n), n, options), info: 0 }
}
