import { completeOrthogonal } from './complete-orthogonal.ts'
import { maxAbs, multiply, SAFE_MIN, transpose } from './matrix.ts'
import { geqrf, ormqr } from './qr.ts'
import { svd } from './svd.ts'
import { triangularSolveInPlace } from './triangular.ts'

export type LstsqDriver = 'gels' | 'gelsy' | 'gelsd' | 'gelss'

export interface LstsqOptions {
  /** LAPACK's driver; `gelsy`, PyTorch's default on the CPU, if it is not given. */
  driver?: LstsqDriver
  /** Singular values below `rcond` times the largest count as zero; the default is PyTorch's for float64. */
  rcond?: number
}

export interface Lstsq {
  /** `n` by `k`; of least norm where the system does not determine it. */
  solution: Float64Array
  /** Per right-hand side the sum of squares of what is left; empty unless `m > n` and the rank is n (never for gelsy). */
  residuals: Float64Array
  /** The rank that the driver found; `gels` assumes full rank and gives none. */
  rank?: number
  /** `min(m, n)` singular values; only gelsd and gelss have them. */
  singularValues?: Float64Array
  /** 0, or for gels the number of a zero on the diagonal of the triangular factor. */
  info: number
}

/**
 * The `n` by `k` matrix X that minimises `|A X − B|` column by column, with PyTorch's extras
 * (Golub & Van Loan 5.3–5.5; LAPACK dgels, dgelsy, dgelsd, dgelss).
 *
 * @param a `m` by `n`
 * @param b `m` by `k`
 */
export function lstsq(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  k: number,
  { driver = 'gelsy', rcond = 2 ** -52 * Math.max(m, n) }: LstsqOptions = {},
): Lstsq {
  if (driver === 'gels') return byQr(a, m, n, b, k)
  if (driver === 'gelsy') {
    return { ...completeOrthogonal(a, m, n, b, k, rcond), residuals: new Float64Array(0), info: 0 }
  }
  return bySvd(a, m, n, b, k, rcond)
}

/** Sums of squares down the columns of an `m` by `k` matrix from row `from` on. */
function squares(c: Float64Array, from: number, m: number, k: number): Float64Array {
  const out = new Float64Array(k)
  for (let i = from; i < m; i++) for (let j = 0; j < k; j++) out[j] += c[i * k + j] ** 2
  return out
}

/** Full rank is assumed: QR if there are more equations than unknowns, LQ if fewer. */
function byQr(a: Float64Array, m: number, n: number, b: Float64Array, k: number): Lstsq {
  const residuals = new Float64Array(m > n ? k : 0)
  // LAPACK does not look at a matrix without entries, or of zeros.
  if (maxAbs(a) === 0) return { solution: new Float64Array(n * k), residuals, info: 0 }
  const tall = m >= n
  const order = Math.min(m, n)
  const packed = tall ? geqrf(a, m, n) : geqrf(transpose(a, m, n), n, m)
  for (let i = 0; i < order; i++) {
    if (packed.a[i * order + i] === 0) {
      return { solution: new Float64Array(n * k), residuals, info: i + 1 }
    }
  }
  if (tall) {
    const c = ormqr(packed.a, n, packed.tau, b, m, k, { transpose: true })
    const solution = c.slice(0, n * k)
    triangularSolveInPlace(packed.a.subarray(0, n * n), n, solution, k, { upper: true })
    return { solution, residuals: m > n ? squares(c, n, m, k) : residuals, info: 0 }
  }
  const padded = new Float64Array(n * k)
  padded.set(b)
  const head = padded.subarray(0, m * k)
  triangularSolveInPlace(packed.a, m, head, k, { upper: true, transpose: true })
  return { solution: ormqr(packed.a, m, packed.tau, padded, n, k), residuals, info: 0 }
}

/** By the singular value decomposition: any rank. */
function bySvd(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  k: number,
  rcond: number,
): Lstsq {
  const order = Math.min(m, n)
  const { u, s, vh, info } = svd(a, m, n, { fullMatrices: false })
  const limit = Math.max(rcond * (s[0] ?? 0), SAFE_MIN)
  const c = multiply(transpose(u, m, order), b, order, m, k)
  const scaled = new Float64Array(order * k)
  let rank = 0
  for (let i = 0; i < order; i++) {
    if (!(s[i] > limit)) continue
    rank++
    for (let j = 0; j < k; j++) scaled[i * k + j] = c[i * k + j] / s[i]
  }
  const solution = multiply(transpose(vh, order, n), scaled, n, order, k)
  if (m <= n || rank < n) {
    return { solution, residuals: new Float64Array(0), rank, singularValues: s, info }
  }
  // Not B − A X, in which the rounding errors of a large X would drown what is left.
  const left = multiply(u, c, m, order, k)
  for (let i = 0; i < left.length; i++) left[i] = b[i] - left[i]
  return { solution, residuals: squares(left, 0, m, k), rank, singularValues: s, info }
}
