export interface TriangularOptions {
  /** Which triangle of the matrix is read. */
  upper?: boolean
  /** Use the transpose of that triangle. */
  transpose?: boolean
  /** Take the diagonal as ones and do not read it. */
  unitriangular?: boolean
  /** Solve `A X = B` (the default) or, if false, `X A = B`. */
  left?: boolean
}

/**
 * Solves a triangular system by substitution (Golub & Van Loan 3.1; BLAS dtrsm), in place.
 *
 * @param a `n` by `n`; only the named triangle is read
 * @param b `n` by `k` (`left`) or `k` by `n`; overwritten with the solution
 * A zero on the diagonal gives infinities and NaNs, as in PyTorch's `linalg.solve_triangular`.
 */
export function triangularSolveInPlace(
  a: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  { upper = false, transpose = false, unitriangular = false, left = true }: TriangularOptions = {},
): void {
  const forward = (upper === transpose) === left
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step
    // The unknowns that come after unknown i in the order of substitution.
    const from = forward ? i + 1 : 0
    const to = forward ? n : i
    const diagonal = unitriangular ? 1 : a[i * n + i]
    // The coefficient of unknown i in the equation of unknown j is a[i, j] or a[j, i].
    const start = transpose === left ? i * n : i
    const stride = transpose === left ? 1 : n
    if (left) {
      const row = i * k
      if (!unitriangular) for (let c = 0; c < k; c++) b[row + c] /= diagonal
      for (let j = from; j < to; j++) {
        const factor = a[start + j * stride]
        for (let c = 0; c < k; c++) b[j * k + c] -= factor * b[row + c]
      }
    } else {
      for (let r = 0; r < k; r++) {
        const row = r * n
        const x = unitriangular ? b[row + i] : b[row + i] / diagonal
        b[row + i] = x
        for (let j = from; j < to; j++) b[row + j] -= x * a[start + j * stride]
      }
    }
  }
}

/** As {@link triangularSolveInPlace}, leaving `b` alone. */
export function triangularSolve(
  a: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  options: TriangularOptions = {},
): Float64Array {
  const x = b.slice()
  triangularSolveInPlace(a, n, x, k, options)
  return x
}
