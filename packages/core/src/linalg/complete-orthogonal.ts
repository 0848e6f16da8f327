import { type Estimate, extendLargest, extendSmallest } from './condition-estimate.ts'
import { gatherReflector, makeReflector, reflectLeft } from './householder.ts'
import { EPS } from './matrix.ts'
import { ormqr } from './qr.ts'
import { triangularSolveInPlace } from './triangular.ts'

export interface PivotedQr {
  /** R and the reflectors, as in `geqrf`. */
  a: Float64Array
  tau: Float64Array
  /** Column j of `A P` is column `order[j]` of A. */
  order: Int32Array
}

/** QR with column pivoting: the longest remaining column comes next (Golub & Van Loan 5.4; LAPACK dgeqp3). */
export function pivotedQr(matrix: Float64Array, m: number, n: number): PivotedQr {
  const a = matrix.slice()
  const steps = Math.min(m, n)
  const tau = new Float64Array(steps)
  const order = Int32Array.from({ length: n }, (_, j) => j)
  const v = new Float64Array(m)
  const lengthBelow = (row: number, j: number) => {
    let length = 0
    for (let i = row; i < m; i++) length = Math.hypot(length, a[i * n + j])
    return length
  }
  // The lengths are updated as rows are finished, and measured anew where that loses digits.
  const length = Float64Array.from({ length: n }, (_, j) => lengthBelow(0, j))
  const measured = length.slice()
  for (let i = 0; i < steps; i++) {
    let p = i
    for (let j = i + 1; j < n; j++) if (length[j] > length[p]) p = j
    if (p !== i) {
      for (let r = 0; r < m; r++) {
        const t = a[r * n + p]
        a[r * n + p] = a[r * n + i]
        a[r * n + i] = t
      }
      const t = order[p]
      order[p] = order[i]
      order[i] = t
      length[p] = length[i]
      measured[p] = measured[i]
    }
    const rows = m - i
    tau[i] = makeReflector(a, i * n + i, (i + 1) * n + i, n, rows - 1)
    gatherReflector(v, a, (i + 1) * n + i, n, rows - 1)
    reflectLeft(v, tau[i], { a, ld: n, row: i, column: i + 1, rows, columns: n - i - 1 })
    for (let j = i + 1; j < n; j++) {
      if (length[j] === 0) continue
      const rest = Math.max(0, 1 - (a[i * n + j] / length[j]) ** 2)
      if (rest * (length[j] / measured[j]) ** 2 <= Math.sqrt(EPS)) {
        length[j] = lengthBelow(i + 1, j)
        measured[j] = length[j]
      } else {
        length[j] *= Math.sqrt(rest)
      }
    }
  }
  return { a, tau, order }
}

/** How many leading columns of R are independent, judged by incremental condition estimates (LAPACK dgelsy). */
function numericalRank(r: Float64Array, n: number, steps: number, rcond: number): number {
  const first = Math.abs(r[0] ?? 0)
  if (first === 0) return 0
  let smallest: Estimate = { value: first, vector: [1] }
  let largest: Estimate = { value: first, vector: [1] }
  for (let rank = 1; rank < steps; rank++) {
    const column = Array.from({ length: rank }, (_, i) => r[i * n + rank])
    const diagonal = r[rank * n + rank]
    const nextSmallest = extendSmallest(smallest, column, diagonal)
    const nextLargest = extendLargest(largest, column, diagonal)
    if (!(nextLargest.value * rcond <= nextSmallest.value)) return rank
    smallest = nextSmallest
    largest = nextLargest
  }
  return steps
}

/**
 * The solution of least norm by a complete orthogonal decomposition `A P = Q [T 0; 0 0] Z`, and the rank
 * (Golub & Van Loan 5.5; LAPACK dgelsy).
 */
export function completeOrthogonal(
  matrix: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  k: number,
  rcond: number,
): { solution: Float64Array; rank: number } {
  const solution = new Float64Array(n * k)
  const steps = Math.min(m, n)
  // LAPACK returns at once when there is nothing to solve for.
  if (steps === 0 || k === 0) return { solution, rank: 0 }
  const { a, tau, order } = pivotedQr(matrix, m, n)
  const rank = numericalRank(a, n, steps, rcond)
  if (rank === 0) return { solution, rank }

  const c = ormqr(a, n, tau, b, m, k, { transpose: true })
  // [R11 R12] = [T 0] Z: a QR of the transpose, from the last row upwards (LAPACK dtzrzf).
  const extra = n - rank
  const zTau = new Float64Array(rank)
  for (let i = rank - 1; i >= 0 && extra > 0; i--) {
    zTau[i] = makeReflector(a, i * n + i, i * n + rank, 1, extra)
    for (let r = 0; r < i; r++)
      reflectSplit(a, r * n + i, r * n + rank, 1, a, i * n + rank, zTau[i], extra)
  }
  const t = new Float64Array(rank * rank)
  for (let i = 0; i < rank; i++) t.set(a.subarray(i * n, i * n + rank), i * rank)
  const y = new Float64Array(n * k)
  y.set(c.subarray(0, rank * k))
  triangularSolveInPlace(t, rank, y.subarray(0, rank * k), k, { upper: true })
  for (let i = 0; i < rank && extra > 0; i++) {
    for (let j = 0; j < k; j++)
      reflectSplit(y, i * k + j, rank * k + j, k, a, i * n + rank, zTau[i], extra)
  }
  for (let i = 0; i < n; i++) solution.set(y.subarray(i * k, (i + 1) * k), order[i] * k)
  return { solution, rank }
}

/** Applies a reflector whose vector is (1, v) to the vector (x[at], x[from], x[from + stride], …). */
function reflectSplit(
  x: Float64Array,
  at: number,
  from: number,
  stride: number,
  v: Float64Array,
  vAt: number,
  tau: number,
  count: number,
): void {
  let sum = x[at]
  for (let i = 0; i < count; i++) sum += x[from + i * stride] * v[vAt + i]
  sum *= tau
  x[at] -= sum
  for (let i = 0; i < count; i++) x[from + i * stride] -= sum * v[vAt + i]
}
