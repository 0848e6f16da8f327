import { constant, type Expr } from '@sconce/backend'

/** Polynomial by Horner's rule; the coefficient of the highest power comes first. */
export function polynomial(x: Expr, coefficients: readonly number[]): Expr {
  const [first, ...rest] = coefficients
  return rest.reduce((sum, c) => sum.mul(x).add(c), constant(first, x.dtype))
}

/** `polynomial` of a number. */
export const polynomialOf = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduce((sum, c) => sum * x + c, 0)

/** `factor` times a quotient of two polynomials. */
export function rational(
  x: Expr,
  above: readonly number[],
  below: readonly number[],
  factor?: Expr,
): Expr {
  const numerator = polynomial(x, above)
  return (factor ? factor.mul(numerator) : numerator).div(polynomial(x, below))
}

/** Of a series whose terms sum to about 1, those that float32 can hold nothing of. */
const belowFloat32 = 1e-10

/**
 * Chebyshev series at x / 2 by Clenshaw's recurrence; the coefficient of order 0 comes last, and
 * counts half (Cephes' `chbevl`). In float32 the small leading terms are left out.
 */
export function chebyshevSeries(x: Expr, coefficients: readonly number[]): Expr {
  const start =
    x.dtype === 'float32' ? coefficients.findIndex((c) => Math.abs(c) > belowFloat32) : 0
  let [older, old]: (Expr | undefined)[] = [undefined, undefined]
  let value = constant(coefficients[start], x.dtype)
  for (const c of coefficients.slice(start + 1)) {
    older = old
    old = value
    const product = x.mul(old)
    value = (older ? product.sub(older) : product).add(c)
  }
  return (older ? value.sub(older) : value).mul(0.5)
}

/** The value of the first case whose condition holds, else `otherwise`. */
export const select = (cases: readonly (readonly [Expr, Expr | number])[], otherwise: Expr): Expr =>
  cases.reduceRight((rest, [condition, value]) => condition.where(value, rest), otherwise)
