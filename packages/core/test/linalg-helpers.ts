import { expect } from 'vitest'
import { multiply, transpose } from '../src/linalg/index.ts'

/** A row-major matrix from its rows. */
export const matrix = (rows: number[][]): Float64Array => Float64Array.from(rows.flat())

/** Compares number by number, relative to the largest of those expected. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-13,
): void {
  expect(actual.length).toBe(expected.length)
  const want = Array.from(expected)
  const size = Math.max(1e-300, ...want.filter(Number.isFinite).map(Math.abs))
  for (let i = 0; i < want.length; i++) {
    if (Object.is(actual[i], want[i])) continue
    expect(Math.abs(actual[i] - want[i]) / size, `element ${i}: ${actual[i]}`).toBeLessThanOrEqual(
      tolerance,
    )
  }
}

/** Numbers from (-1, 1) that a seed determines (mulberry32). */
export function randomMatrix(seed: number, m: number, n: number): Float64Array {
  let state = seed
  return Float64Array.from({ length: m * n }, () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  })
}

/** An `m` by `n` matrix of the given rank. */
export const ofRank = (seed: number, m: number, n: number, rank: number): Float64Array =>
  multiply(randomMatrix(seed, m, rank), randomMatrix(seed + 1, rank, n), m, rank, n)

/** A symmetric positive-definite matrix. */
export function positiveDefinite(seed: number, n: number): Float64Array {
  const a = randomMatrix(seed, n, n)
  const out = multiply(a, transpose(a, n, n), n, n, n)
  for (let i = 0; i < n; i++) out[i * n + i] += 0.1
  return out
}

/** The Hilbert matrix, whose condition grows as e^{3.5 n}. */
export const hilbert = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, i) => 1 / (Math.floor(i / n) + (i % n) + 1))

/** `diag(values)` of size `m` by `n`. */
export function diagonal(values: ArrayLike<number>, m: number, n = m): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < values.length; i++) out[i * n + i] = values[i]
  return out
}

/** Aᵀ A of an `m` by `n` matrix: the identity if its columns are orthonormal. */
export const gram = (a: Float64Array, m: number, n: number): Float64Array =>
  multiply(transpose(a, m, n), a, n, m, n)
