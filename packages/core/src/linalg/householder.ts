import { SAFE_MIN, signed } from './matrix.ts'

const TINY = SAFE_MIN / 2 ** -53

function norm(a: Float64Array, at: number, stride: number, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += a[at + i * stride] ** 2
  if (sum > 1e-200 && sum < 1e200) return Math.sqrt(sum)
  // Out of the range in which squares can be added: scale by the largest (BLAS dnrm2).
  let largest = 0
  for (let i = 0; i < count; i++) {
    const value = Math.abs(a[at + i * stride])
    if (!(value <= largest)) largest = value
  }
  if (largest === 0 || !Number.isFinite(largest)) return largest
  sum = 0
  for (let i = 0; i < count; i++) sum += (a[at + i * stride] / largest) ** 2
  return largest * Math.sqrt(sum)
}

/**
 * Makes an elementary reflector `H = I − tau·v·vᵀ`, `v = (1, x')`, with `H·(alpha, x) = (beta, 0)`, in
 * place: `a[alphaAt]` becomes beta and the `count` elements of x become x'. LAPACK dlarfg, whose sign
 * is kept: beta has the sign opposite to alpha, except that an x of zeros is left alone (tau = 0).
 *
 * @returns tau
 */
export function makeReflector(
  a: Float64Array,
  alphaAt: number,
  xAt: number,
  stride: number,
  count: number,
): number {
  let length = norm(a, xAt, stride, count)
  if (count <= 0 || length === 0) return 0
  let alpha = a[alphaAt]
  let beta = -signed(Math.hypot(alpha, length), alpha)
  let scalings = 0
  while (Math.abs(beta) < TINY && scalings < 20) {
    for (let i = 0; i < count; i++) a[xAt + i * stride] /= TINY
    alpha /= TINY
    length = norm(a, xAt, stride, count)
    beta = -signed(Math.hypot(alpha, length), alpha)
    scalings++
  }
  const factor = 1 / (alpha - beta)
  for (let i = 0; i < count; i++) a[xAt + i * stride] *= factor
  const tau = (beta - alpha) / beta
  for (; scalings > 0; scalings--) beta *= TINY
  a[alphaAt] = beta
  return tau
}

/** The vector of a reflector, `(1, x')`, gathered into `v`. */
export function gatherReflector(
  v: Float64Array,
  a: Float64Array,
  xAt: number,
  stride: number,
  count: number,
): void {
  v[0] = 1
  for (let i = 0; i < count; i++) v[i + 1] = a[xAt + i * stride]
}

/** A rectangle inside a matrix whose rows are `ld` long, in place of a copy. */
export interface Block {
  a: Float64Array
  ld: number
  row: number
  column: number
  rows: number
  columns: number
}

/** `C := H C` in place for a block C with as many rows as `v` is long. */
export function reflectLeft(v: Float64Array, tau: number, block: Block): void {
  if (tau === 0) return
  const { a, ld, row, column, rows, columns } = block
  const sums = new Float64Array(columns)
  for (let i = 0; i < rows; i++) {
    const at = (row + i) * ld + column
    const factor = v[i]
    for (let j = 0; j < columns; j++) sums[j] += factor * a[at + j]
  }
  for (let i = 0; i < rows; i++) {
    const at = (row + i) * ld + column
    const factor = tau * v[i]
    for (let j = 0; j < columns; j++) a[at + j] -= factor * sums[j]
  }
}

/** `C := C H` in place for a block C with as many columns as `v` is long. */
export function reflectRight(v: Float64Array, tau: number, block: Block): void {
  if (tau === 0) return
  const { a, ld, row, column, rows, columns } = block
  for (let i = 0; i < rows; i++) {
    const at = (row + i) * ld + column
    let sum = 0
    for (let j = 0; j < columns; j++) sum += a[at + j] * v[j]
    sum *= tau
    for (let j = 0; j < columns; j++) a[at + j] -= sum * v[j]
  }
}
