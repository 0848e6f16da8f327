import { makeReflector } from './householder.ts'
import { symmetric } from './matrix.ts'

export interface Tridiagonal {
  /** The diagonal, `n` long. */
  d: Float64Array
  /** The off-diagonal, `n − 1` long. */
  e: Float64Array
  /** Row i is the vector of reflector i, which is zero up to column i and 1 in column i + 1. */
  reflectors: Float64Array
  tau: Float64Array
}

/**
 * `Qᵀ A Q = T` with T symmetric and tridiagonal and `Q = H1 H2 …`, from the lower triangle of `a`
 * (Golub & Van Loan 8.3; LAPACK dsytd2).
 */
export function tridiagonalize(matrix: Float64Array, n: number): Tridiagonal {
  const a = symmetric(matrix, n, false)
  const d = new Float64Array(n)
  const e = new Float64Array(Math.max(n - 1, 0))
  const tau = new Float64Array(Math.max(n - 1, 0))
  const reflectors = new Float64Array(n * n)
  const w = new Float64Array(n)
  for (let i = 0; i < n - 1; i++) {
    const first = i + 1
    // The whole symmetric matrix is kept, so that column i below the diagonal is row i.
    const t = makeReflector(a, i * n + first, i * n + first + 1, 1, n - first - 1)
    tau[i] = t
    e[i] = a[i * n + first]
    d[i] = a[i * n + i]
    const v = reflectors.subarray(i * n, (i + 1) * n)
    v[first] = 1
    for (let j = first + 1; j < n; j++) v[j] = a[i * n + j]
    if (t === 0) continue
    let dot = 0
    for (let r = first; r < n; r++) {
      let sum = 0
      for (let j = first; j < n; j++) sum += a[r * n + j] * v[j]
      w[r] = t * sum
      dot += w[r] * v[r]
    }
    const alpha = -0.5 * t * dot
    for (let r = first; r < n; r++) w[r] += alpha * v[r]
    for (let r = first; r < n; r++) {
      const vr = v[r]
      const wr = w[r]
      for (let j = first; j < n; j++) a[r * n + j] -= vr * w[j] + wr * v[j]
    }
  }
  if (n > 0) d[n - 1] = a[n * n - 1]
  return { d, e, reflectors, tau }
}

/** Multiplies each row of `rows` (a vector of length `n`) by Q in place. */
export function applyTridiagonalQ(
  { reflectors, tau }: Pick<Tridiagonal, 'reflectors' | 'tau'>,
  n: number,
  rows: Float64Array,
  count: number,
): void {
  for (let r = 0; r < count; r++) {
    const at = r * n
    for (let i = n - 2; i >= 0; i--) {
      if (tau[i] === 0) continue
      const v = i * n
      let sum = 0
      for (let j = i + 1; j < n; j++) sum += rows[at + j] * reflectors[v + j]
      sum *= tau[i]
      for (let j = i + 1; j < n; j++) rows[at + j] -= sum * reflectors[v + j]
    }
  }
}
