import { EPS } from './matrix.ts'

/**
 * An estimate of a singular value of a triangular matrix, and the unit vector that shows it. As a column
 * is appended the estimate is updated in O(n) (Bischof 1990; LAPACK dlaic1).
 */
export interface Estimate {
  value: number
  vector: number[]
}

interface Step {
  /** The estimate of the matrix with one column more. */
  value: number
  /** The new vector is (s · vector, c). */
  s: number
  c: number
}

function append({ vector }: Estimate, { value, s, c }: Step): Estimate {
  const length = Math.hypot(s, c)
  return { value, vector: [...vector.map((x) => (x * s) / length), c / length] }
}

const dot = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, v, i) => sum + v * y[i], 0)

/** Appends (column, diagonal) to an upper triangle whose largest singular value is estimated. */
export function extendLargest(
  estimate: Estimate,
  column: readonly number[],
  diagonal: number,
): Estimate {
  const alpha = dot(estimate.vector, column)
  return append(estimate, largestStep(estimate.value, alpha, diagonal))
}

/** Appends (column, diagonal) to an upper triangle whose smallest singular value is estimated. */
export function extendSmallest(
  estimate: Estimate,
  column: readonly number[],
  diagonal: number,
): Estimate {
  const alpha = dot(estimate.vector, column)
  return append(estimate, smallestStep(estimate.value, alpha, diagonal))
}

function largestStep(old: number, alpha: number, gamma: number): Step {
  const a = Math.abs(alpha)
  const g = Math.abs(gamma)
  if (old === 0) {
    const larger = Math.max(a, g)
    if (larger === 0) return { value: 0, s: 0, c: 1 }
    return { value: Math.hypot(alpha, gamma), s: alpha / larger, c: gamma / larger }
  }
  if (g <= EPS * old) return { value: Math.hypot(old, alpha), s: 1, c: 0 }
  if (a <= EPS * old) {
    return g <= old ? { value: old, s: 1, c: 0 } : { value: g, s: 0, c: 1 }
  }
  if (old <= EPS * a || old <= EPS * g) {
    const larger = Math.max(a, g)
    return { value: Math.hypot(a, g), s: alpha / larger, c: gamma / larger }
  }
  const zeta1 = alpha / old
  const zeta2 = gamma / old
  const b = (1 - zeta1 * zeta1 - zeta2 * zeta2) / 2
  const square = zeta1 * zeta1
  const root = Math.sqrt(b * b + square)
  const t = b > 0 ? square / (b + root) : root - b
  return { value: Math.sqrt(t + 1) * old, s: -zeta1 / t, c: -zeta2 / (1 + t) }
}

function smallestStep(old: number, alpha: number, gamma: number): Step {
  const a = Math.abs(alpha)
  const g = Math.abs(gamma)
  if (old === 0) {
    if (Math.max(a, g) === 0) return { value: 0, s: 1, c: 0 }
    const larger = Math.max(a, g)
    return { value: 0, s: -gamma / larger, c: alpha / larger }
  }
  if (g <= EPS * old) return { value: g, s: 0, c: 1 }
  if (a <= EPS * old) {
    return g <= old ? { value: g, s: 0, c: 1 } : { value: old, s: 1, c: 0 }
  }
  if (old <= EPS * a || old <= EPS * g) {
    const value = g <= a ? old * (g / Math.hypot(a, g)) : old / Math.sqrt(1 + (a / g) ** 2)
    return { value, s: -gamma / Math.max(a, g), c: alpha / Math.max(a, g) }
  }
  const zeta1 = alpha / old
  const zeta2 = gamma / old
  const cross = Math.abs(zeta1 * zeta2)
  const norm = Math.max(1 + zeta1 * zeta1 + cross, cross + zeta2 * zeta2)
  const guard = 4 * EPS * EPS * norm
  if (1 + 2 * (zeta1 - zeta2) * (zeta1 + zeta2) >= 0) {
    const b = (zeta1 * zeta1 + zeta2 * zeta2 + 1) / 2
    const square = zeta2 * zeta2
    const t = square / (b + Math.sqrt(Math.abs(b * b - square)))
    return { value: Math.sqrt(t + guard) * old, s: zeta1 / (1 - t), c: -zeta2 / t }
  }
  const b = (zeta2 * zeta2 + zeta1 * zeta1 - 1) / 2
  const square = zeta1 * zeta1
  const root = Math.sqrt(b * b + square)
  const t = b >= 0 ? -square / (b + root) : b - root
  return { value: Math.sqrt(1 + t + guard) * old, s: -zeta1 / t, c: -zeta2 / (1 + t) }
}
