import { hessenberg } from './hessenberg.ts'
import { reflectLeft, reflectRight } from './householder.ts'
import { EPS, signed } from './matrix.ts'

export interface Schur {
  /** Upper triangular except for 2 by 2 blocks, one for each pair of complex eigenvalues. */
  t: Float64Array
  q: Float64Array
  re: Float64Array
  im: Float64Array
  /** 0, or how many eigenvalues were not found. */
  info: number
}

/**
 * The real Schur form `A = Q T Qᵀ` by Francis' double-shift QR, with the eigenvalues
 * (Golub & Van Loan 7.5; EISPACK hqr2).
 */
export function schur(matrix: Float64Array, n: number): Schur {
  const { h, q } = hessenberg(matrix, n)
  const re = new Float64Array(n)
  const im = new Float64Array(n)
  let norm = 0
  for (let i = 0; i < n; i++) {
    for (let j = Math.max(i - 1, 0); j < n; j++) norm += Math.abs(h[i * n + j])
  }

  let iterations = 0
  for (let end = n - 1; end >= 0; ) {
    const start = lastSplit(h, n, end, norm)
    if (start === end) {
      re[end] = h[end * n + end]
      end--
      iterations = 0
    } else if (start === end - 1) {
      standardize(h, q, n, start, re, im)
      end -= 2
      iterations = 0
    } else {
      if (iterations++ === 30 * Math.max(10, n)) return { t: h, q, re, im, info: end + 1 }
      francisStep(h, q, n, start, end, iterations)
    }
  }
  return { t: h, q, re, im, info: 0 }
}

/** The first row of the unreduced block that ends at `end`; the subdiagonal element before it is set to zero. */
function lastSplit(h: Float64Array, n: number, end: number, norm: number): number {
  for (let i = end; i > 0; i--) {
    const size = Math.abs(h[(i - 1) * n + i - 1]) + Math.abs(h[i * n + i]) || norm
    if (Math.abs(h[i * n + i - 1]) <= 2 * EPS * size) {
      h[i * n + i - 1] = 0
      return i
    }
  }
  return 0
}

/** Makes a 2 by 2 block with real eigenvalues triangular, and records the eigenvalues of either kind. */
function standardize(
  h: Float64Array,
  q: Float64Array,
  n: number,
  i: number,
  re: Float64Array,
  im: Float64Array,
): void {
  const a = h[i * n + i]
  const b = h[i * n + i + 1]
  const c = h[(i + 1) * n + i]
  const d = h[(i + 1) * n + i + 1]
  const p = (a - d) / 2
  // The larger of b and c is divided out, so that their product does not overflow.
  const large = Math.max(Math.abs(p), Math.abs(b), Math.abs(c))
  const discriminant = (p / large) * p + (b / large) * c
  const root = Math.sqrt(Math.abs(discriminant)) * Math.sqrt(large)
  if (discriminant < 0) {
    re[i] = d + p
    re[i + 1] = d + p
    im[i] = root
    im[i + 1] = -root
    return
  }
  const z = p + signed(root, p)
  re[i] = d + z
  re[i + 1] = z === 0 ? re[i] : d - (b / z) * c
  // The rotation's first column is the eigenvector (z, c) of the first value.
  const length = Math.hypot(z, c)
  const cs = z / length
  const sn = c / length
  for (let j = i; j < n; j++) turn(h, i * n + j, (i + 1) * n + j, cs, sn)
  for (let r = 0; r < i + 2; r++) turn(h, r * n + i, r * n + i + 1, cs, sn)
  for (let r = 0; r < n; r++) turn(q, r * n + i, r * n + i + 1, cs, sn)
  h[(i + 1) * n + i] = 0
}

function turn(a: Float64Array, x: number, y: number, c: number, s: number): void {
  const t = a[x]
  a[x] = c * t + s * a[y]
  a[y] = c * a[y] - s * t
}

/** One implicit double-shift step on rows `start` to `end` of H. */
function francisStep(
  h: Float64Array,
  q: Float64Array,
  n: number,
  start: number,
  end: number,
  iteration: number,
): void {
  const at = (i: number, j: number) => h[i * n + j]
  const corner = [at(end - 1, end - 1), at(end - 1, end), at(end, end - 1), at(end, end)]
  const first = at(start, start)
  const below = at(start + 1, start)
  // One factor of every product is divided by this, so that none overflows.
  const size = Math.max(Math.abs(first), Math.abs(below), ...corner.map(Math.abs))
  let sum = corner[0] + corner[3]
  let product = (corner[0] / size) * corner[3] - (corner[1] / size) * corner[2]
  if (iteration % 10 === 0) {
    // Wilkinson's exceptional shift breaks a cycle.
    const s = Math.abs(corner[2]) + Math.abs(at(end - 1, end - 2))
    sum = 1.5 * s
    product = (s / size) * s
  }
  // The first column of (H − shift)(H − conjugate shift).
  let x = (first / size) * (first - sum) + (below / size) * at(start, start + 1) + product
  let y = (below / size) * (first + at(start + 1, start + 1) - sum)
  let z = (below / size) * at(start + 2, start + 1)
  for (let k = start; k < end; k++) {
    const reach = k === end - 1 ? 2 : 3
    if (k > start) {
      x = at(k, k - 1)
      y = at(k + 1, k - 1)
      z = reach === 3 ? at(k + 2, k - 1) : 0
    }
    const length = signed(Math.hypot(x, y, z), x)
    if (length === 0) continue
    // The reflector that takes (x, y, z) to the first axis.
    const tau = (x + length) / length
    const v = Float64Array.of(1, y / (x + length), z / (x + length))
    const column = Math.max(k - 1, start)
    reflectLeft(v, tau, { a: h, ld: n, row: k, column, rows: reach, columns: n - column })
    const rows = Math.min(k + 3, end) + 1
    reflectRight(v, tau, { a: h, ld: n, row: 0, column: k, rows, columns: reach })
    reflectRight(v, tau, { a: q, ld: n, row: 0, column: k, rows: n, columns: reach })
    if (k > start) for (let r = k + 1; r < k + reach; r++) h[r * n + k - 1] = 0
  }
}
