/** Slow and plain versions of the functions that JS lacks, for the reference. */

/** Half to even. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  const even = below % 2 === 0
  const value = rest < 0.5 || (rest === 0.5 && even) ? below : below + 1
  return value === 0 ? x * 0 : Number.isFinite(x) ? value : x
}

/** Abramowitz and Stegun 7.1.6 near 0, else through erfc. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 2)) return Math.abs(x) > 6 ? Math.sign(x) : 1 - erfc(x)
  let [term, sum] = [x, x]
  for (let n = 1; n < 100; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return ((2 / Math.sqrt(Math.PI)) * sum) / Math.exp(x * x)
}

/** The continued fraction of erfc for large x (A&S 7.1.14). */
export function erfc(x: number): number {
  if (x !== x) return x
  if (x < 0) return 2 - erfc(-x)
  if (x < 2) return 1 - erf(x)
  let fraction = 0
  for (let n = 200; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return x > 28 ? 0 : Math.exp(-x * x) / ((x + fraction) * Math.sqrt(Math.PI))
}

const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6]

/** Stirling's series from 20 on; recurrence below it, reflection below 0. */
export function lgamma(x: number): number {
  if (x !== x) return x
  if (Math.abs(x) === Number.POSITIVE_INFINITY || (x <= 0 && Number.isInteger(x))) {
    return Number.POSITIVE_INFINITY
  }
  // Γ(x) ≈ 1/x; the sine below would lose the digits of a subnormal.
  if (Math.abs(x) < 1e-16) return -Math.log(Math.abs(x))
  if (x < 0.5) {
    const sine = Math.abs(Math.sin(Math.PI * x))
    return Math.log(Math.PI) - Math.log(sine) - lgamma(1 - x)
  }
  let [y, product] = [x, 1]
  for (; y < 20; y++) product *= y
  const series = bernoulli.reduce(
    (sum, b, k) => sum + b / ((2 * k + 1) * (2 * k + 2) * y ** (2 * k + 1)),
    0,
  )
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
}

export function digamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return x
  if (x !== x || x === Number.NEGATIVE_INFINITY) return Number.NaN
  if (x < 0)
    return Number.isInteger(x) ? Number.NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * x)
  let [y, value] = [x, 0]
  for (; y < 20; y++) value -= 1 / y
  const series = bernoulli.reduce((sum, b, k) => sum + b / ((2 * k + 2) * y ** (2 * k + 2)), 0)
  return value + Math.log(y) - 1 / (2 * y) - series
}
