/**
 * What the dense routines share. A matrix is a row-major `Float64Array` whose sizes travel beside it;
 * no routine changes its arguments unless it says so. Batches are the caller's loop.
 */

/** LAPACK's `dlamch('E')`: half the distance from 1 to the next number. */
export const EPS = 2 ** -53
/**
 * Of a dtype. Iterations stop where they would in that dtype: how often a vector is turned over depends on
 * the number of steps, so that float32's signs need float32's steps.
 */
export interface Precision {
  /** The distance from 1 to the next number, PyTorch's `finfo(dtype).eps`; the default is float64's. */
  eps?: number
}
/** The smallest normal number: LAPACK's `dlamch('S')`. */
export const SAFE_MIN = 2 ** -1022

/** Fortran's SIGN: the magnitude of `magnitude` with the sign of `of` (a signed zero counts). */
export const signed = (magnitude: number, of: number): number =>
  of < 0 || Object.is(of, -0) ? -Math.abs(magnitude) : Math.abs(magnitude)

/** Ones on the main diagonal of an `m` by `n` matrix, zeros elsewhere. */
export function identity(m: number, n = m): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = Math.min(m, n) - 1; i >= 0; i--) out[i * n + i] = 1
  return out
}

/** The transpose of an `m` by `n` matrix. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]
  return out
}

/** The product of an `m` by `k` and a `k` by `n` matrix. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    const to = i * n
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p]
      const from = p * n
      for (let j = 0; j < n; j++) out[to + j] += factor * b[from + j]
    }
  }
  return out
}

/** A copy of the part of an `m` by `n` matrix on and below (above) the main diagonal. */
export function triangle(a: Float64Array, m: number, n: number, upper: boolean): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    const from = upper ? Math.min(i, n) : 0
    const to = upper ? n : Math.min(i + 1, n)
    for (let j = from; j < to; j++) out[i * n + j] = a[i * n + j]
  }
  return out
}

/** A copy of the `m` by `n` corner at the upper left of a matrix whose rows are `width` long. */
export function corner(a: Float64Array, width: number, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) out.set(a.subarray(i * width, i * width + n), i * n)
  return out
}

/** The symmetric matrix of which `a` holds the lower (upper) triangle. */
export function symmetric(a: Float64Array, n: number, upper: boolean): Float64Array {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = upper ? a[j * n + i] : a[i * n + j]
      out[i * n + j] = value
      out[j * n + i] = value
    }
  }
  return out
}

/** Exchanges two rows of length `n` in place. */
export function swapRows(a: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return
  const p = i * n
  const q = j * n
  for (let c = 0; c < n; c++) {
    const t = a[p + c]
    a[p + c] = a[q + c]
    a[q + c] = t
  }
}

/** Rotates rows `i` and `j` of length `n` in place: (x, y) becomes (c·x + s·y, c·y − s·x). */
export function rotateRows(
  a: Float64Array,
  n: number,
  i: number,
  j: number,
  c: number,
  s: number,
): void {
  const p = i * n
  const q = j * n
  for (let k = 0; k < n; k++) {
    const x = a[p + k]
    const y = a[q + k]
    a[p + k] = c * x + s * y
    a[q + k] = c * y - s * x
  }
}

/** The largest magnitude; NaN when there is a NaN, 0 when there is nothing. */
export function maxAbs(a: Float64Array): number {
  let max = 0
  for (let i = 0; i < a.length; i++) {
    const value = Math.abs(a[i])
    if (!(value <= max)) max = value
    if (Number.isNaN(max)) return max
  }
  return max
}

/** Multiplies in place. */
export function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] *= factor
}
