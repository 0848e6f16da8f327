import { identity, multiply, SAFE_MIN, swapRows, transpose, triangle } from './matrix.ts'
import { triangularSolveInPlace } from './triangular.ts'

export interface LuFactors {
  /** `m` by `n`: U on and above the diagonal, L (whose diagonal of ones is left out) below it. */
  lu: Float64Array
  /** `min(m, n)` row numbers counted from 1: step i exchanged row i with row `pivots[i]`. */
  pivots: Int32Array
  /** 0, or the number (from 1) of the first zero on the diagonal of U. */
  info: number
}

/**
 * LU factors of an `m` by `n` matrix with partial pivoting: `P A = L U`. The pivots are LAPACK's
 * (dgetrf: the first of the largest in a column), and so are the roundings.
 * Golub & Van Loan 3.4.
 */
export function luFactor(a: Float64Array, m: number, n: number): LuFactors {
  const lu = a.slice()
  const steps = Math.min(m, n)
  const pivots = new Int32Array(steps)
  let info = 0
  for (let j = 0; j < steps; j++) {
    let p = j
    let largest = Math.abs(lu[j * n + j])
    for (let i = j + 1; i < m; i++) {
      const value = Math.abs(lu[i * n + j])
      if (value > largest) {
        largest = value
        p = i
      }
    }
    pivots[j] = p + 1
    const pivot = lu[p * n + j]
    if (pivot === 0) {
      if (info === 0) info = j + 1
      continue
    }
    swapRows(lu, n, j, p)
    const inverse = Math.abs(pivot) >= SAFE_MIN ? 1 / pivot : 0
    for (let i = j + 1; i < m; i++) {
      const factor = inverse === 0 ? lu[i * n + j] / pivot : lu[i * n + j] * inverse
      lu[i * n + j] = factor
      for (let c = j + 1; c < n; c++) lu[i * n + c] -= factor * lu[j * n + c]
    }
  }
  return { lu, pivots, info }
}

/** L (`m` by `min(m, n)`, unit lower triangular) and U (`min(m, n)` by `n`) from {@link luFactor}. */
export function luUnpack(
  lu: Float64Array,
  m: number,
  n: number,
): { l: Float64Array; u: Float64Array } {
  const k = Math.min(m, n)
  const l = new Float64Array(m * k)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < Math.min(i, k); j++) l[i * k + j] = lu[i * n + j]
    if (i < k) l[i * k + i] = 1
  }
  return { l, u: triangle(lu.subarray(0, k * n), k, n, true) }
}

/** The order that pivots put `m` rows into: row i of `P A` is row `order[i]` of A (counted from 0). */
export function pivotsToPermutation(pivots: ArrayLike<number>, m: number): Int32Array {
  const order = Int32Array.from({ length: m }, (_, i) => i)
  for (let i = 0; i < pivots.length; i++) {
    const p = pivots[i] - 1
    const t = order[i]
    order[i] = order[p]
    order[p] = t
  }
  return order
}

/** PyTorch's P, with which `A = P L U`: the transpose of the row exchanges. */
export function permutationMatrix(pivots: ArrayLike<number>, m: number): Float64Array {
  const order = pivotsToPermutation(pivots, m)
  const out = new Float64Array(m * m)
  for (let i = 0; i < m; i++) out[order[i] * m + i] = 1
  return out
}

export interface LuSolveOptions {
  /** Solve `A X = B` (the default) or, if false, `X A = B`. */
  left?: boolean
  /** Use the transpose of A. */
  adjoint?: boolean
}

/**
 * Solves with the factors of a square matrix (LAPACK dgetrs): `n` by `k` right-hand sides, or `k` by
 * `n` if `left` is false.
 */
export function luSolve(
  { lu, pivots }: Pick<LuFactors, 'lu' | 'pivots'>,
  n: number,
  b: Float64Array,
  k: number,
  { left = true, adjoint = false }: LuSolveOptions = {},
): Float64Array {
  if (!left) {
    return transpose(luSolve({ lu, pivots }, n, transpose(b, k, n), k, { adjoint: !adjoint }), n, k)
  }
  const x = b.slice()
  if (adjoint) {
    triangularSolveInPlace(lu, n, x, k, { upper: true, transpose: true })
    triangularSolveInPlace(lu, n, x, k, { transpose: true, unitriangular: true })
    for (let i = n - 1; i >= 0; i--) swapRows(x, k, i, pivots[i] - 1)
  } else {
    for (let i = 0; i < n; i++) swapRows(x, k, i, pivots[i] - 1)
    triangularSolveInPlace(lu, n, x, k, { unitriangular: true })
    triangularSolveInPlace(lu, n, x, k, { upper: true })
  }
  return x
}

/**
 * Solves `A X = B` (`X A = B` if `left` is false) by LU, and says at which pivot it found A singular.
 * Like PyTorch for a contiguous A it factors the transpose: that is what `info` counts by.
 */
export function solve(
  a: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  { left = true }: { left?: boolean } = {},
): { x: Float64Array; info: number } {
  const factors = luFactor(transpose(a, n, n), n, n)
  return { x: luSolve(factors, n, b, k, { left, adjoint: true }), info: factors.info }
}

/** The inverse of a square matrix, and `info` as in {@link solve}. */
export function inverse(a: Float64Array, n: number): { inverse: Float64Array; info: number } {
  const { x, info } = solve(a, n, identity(n), n)
  return { inverse: x, info }
}

/** A square matrix to an integer power, by repeated squaring; `info` is that of the inversion. */
export function matrixPower(
  a: Float64Array,
  n: number,
  power: number,
): { power: Float64Array; info: number } {
  let square: Float64Array = a.slice()
  let info = 0
  if (power < 0) ({ inverse: square, info } = inverse(a, n))
  let result: Float64Array | undefined
  for (let rest = Math.abs(power); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result ? multiply(result, square, n, n, n) : square
    if (rest > 1) square = multiply(square, square, n, n, n)
  }
  return { power: result ?? identity(n), info }
}
