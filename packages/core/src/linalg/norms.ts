import { RuntimeError } from '../errors.ts'
import { matrixNormOrder } from './errors.ts'
import { inverse } from './lu.ts'
import { maxAbs } from './matrix.ts'
import { svdvals } from './svd.ts'

/** `'fro'`, `'nuc'`, 2 and -2 (spectral), 1 and -1 (column sums), Infinity and -Infinity (row sums). */
export type MatrixNormOrder = 'fro' | 'nuc' | number

const extreme = (values: Float64Array, smallest: boolean): number =>
  values.reduce((best, value) => {
    if (Number.isNaN(best) || Number.isNaN(value)) return Number.NaN
    return smallest ? Math.min(best, value) : Math.max(best, value)
  })

/** Sums of magnitudes, per column or per row. */
function sums(a: Float64Array, m: number, n: number, perColumn: boolean): Float64Array {
  const out = new Float64Array(perColumn ? n : m)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) out[perColumn ? j : i] += Math.abs(a[i * n + j])
  }
  return out
}

/** The root of the sum of squares, scaled so that it neither vanishes nor overflows. */
function frobenius(a: Float64Array): number {
  const largest = maxAbs(a)
  if (largest === 0 || !Number.isFinite(largest)) return largest
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] / largest) ** 2
  return largest * Math.sqrt(sum)
}

/**
 * A norm of an `m` by `n` matrix (Golub & Van Loan 2.3); the orders are those of `linalg.matrix_norm`.
 * A maximum or minimum over nothing has no value: the caller must have refused such a shape.
 */
export function matrixNorm(a: Float64Array, m: number, n: number, order: MatrixNormOrder): number {
  switch (order) {
    case 'fro':
      return frobenius(a)
    case 'nuc':
      return svdvals(a, m, n).s.reduce((sum, value) => sum + value, 0)
    case 2:
    case -2:
      return extreme(svdvals(a, m, n).s, order < 0)
    case 1:
    case -1:
      return extreme(sums(a, m, n, true), order < 0)
    case Infinity:
    case -Infinity:
      return extreme(sums(a, m, n, false), order < 0)
    default:
      throw new RuntimeError(matrixNormOrder(order))
  }
}

/**
 * The condition number by a norm: PyTorch's `linalg.cond`. With the orders 2 and -2 the matrix may have
 * any shape, with the others it is square; a singular one has an infinite condition.
 */
export function conditionNumber(
  a: Float64Array,
  m: number,
  n: number,
  order: MatrixNormOrder = 2,
): number {
  if (m === 0 || n === 0) return 0
  if (order === 2 || order === -2) {
    const { s } = svdvals(a, m, n)
    return order === 2 ? s[0] / s[s.length - 1] : s[s.length - 1] / s[0]
  }
  const { inverse: inverted, info } = inverse(a, n)
  return info ? Infinity : matrixNorm(a, n, n, order) * matrixNorm(inverted, n, n, order)
}
