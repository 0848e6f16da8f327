import { type LuFactors, luFactor } from './lu.ts'
import { transpose } from './matrix.ts'

const exchanges = (pivots: ArrayLike<number>): number => {
  let sign = 1
  for (let i = 0; i < pivots.length; i++) if (pivots[i] !== i + 1) sign = -sign
  return sign
}

/** The determinant from the LU factors of a square matrix. */
export function determinantFromLu(
  { lu, pivots }: Pick<LuFactors, 'lu' | 'pivots'>,
  n: number,
): number {
  let product = 1
  for (let i = 0; i < n; i++) product *= lu[i * n + i]
  return exchanges(pivots) * product
}

/** Sign and logarithm of the magnitude of the determinant, from the LU factors; 0 and -Infinity if singular. */
export function slogdetFromLu(
  { lu, pivots }: Pick<LuFactors, 'lu' | 'pivots'>,
  n: number,
): { sign: number; logabsdet: number } {
  let sign = exchanges(pivots)
  let logabsdet = 0
  for (let i = 0; i < n; i++) {
    sign *= Math.sign(lu[i * n + i])
    logabsdet += Math.log(Math.abs(lu[i * n + i]))
  }
  return { sign, logabsdet }
}

/** The LU factors PyTorch takes a determinant from: those of the transpose of a contiguous matrix. */
const factors = (a: Float64Array, n: number) => luFactor(transpose(a, n, n), n, n)

/** The determinant of an `n` by `n` matrix; 1 for the empty one. */
export const determinant = (a: Float64Array, n: number): number =>
  determinantFromLu(factors(a, n), n)

/** Sign and logarithm of the magnitude of the determinant of an `n` by `n` matrix. */
export const slogdet = (a: Float64Array, n: number): { sign: number; logabsdet: number } =>
  slogdetFromLu(factors(a, n), n)
