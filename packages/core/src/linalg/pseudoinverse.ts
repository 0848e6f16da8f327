import { eigh } from './eigh.ts'
import { multiply, type Precision, transpose } from './matrix.ts'
import { svd, svdvals } from './svd.ts'

export interface Tolerance {
  atol?: number
  /** If left out: 0 with an `atol` above 0, and otherwise `eps · max(m, n)`. */
  rtol?: number
}

/**
 * Below which singular values count as zero: PyTorch's rule, `max(atol, rtol · largest)`.
 *
 * @param eps the distance from 1 to the next number in the tensor's dtype
 */
export function rankTolerance(
  largest: number,
  m: number,
  n: number,
  eps: number,
  { atol = 0, rtol = atol > 0 ? 0 : eps * Math.max(m, n) }: Tolerance = {},
): number {
  return Math.max(atol, rtol * largest)
}

export interface RankOptions extends Tolerance, Precision {
  /** The matrix is symmetric: use its eigenvalues, read from the lower triangle. */
  hermitian?: boolean
}

/** Magnitudes of the eigenvalues or the singular values, and whether they were found. */
function magnitudes(a: Float64Array, m: number, n: number, hermitian: boolean) {
  if (!hermitian) return svdvals(a, m, n)
  const { values, info } = eigh(a, n, { valuesOnly: true })
  return { s: values.map(Math.abs), info }
}

/** How many singular values of an `m` by `n` matrix exceed the tolerance: PyTorch's `linalg.matrix_rank`. */
export function matrixRank(
  a: Float64Array,
  m: number,
  n: number,
  { hermitian = false, eps = 2 ** -52, ...tolerance }: RankOptions = {},
): { rank: number; info: number } {
  const { s, info } = magnitudes(a, m, n, hermitian)
  const limit = rankTolerance(s.length ? Math.max(...s) : 0, m, n, eps, tolerance)
  return { rank: s.filter((value) => value > limit).length, info }
}

/** The Moore–Penrose inverse, `n` by `m` (Golub & Van Loan 5.5): PyTorch's `linalg.pinv`. */
export function pseudoinverse(
  a: Float64Array,
  m: number,
  n: number,
  { hermitian = false, eps = 2 ** -52, ...tolerance }: RankOptions = {},
): { inverse: Float64Array; info: number } {
  let left: Float64Array
  let s: Float64Array
  let right: Float64Array
  let info: number
  if (hermitian) {
    const { values, vectors = new Float64Array(0), info: failed } = eigh(a, n)
    ;[left, s, right, info] = [vectors, values, transpose(vectors, n, n), failed]
  } else {
    const { u, s: values, vh, info: failed } = svd(a, m, n, { fullMatrices: false })
    ;[left, s, right, info] = [u, values, vh, failed]
  }
  const k = s.length
  const largest = k ? Math.max(...s.map(Math.abs)) : 0
  const limit = rankTolerance(largest, m, n, eps, tolerance)
  const v = transpose(right, k, n)
  for (let j = 0; j < k; j++) {
    // A NaN is not below the tolerance: it must reach the result.
    const factor = Math.abs(s[j]) <= limit ? 0 : 1 / s[j]
    for (let i = 0; i < n; i++) v[i * k + j] *= factor
  }
  return { inverse: multiply(v, transpose(left, m, k), n, k, m), info }
}
