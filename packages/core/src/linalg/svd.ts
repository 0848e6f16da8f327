import { applyReflectors, bidiagonalize } from './bidiagonal.ts'
import { bidiagonalSvd, type Followers } from './bidiagonal-qr.ts'
import { type Givens, givens } from './givens.ts'
import {
  corner,
  identity,
  maxAbs,
  multiply,
  type Precision,
  rotateRows,
  SAFE_MIN,
  scale,
  transpose,
  triangle,
} from './matrix.ts'
import { geqrf, householderProduct } from './qr.ts'

export interface SvdOptions extends Precision {
  /** U is `m` by `m` and Vᵀ is `n` by `n` (the default), instead of min(m, n) vectors of each. */
  fullMatrices?: boolean
}

export interface Svd {
  /** `m` by `ku`: left singular vectors in columns; `ku` is m if `fullMatrices`, or else min(m, n). */
  u: Float64Array
  /** `min(m, n)` singular values in descending order. */
  s: Float64Array
  /** `kv` by `n`: right singular vectors in rows; `kv` is n if `fullMatrices`, or else min(m, n). */
  vh: Float64Array
  /** 0; -4 for a NaN in the matrix; or how many superdiagonal elements did not converge. */
  info: number
}

/** LAPACK's -4: the fourth argument of dgesdd, the matrix, is illegal. */
const NOT_A_NUMBER = -4

/** Scales a copy into the range in which squares neither vanish nor overflow. */
function prepare(matrix: Float64Array): { a: Float64Array; factor: number; info: number } {
  const a = matrix.slice()
  const largest = maxAbs(a)
  if (Number.isNaN(largest)) return { a, factor: 1, info: NOT_A_NUMBER }
  const low = Math.sqrt(SAFE_MIN) / 2 ** -52
  const factor =
    largest > 0 && largest < low ? low / largest : largest > 1 / low ? 1 / (low * largest) : 1
  if (factor !== 1 && Number.isFinite(largest)) scale(a, factor)
  return { a, factor, info: 0 }
}

/** Singular values of a bidiagonal matrix, with vectors in the rows of `follow` if that is given. */
function bidiagonal(
  d: Float64Array,
  e: Float64Array,
  k: number,
  lower: boolean,
  follow: Followers | undefined,
  eps: number,
): number {
  // A lower bidiagonal matrix is rotated to an upper one, and its left vectors are rotated back.
  const turns: Givens[] = []
  if (lower) {
    for (let i = 0; i < k - 1; i++) {
      const turn = givens(d[i], e[i])
      turns.push(turn)
      d[i] = turn.r
      e[i] = turn.s * d[i + 1]
      d[i + 1] *= turn.c
    }
  }
  // LAPACK puts the sign of a single value into its left vector.
  if (k === 1 && follow) follow.ut[0] = d[0] < 0 || Object.is(d[0], -0) ? -1 : 1
  if (k === 1) d[0] = Math.abs(d[0])
  const info = bidiagonalSvd(d, e, k, follow, eps / 2)
  if (follow && lower) {
    // Rows of ut are the vectors, so that a rotation of two coordinates is one of two columns.
    const columns = transpose(follow.ut, k, k)
    for (let i = k - 2; i >= 0; i--) {
      rotateRows(columns, k, i, i + 1, turns[i].c, -turns[i].s)
    }
    follow.ut.set(transpose(columns, k, k))
  }
  return info
}

/** The rows of a `k` by `k` matrix, followed by zeros to `length`, and by unit vectors to `count` rows. */
function extend(rows: Float64Array, k: number, count: number, length: number): Float64Array {
  const out = new Float64Array(count * length)
  for (let i = 0; i < k; i++) out.set(rows.subarray(i * k, (i + 1) * k), i * length)
  for (let i = k; i < count; i++) out[i * length + i] = 1
  return out
}

/** Puts the singular vectors of R in place: the first k columns of Q become Q times them. */
function intoColumns(q: Float64Array, m: number, columns: number, u: Float64Array, k: number) {
  const product = multiply(corner(q, columns, m, k), u, m, k, k)
  for (let i = 0; i < m; i++) q.set(product.subarray(i * k, (i + 1) * k), i * columns)
  return q
}

/** A matrix is so tall (wide) that LAPACK takes its R (L) first. */
const isLong = (long: number, short: number) => long >= Math.trunc((short * 11) / 6)

/**
 * `A = U diag(S) Vᵀ` for an `m` by `n` matrix (Golub & Van Loan 8.6; LAPACK dgesdd with min(m, n) up to 25,
 * whose signs the vectors have): bidiagonalised, after a QR or LQ step if the matrix is long, then
 * implicit QR. A NaN gives `info` < 0; an infinity gives NaNs.
 */
export function svd(
  matrix: Float64Array,
  m: number,
  n: number,
  { fullMatrices = true, eps = 2 ** -52 }: SvdOptions = {},
): Svd {
  const k = Math.min(m, n)
  const ku = fullMatrices ? m : k
  const kv = fullMatrices ? n : k
  if (k === 0) return { u: identity(m, ku), s: new Float64Array(0), vh: identity(kv, n), info: 0 }
  const { a, factor, info } = prepare(matrix)
  if (info || !Number.isFinite(maxAbs(a))) {
    const nan = (size: number) => new Float64Array(size).fill(Number.NaN)
    return { u: nan(m * ku), s: nan(k), vh: nan(kv * n), info }
  }

  let out: Svd
  if (m >= n && isLong(m, n)) {
    const packed = geqrf(a, m, n)
    const inner = square(triangle(packed.a.subarray(0, n * n), n, n, true), n, eps)
    const q = householderProduct(packed.a, m, n, packed.tau, ku)
    out = { ...inner, u: intoColumns(q, m, ku, inner.u, n) }
  } else if (m < n && isLong(n, m)) {
    // The LQ factors of A are the transposed QR factors of its transpose.
    const packed = geqrf(transpose(a, m, n), n, m)
    const inner = square(transpose(triangle(packed.a.subarray(0, m * m), m, m, true), m, m), m, eps)
    const q = householderProduct(packed.a, n, m, packed.tau, kv)
    const v = intoColumns(q, n, kv, transpose(inner.vh, m, m), m)
    out = { ...inner, vh: transpose(v, n, kv) }
  } else {
    out = direct(a, m, n, ku, kv, eps)
  }
  if (factor !== 1) scale(out.s, 1 / factor)
  return out
}

const square = (a: Float64Array, n: number, eps: number): Svd => direct(a, n, n, n, n, eps)

function direct(a: Float64Array, m: number, n: number, ku: number, kv: number, eps: number): Svd {
  const k = Math.min(m, n)
  const { d, e, q, p } = bidiagonalize(a, m, n)
  const follow = { ut: identity(k), vt: identity(k) }
  const info = bidiagonal(d, e, k, m < n, follow, eps)
  const ut = extend(follow.ut, k, ku, m)
  applyReflectors(q, ut)
  const vh = extend(follow.vt, k, kv, n)
  applyReflectors(p, vh)
  return { u: transpose(ut, ku, m), s: d, vh, info }
}

/** The singular values alone, in descending order; `info` as in {@link svd}. */
export function svdvals(
  matrix: Float64Array,
  m: number,
  n: number,
): { s: Float64Array; info: number } {
  const k = Math.min(m, n)
  if (k === 0) return { s: new Float64Array(0), info: 0 }
  const { a, factor, info } = prepare(matrix)
  if (info || !Number.isFinite(maxAbs(a))) return { s: new Float64Array(k).fill(Number.NaN), info }
  const { d, e } = reduce(a, m, n)
  const failed = bidiagonal(d, e, k, false, undefined, 2 ** -52)
  if (factor !== 1) scale(d, 1 / factor)
  return { s: d, info: failed }
}

/** The upper bidiagonal matrix with the singular values of A. */
function reduce(a: Float64Array, m: number, n: number) {
  if (m < n) return reduce(transpose(a, m, n), n, m)
  if (!isLong(m, n)) return bidiagonalize(a, m, n)
  return bidiagonalize(triangle(geqrf(a, m, n).a.subarray(0, n * n), n, n, true), n, n)
}
