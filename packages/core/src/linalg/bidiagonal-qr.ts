import { givens } from './givens.ts'
import { EPS, rotateRows, SAFE_MIN, scale, signed, swapRows } from './matrix.ts'
import { smallerSingularValue2, triangularSvd2 } from './svd2.ts'

/** Rows of length `n` that are rotated along with a bidiagonal matrix. */
export interface Followers {
  /** Row i becomes the left singular vector of value i, if these start as the identity. */
  ut: Float64Array
  /** The same for the right singular vectors. */
  vt: Float64Array
}

/**
 * Singular values of an upper bidiagonal matrix by implicit QR with zero shift where that keeps tiny
 * values accurate (Demmel & Kahan 1990; LAPACK dbdsqr), in place.
 *
 * @param d the diagonal; becomes the singular values in descending order
 * @param e the superdiagonal; destroyed
 * @param eps the rounding error by which a superdiagonal element is judged to be negligible
 * @returns 0, or how many superdiagonal elements did not converge
 */
export function bidiagonalSvd(
  d: Float64Array,
  e: Float64Array,
  n: number,
  follow?: Followers,
  eps = EPS,
): number {
  const tolerance = Math.max(10, Math.min(100, eps ** -0.125)) * eps
  const left = (i: number, c: number, s: number) => {
    if (follow) rotateRows(follow.ut, n, i, i + 1, c, s)
  }
  const right = (i: number, c: number, s: number) => {
    if (follow) rotateRows(follow.vt, n, i, i + 1, c, s)
  }

  // What is negligible, relative to a lower bound of the smallest singular value.
  let smallest = Math.abs(d[0])
  for (let i = 1, mu = smallest; i < n && smallest !== 0; i++) {
    mu = Math.abs(d[i]) * (mu / (mu + Math.abs(e[i - 1])))
    smallest = Math.min(smallest, mu)
  }
  const threshold = Math.max((tolerance * smallest) / Math.sqrt(n), 6 * n * n * SAFE_MIN)
  let budget = 6 * n * n
  let top = -1
  let bottom = -1
  let down = true

  for (let m = n - 1; m > 0; ) {
    // The unreduced block ll..m at the end.
    let largest = Math.abs(d[m])
    let ll = m - 1
    for (; ll >= 0; ll--) {
      const size = Math.abs(e[ll])
      if (size <= threshold) {
        e[ll] = 0
        break
      }
      largest = Math.max(largest, Math.abs(d[ll]), size)
    }
    if (ll === m - 1) {
      m--
      continue
    }
    ll++
    if (ll === m - 1) {
      const { max, min, cl, sl, cr, sr } = triangularSvd2(d[m - 1], e[m - 1], d[m])
      d[m - 1] = max
      e[m - 1] = 0
      d[m] = min
      right(m - 1, cr, sr)
      left(m - 1, cl, sl)
      m -= 2
      continue
    }
    if (budget <= 0) return e.reduce((count, value) => count + (value === 0 ? 0 : 1), 0)
    // Chase the bulge towards the smaller end, and decide afresh only for a new block.
    if (ll > bottom || m < top) down = Math.abs(d[ll]) >= Math.abs(d[m])

    const [head, tail] = down ? [ll, m] : [m, ll]
    const step = down ? 1 : -1
    /** The superdiagonal element between i and i + step. */
    const link = (i: number) => (down ? i : i - 1)
    // Demmel & Kahan's convergence criteria.
    if (Math.abs(e[link(tail - step)]) <= tolerance * Math.abs(d[tail])) {
      e[link(tail - step)] = 0
      continue
    }
    let mu = Math.abs(d[head])
    let least = mu
    let split = false
    for (let i = head; i !== tail; i += step) {
      const size = Math.abs(e[link(i)])
      if (size <= tolerance * mu) {
        e[link(i)] = 0
        split = true
        break
      }
      mu = Math.abs(d[i + step]) * (mu / (mu + size))
      least = Math.min(least, mu)
    }
    if (split) continue
    top = ll
    bottom = m

    let shift = 0
    if (n * tolerance * (least / largest) > Math.max(eps, 0.01 * tolerance)) {
      const at = down ? m - 1 : ll
      shift = smallerSingularValue2(d[at], e[at], d[at + 1])
      const start = Math.abs(d[head])
      if (start > 0 && (shift / start) ** 2 < eps) shift = 0
    }
    budget -= m - ll

    // Going up exchanges the parts of the left and the right vectors, and turns the other way.
    const first = down ? right : left
    const second = down ? left : right
    if (shift === 0) {
      let c = 1
      let outer = { c: 1, s: 0, r: 0 }
      for (let i = head; i !== tail; i += step) {
        const inner = givens(d[i] * c, e[link(i)])
        c = inner.c
        if (i !== head) e[link(i - step)] = outer.s * inner.r
        outer = givens(outer.c * inner.r, d[i + step] * inner.s)
        d[i] = outer.r
        first(link(i), inner.c, step * inner.s)
        second(link(i), outer.c, step * outer.s)
      }
      const h = d[tail] * c
      d[tail] = h * outer.c
      e[link(tail - step)] = h * outer.s
    } else {
      let f = (Math.abs(d[head]) - shift) * (signed(1, d[head]) + shift / d[head])
      let g = e[link(head)]
      for (let i = head; i !== tail; i += step) {
        const at = link(i)
        const inner = givens(f, g)
        if (i !== head) e[link(i - step)] = inner.r
        f = inner.c * d[i] + inner.s * e[at]
        e[at] = inner.c * e[at] - inner.s * d[i]
        g = inner.s * d[i + step]
        d[i + step] *= inner.c
        const outer = givens(f, g)
        d[i] = outer.r
        f = outer.c * e[at] + outer.s * d[i + step]
        d[i + step] = outer.c * d[i + step] - outer.s * e[at]
        if (i + step !== tail) {
          g = outer.s * e[link(i + step)]
          e[link(i + step)] *= outer.c
        }
        first(at, inner.c, step * inner.s)
        second(at, outer.c, step * outer.s)
      }
      e[link(tail - step)] = f
    }
    if (Math.abs(e[link(tail - step)]) <= threshold) e[link(tail - step)] = 0
  }

  for (let i = 0; i < n; i++) {
    if (d[i] < 0) {
      d[i] = -d[i]
      if (follow) scale(follow.vt.subarray(i * n, (i + 1) * n), -1)
    } else if (d[i] === 0) d[i] = 0
  }
  sortDescending(d, n, follow)
  return 0
}

function sortDescending(d: Float64Array, n: number, follow?: Followers): void {
  for (let end = n - 1; end > 0; end--) {
    let least = 0
    for (let j = 1; j <= end; j++) if (d[j] <= d[least]) least = j
    if (least === end) continue
    const t = d[least]
    d[least] = d[end]
    d[end] = t
    if (follow) {
      swapRows(follow.ut, n, least, end)
      swapRows(follow.vt, n, least, end)
    }
  }
}
