import { EPS, maxAbs } from './matrix.ts'
import { type Schur, schur } from './schur.ts'

export interface Eig {
  /** Real and imaginary parts of the `n` eigenvalues; a pair stands together, the positive part first. */
  re: Float64Array
  im: Float64Array
  /** Real and imaginary parts of the right eigenvectors in columns, `n` by `n`, each of length 1. */
  vectorsRe: Float64Array
  vectorsIm: Float64Array
  /** 0, or how many eigenvalues were not found. */
  info: number
}

/** The eigenvalues of a real square matrix; NaN if it is not finite. */
export function eigvals(
  a: Float64Array,
  n: number,
): { re: Float64Array; im: Float64Array; info: number } {
  if (!a.every(Number.isFinite)) {
    return { re: new Float64Array(n).fill(Number.NaN), im: new Float64Array(n), info: 0 }
  }
  const { scaled, factor } = normalize(a)
  const { re, im, info } = schur(scaled, n)
  return { re: re.map((x) => x * factor), im: im.map((x) => x * factor), info }
}

/** Divides by a power of two (exactly), so that the largest element is near 1 and no product overflows. */
function normalize(a: Float64Array): { scaled: Float64Array; factor: number } {
  const largest = maxAbs(a)
  const factor = largest === 0 ? 1 : 2 ** Math.floor(Math.log2(largest))
  return { scaled: a.map((x) => x / factor), factor }
}

/** Eigenvalues and right eigenvectors of a real square matrix (Golub & Van Loan 7.6; LAPACK dgeev). */
export function eig(a: Float64Array, n: number): Eig {
  const vectorsRe = new Float64Array(n * n)
  const vectorsIm = new Float64Array(n * n)
  if (!a.every(Number.isFinite)) {
    vectorsRe.fill(Number.NaN)
    return { ...eigvals(a, n), vectorsRe, vectorsIm }
  }
  const { scaled, factor } = normalize(a)
  const form = schur(scaled, n)
  const { q, re, im, info } = form
  for (let j = 0; j < n; j++) {
    // The second of a pair is the conjugate of the first.
    if (im[j] < 0) {
      for (let i = 0; i < n; i++) {
        vectorsRe[i * n + j] = vectorsRe[i * n + j - 1]
        vectorsIm[i * n + j] = -vectorsIm[i * n + j - 1]
      }
      continue
    }
    const { x, y } = substitute(form, n, j)
    let length = 0
    for (let i = 0; i < n; i++) {
      let sumRe = 0
      let sumIm = 0
      for (let p = 0; p < x.length; p++) {
        sumRe += q[i * n + p] * x[p]
        sumIm += q[i * n + p] * y[p]
      }
      vectorsRe[i * n + j] = sumRe
      vectorsIm[i * n + j] = sumIm
      length = Math.hypot(length, sumRe, sumIm)
    }
    for (let i = 0; i < n; i++) {
      vectorsRe[i * n + j] /= length
      vectorsIm[i * n + j] /= length
    }
  }
  return {
    re: re.map((x) => x * factor),
    im: im.map((x) => x * factor),
    vectorsRe,
    vectorsIm,
    info,
  }
}

type Complex = [re: number, im: number]
/** Two coefficients and a right-hand side. */
type Equation = [Complex, Complex, Complex]

/** (a + bi) / (c + di) without needless overflow (Smith 1962). */
function divide([a, b]: Complex, [c, d]: Complex): Complex {
  if (Math.abs(c) >= Math.abs(d)) {
    const r = d / c
    const t = 1 / (c + d * r)
    return [(a + b * r) * t, (b - a * r) * t]
  }
  const r = c / d
  const t = 1 / (c * r + d)
  return [(a * r + b) * t, (b * r - a) * t]
}

/** a − b·c */
const subtract = (a: Complex, b: Complex, c: Complex): Complex => [
  a[0] - (b[0] * c[0] - b[1] * c[1]),
  a[1] - (b[0] * c[1] + b[1] * c[0]),
]

/** A divisor that is zero but for rounding (of a repeated eigenvalue) is moved, so that a vector is found. */
const awayFromZero = (z: Complex, smallest: number): Complex =>
  Math.abs(z[0]) + Math.abs(z[1]) < smallest ? [smallest, 0] : z

/** Two equations with two unknowns by elimination with pivoting (LAPACK dlaln2). */
function solveTwo(e: Equation, f: Equation, smallest: number): [Complex, Complex] {
  const [p, q] = Math.hypot(...e[0]) >= Math.hypot(...f[0]) ? [e, f] : [f, e]
  const pivot = awayFromZero(p[0], smallest)
  const factor = divide(q[0], pivot)
  const rest = awayFromZero(subtract(q[1], factor, p[1]), smallest)
  const second = divide(subtract(q[2], factor, p[2]), rest)
  return [divide(subtract(p[2], p[1], second), pivot), second]
}

/**
 * The eigenvector `x + y·i` of the Schur form that belongs to eigenvalue `j`, by substitution upwards
 * (LAPACK dtrevc). It ends at the block of the eigenvalue.
 */
function substitute({ t, re, im }: Schur, n: number, j: number) {
  const wr = re[j]
  const wi = im[j]
  const size = wi === 0 ? 1 : 2
  const last = j + size - 1
  const x = new Float64Array(last + 1)
  const y = new Float64Array(last + 1)
  let norm = 0
  for (let i = 0; i < n; i++)
    for (let c = 0; c < n; c++) norm = Math.max(norm, Math.abs(t[i * n + c]))
  const smallest = EPS * (norm || 1)

  if (size === 1) x[j] = 1
  else if (Math.abs(t[j * n + j + 1]) >= Math.abs(t[(j + 1) * n + j])) {
    x[j] = 1
    y[j + 1] = wi / t[j * n + j + 1]
    x[j + 1] = (wr - t[j * n + j]) / t[j * n + j + 1]
  } else {
    x[j + 1] = 1
    y[j] = wi / t[(j + 1) * n + j]
    x[j] = (wr - t[(j + 1) * n + j + 1]) / t[(j + 1) * n + j]
  }

  /** Minus what row `i` of T times the part of the vector after `from` comes to. */
  const right = (i: number, from: number): Complex => {
    let a = 0
    let b = 0
    for (let c = from; c <= last; c++) {
      a -= t[i * n + c] * x[c]
      b -= t[i * n + c] * y[c]
    }
    return [a, b]
  }

  for (let i = j - 1; i >= 0; i--) {
    const double = im[i] !== 0
    if (!double) {
      const divisor = awayFromZero([t[i * n + i] - wr, -wi], smallest)
      ;[x[i], y[i]] = divide(right(i, i + 1), divisor)
    } else {
      // The rows i - 1 and i of a 2 by 2 block together.
      const k = i - 1
      const above: Equation = [[t[k * n + k] - wr, -wi], [t[k * n + i], 0], right(k, i + 1)]
      const below: Equation = [[t[i * n + k], 0], [t[i * n + i] - wr, -wi], right(i, i + 1)]
      const [first, second] = solveTwo(above, below, smallest)
      ;[x[k], y[k]] = first
      ;[x[i], y[i]] = second
      i--
    }
    rescale(x, y)
  }
  return { x, y }
}

/** Keeps a growing vector inside the range of numbers; only its direction matters. */
function rescale(x: Float64Array, y: Float64Array): void {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]), Math.abs(y[i]))
  if (largest < 1e100) return
  for (let i = 0; i < x.length; i++) {
    x[i] /= largest
    y[i] /= largest
  }
}
