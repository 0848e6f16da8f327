import { swapRows } from './matrix.ts'

export interface LdlFactors {
  /** `n` by `n`: D on the diagonal (with the off-diagonal of its 2 by 2 blocks below it) and L below; zeros above. */
  ld: Float64Array
  /** Rows exchanged, counted from 1; a 2 by 2 block has the same negative number twice. */
  pivots: Int32Array
  /** 0, or the number (from 1) of the first block of D that is exactly zero. */
  info: number
}

/** Bunch and Kaufman's bound, which balances growth in 1 by 1 and 2 by 2 steps. */
const ALPHA = (1 + Math.sqrt(17)) / 8

/**
 * `A = L D Lᵀ` with diagonal pivoting, D in blocks of 1 by 1 and 2 by 2, from the lower triangle
 * (Golub & Van Loan 4.4; LAPACK dsytf2): PyTorch's `linalg.ldl_factor`.
 */
export function ldlFactor(matrix: Float64Array, n: number): LdlFactors {
  const a = matrix.slice()
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n)
  const at = (i: number, j: number) => Math.abs(a[i * n + j])
  const pivots = new Int32Array(n)
  let info = 0

  for (let k = 0; k < n; ) {
    let size = 1
    let p = k
    const diagonal = at(k, k)
    let row = k
    let below = 0
    for (let i = k + 1; i < n; i++) {
      if (row === k || at(i, k) > below) {
        row = i
        below = at(i, k)
      }
    }
    if (Math.max(diagonal, below) === 0 || Number.isNaN(diagonal)) {
      if (info === 0) info = k + 1
      pivots[k] = k + 1
      k++
      continue
    }
    if (diagonal < ALPHA * below) {
      let largest = 0
      for (let j = k; j < row; j++) largest = Math.max(largest, at(row, j))
      for (let i = row + 1; i < n; i++) largest = Math.max(largest, at(i, row))
      if (diagonal < ALPHA * below * (below / largest)) {
        p = row
        if (at(row, row) < ALPHA * largest) size = 2
      }
    }
    const target = k + size - 1
    if (p !== target) exchange(a, n, k, target, p)
    if (size === 1) eliminateOne(a, n, k)
    else eliminateTwo(a, n, k)
    for (let i = k; i < k + size; i++) pivots[i] = size === 1 ? p + 1 : -(p + 1)
    k += size
  }
  return { ld: a, pivots, info }
}

/** Exchanges rows and columns `i` and `p > i` of the trailing symmetric matrix that starts at `k`, in its lower triangle. */
function exchange(a: Float64Array, n: number, k: number, i: number, p: number): void {
  const swap = (x: number, y: number) => {
    const t = a[x]
    a[x] = a[y]
    a[y] = t
  }
  for (let r = p + 1; r < n; r++) swap(r * n + i, r * n + p)
  for (let r = i + 1; r < p; r++) swap(r * n + i, p * n + r)
  swap(i * n + i, p * n + p)
  // In a 2 by 2 step column k keeps its place, and its two elements change theirs.
  for (let c = k; c < i; c++) swap(i * n + c, p * n + c)
}

function eliminateOne(a: Float64Array, n: number, k: number): void {
  const inverse = 1 / a[k * n + k]
  for (let i = k + 1; i < n; i++) {
    const factor = a[i * n + k] * inverse
    for (let j = k + 1; j <= i; j++) a[i * n + j] -= factor * a[j * n + k]
  }
  for (let i = k + 1; i < n; i++) a[i * n + k] *= inverse
}

function eliminateTwo(a: Float64Array, n: number, k: number): void {
  const off = a[(k + 1) * n + k]
  const d11 = a[(k + 1) * n + k + 1] / off
  const d22 = a[k * n + k] / off
  const t = 1 / (d11 * d22 - 1) / off
  for (let j = k + 2; j < n; j++) {
    const first = t * (d11 * a[j * n + k] - a[j * n + k + 1])
    const second = t * (d22 * a[j * n + k + 1] - a[j * n + k])
    for (let i = j; i < n; i++) a[i * n + j] -= a[i * n + k] * first + a[i * n + k + 1] * second
    a[j * n + k] = first
    a[j * n + k + 1] = second
  }
}

/** Solves `A X = B` (`n` by `k`) with the factors (LAPACK dsytrs): PyTorch's `linalg.ldl_solve`. */
export function ldlSolve(
  { ld, pivots }: Pick<LdlFactors, 'ld' | 'pivots'>,
  n: number,
  b: Float64Array,
  k: number,
): Float64Array {
  const x = b.slice()
  const subtract = (row: number, factor: number, from: number) => {
    for (let c = 0; c < k; c++) x[row * k + c] -= factor * x[from * k + c]
  }
  for (let i = 0; i < n; ) {
    const size = pivots[i] > 0 ? 1 : 2
    swapRows(x, k, i + size - 1, Math.abs(pivots[i]) - 1)
    for (let j = i; j < i + size; j++) {
      for (let r = i + size; r < n; r++) subtract(r, ld[r * n + j], j)
    }
    if (size === 1) {
      for (let c = 0; c < k; c++) x[i * k + c] /= ld[i * n + i]
    } else {
      const off = ld[(i + 1) * n + i]
      const d1 = ld[i * n + i] / off
      const d2 = ld[(i + 1) * n + i + 1] / off
      const determinant = d1 * d2 - 1
      for (let c = 0; c < k; c++) {
        const b1 = x[i * k + c] / off
        const b2 = x[(i + 1) * k + c] / off
        x[i * k + c] = (d2 * b1 - b2) / determinant
        x[(i + 1) * k + c] = (d1 * b2 - b1) / determinant
      }
    }
    i += size
  }
  for (let i = n - 1; i >= 0; ) {
    const size = pivots[i] > 0 ? 1 : 2
    for (let j = i; j > i - size; j--) {
      for (let r = i + 1; r < n; r++) subtract(j, ld[r * n + j], r)
    }
    swapRows(x, k, i, Math.abs(pivots[i]) - 1)
    i -= size
  }
  return x
}
