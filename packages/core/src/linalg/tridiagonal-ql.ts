import { givens } from './givens.ts'
import { EPS, rotateRows, SAFE_MIN, signed, swapRows } from './matrix.ts'

/** Eigenvalues of [[a, b], [b, c]], the larger in magnitude first, and its eigenvector (LAPACK dlaev2). */
function symmetric2(a: number, b: number, c: number) {
  const sum = a + c
  const difference = a - c
  const double = Math.abs(b + b)
  const root = Math.hypot(difference, double)
  const [larger, smaller] = Math.abs(a) > Math.abs(c) ? [a, c] : [c, a]
  let first: number
  let second: number
  if (sum === 0) {
    first = 0.5 * root
    second = -0.5 * root
  } else {
    first = 0.5 * (sum < 0 ? sum - root : sum + root)
    second = (larger / first) * smaller - (b / first) * b
  }
  const cs = difference >= 0 ? difference + root : difference - root
  let c1: number
  let s1: number
  if (Math.abs(cs) > double) {
    const ratio = -(b + b) / cs
    s1 = 1 / Math.sqrt(1 + ratio * ratio)
    c1 = ratio * s1
  } else if (double === 0) {
    c1 = 1
    s1 = 0
  } else {
    const ratio = -cs / (b + b)
    c1 = 1 / Math.sqrt(1 + ratio * ratio)
    s1 = ratio * c1
  }
  if (sum < 0 !== difference >= 0) [c1, s1] = [-s1, c1]
  return { first, second, c: c1, s: s1 }
}

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL or QR with Wilkinson's shift, whichever
 * end of a block is the smaller (Golub & Van Loan 8.3; LAPACK dsteqr), in place.
 *
 * @param d the diagonal; becomes the eigenvalues in ascending order
 * @param e the off-diagonal; destroyed
 * @param z rows of length `n` that are rotated along: of the identity, row i becomes eigenvector i
 * @param eps the rounding error by which an off-diagonal element is judged to be negligible
 * @returns 0, or how many off-diagonal elements did not converge
 */
export function tridiagonalEigen(
  d: Float64Array,
  e: Float64Array,
  n: number,
  z?: Float64Array,
  eps = EPS,
): number {
  const rotate = (i: number, c: number, s: number) => {
    if (z) rotateRows(z, n, i, i + 1, c, s)
  }
  let budget = 30 * n

  for (let start = 0; start < n; ) {
    let end = start
    for (; end < n - 1; end++) {
      const limit = Math.sqrt(Math.abs(d[end])) * Math.sqrt(Math.abs(d[end + 1])) * eps
      if (Math.abs(e[end]) <= limit) {
        e[end] = 0
        break
      }
    }
    // Towards the larger end: `step` is 1 for QL (from the top) and -1 for QR (from the bottom).
    const step = Math.abs(d[end]) < Math.abs(d[start]) ? -1 : 1
    const last = step === 1 ? end : start
    /** The off-diagonal element between i and i + step. */
    const link = (i: number) => (step === 1 ? i : i - 1)
    let l = step === 1 ? start : end

    while (step * (last - l) >= 0) {
      let m = l
      for (; m !== last; m += step) {
        const size = Math.abs(e[link(m)])
        const limit = eps * eps * Math.abs(d[m]) * Math.abs(d[m + step]) + SAFE_MIN
        if (size * size <= limit) {
          e[link(m)] = 0
          break
        }
      }
      if (m === l) {
        l += step
        continue
      }
      if (m === l + step) {
        const top = Math.min(l, m)
        const { first, second, c, s } = symmetric2(d[top], e[top], d[top + 1])
        rotate(top, c, s)
        d[top] = first
        d[top + 1] = second
        e[top] = 0
        l += 2 * step
        continue
      }
      if (budget-- === 0) return e.reduce((count, value) => count + (value === 0 ? 0 : 1), 0)
      const p0 = d[l]
      const shift = (d[l + step] - p0) / (2 * e[link(l)])
      let g = d[m] - p0 + e[link(l)] / (shift + signed(Math.hypot(shift, 1), shift))
      let s = 1
      let c = 1
      let p = 0
      for (let i = m - step; step * (i - l) >= 0; i -= step) {
        const at = link(i)
        const f = s * e[at]
        const b = c * e[at]
        const rotation = givens(g, f)
        c = rotation.c
        s = rotation.s
        if (i !== m - step) e[link(i + step)] = rotation.r
        g = d[i + step] - p
        const r = (d[i] - g) * s + 2 * c * b
        p = s * r
        d[i + step] = g + p
        g = c * r - b
        rotate(at, c, -step * s)
      }
      d[l] -= p
      e[link(l)] = g
    }
    start = end + 1
  }

  for (let i = 0; i < n - 1; i++) {
    let k = i
    for (let j = i + 1; j < n; j++) if (d[j] < d[k]) k = j
    if (k === i) continue
    const t = d[k]
    d[k] = d[i]
    d[i] = t
    if (z) swapRows(z, n, i, k)
  }
  return 0
}
