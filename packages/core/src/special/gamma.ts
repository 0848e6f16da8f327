import { constant, type Expr } from '@sconce/backend'
import { polynomial } from './series.ts'
import { eulerMaclaurin } from './zeta.ts'

/** Derivatives of log Γ. */

/** cot(πx) from sines of angles up to π / 2, so that it is exact at its zeros and poles. */
function cotangent(x: Expr): Expr {
  const r = x.sub(x.round())
  const sine = (turns: Expr) => turns.mul(Math.PI).sin()
  return sine(constant(0.5, x.dtype).sub(r.abs())).div(sine(r.abs())).mul(r.sign())
}

/**
 * Second derivative of log Γ: reflection to the right, six steps of the recurrence, then the
 * asymptotic series (as PyTorch's `trigamma`).
 */
export function trigamma(x: Expr): Expr {
  const one = constant(1, x.dtype)
  const reflected = x.lt(0.5)
  // Where nothing is reflected the sine must not be 0: its derivative would be infinite.
  const sine = reflected.where(x, 0.25).mul(Math.PI).sin()
  let z = reflected.where(one.sub(x), x)
  let sum = reflected.where(constant(-(Math.PI ** 2), x.dtype).div(sine.mul(sine)), 0)
  for (let i = 0; i < 6; i++) {
    sum = sum.add(one.div(z.mul(z)))
    z = z.add(1)
  }
  const r = one.div(z.mul(z))
  const series = r.mul(polynomial(r, [1 / 42, -1 / 30, 1 / 6]))
  const tail = one
    .add(one.div(z.mul(2)))
    .add(series)
    .div(z)
  const total = sum.add(tail)
  return reflected.where(total.neg(), total)
}

/** Steps before the Euler-Maclaurin sum. */
const direct = 9

/** Hurwitz's ζ(s, q) for an integer s > 1 and q > 0. */
function hurwitz(s: number, q: Expr): Expr {
  const power = (x: Expr) => x.pow(-s)
  let sum = power(q)
  for (let k = 1; k <= direct; k++) sum = sum.add(power(q.add(k)))
  const w = q.add(direct)
  const last = power(w)
  // The rising factorials s (s + 1) … (s + 2j), by which the powers of 1 / w are multiplied.
  let rising = s
  const coefficients = eulerMaclaurin.map((c, j) => {
    if (j > 0) rising *= (s + 2 * j - 1) * (s + 2 * j)
    return rising / c
  })
  const inverse = constant(1, q.dtype).div(w)
  const series = polynomial(inverse.mul(inverse), coefficients.reverse()).mul(inverse)
  return sum.add(
    last.mul(
      w
        .div(s - 1)
        .sub(0.5)
        .add(series),
    ),
  )
}

/** Coefficients, highest first, of the polynomial in cot(z) that is the n-th derivative of cot(z). */
function cotangentDerivative(n: number): number[] {
  // By power, lowest first.
  let p = [0, 1]
  for (let k = 0; k < n; k++) {
    const next = Array<number>(p.length + 1).fill(0)
    p.forEach((c, power) => {
      if (power === 0) return
      next[power - 1] -= c * power
      next[power + 1] -= c * power
    })
    p = next
  }
  return p.reverse()
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

/**
 * The n-th derivative of the digamma function: ±n! ζ(n + 1, x), with the reflection formula for
 * negative x, and ±∞ at the poles (as PyTorch).
 */
export function polygamma(n: number, x: Expr): Expr {
  if (n === 0) return x.digamma()
  if (n === 1) return trigamma(x)
  const sign = n % 2 === 0 ? -1 : 1
  const one = constant(1, x.dtype)
  const reflected = x.le(0)
  const pole = reflected.and(x.eq(x.floor()))
  // Arguments of branches not taken are kept away from the poles, for the sake of derivatives.
  const right = pole.where(1, reflected.where(one.sub(x), x))
  const angle = reflected.and(pole.not()).where(x, 0.25)
  const cotangents = polynomial(cotangent(angle), cotangentDerivative(n)).mul(Math.PI ** (n + 1))
  const zeta = hurwitz(n + 1, right).mul(factorial(n))
  const value = reflected.where(zeta.add(cotangents).neg(), sign < 0 ? zeta.neg() : zeta)
  return pole.where(sign * Number.POSITIVE_INFINITY, value)
}

/** Logarithm of the multivariate Γ of dimension p, up to the term that doesn't depend on x. */
export function logMultigamma(x: Expr, p: number): Expr {
  // The 0 that is added makes -0 to 0, on whose side of the pole PyTorch's sum is.
  let sum = x.add(0).lgamma()
  for (let i = 1; i < p; i++) sum = sum.add(x.sub(i / 2).lgamma())
  return p === 1 ? sum : sum.add((p * (p - 1) * Math.log(Math.PI)) / 4)
}
