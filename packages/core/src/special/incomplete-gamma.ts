import { erfcOf } from './erfcx.ts'
import { polynomialOf } from './series.ts'

/*
 * The regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x) in doubles. Regions and
 * methods are those of SciPy, which PyTorch took over: power series (DLMF 8.11.4 and 8.7.3), continued
 * fraction (DLMF 8.9.2) and, where x is near a large a, Temme's uniform expansion (DLMF 8.12).
 */

// Boost's Lanczos approximation (J. Maddock) of Γ(x) · (e / (x + g - ½))^(x - ½).
const lanczosG = 6.02468004077673
const lanczosAbove = [
  0.006061842346248907, 0.5098416655656676, 19.519927882476175, 449.9445569063168,
  6955.999602515376, 75999.29304014542, 601859.6171681099, 3481712.154980646, 14605578.087685067,
  43338889.32467614, 86363131.2881386, 103794043.11634454, 56906521.913471565,
]
const lanczosBelow = [
  1, 66, 1925, 32670, 357423, 2637558, 13339535, 45995730, 105258076, 150917976, 120543840,
  39916800, 0,
]

/** The Lanczos sum; for large x in 1 / x, where the powers would overflow. */
function lanczos(x: number): number {
  if (x <= 1) return polynomialOf(x, lanczosAbove) / polynomialOf(x, lanczosBelow)
  const reversed = (c: readonly number[]) => c.reduceRight((sum, v) => sum / x + v, 0)
  return reversed(lanczosAbove) / reversed(lanczosBelow)
}

/** log Γ(x), x > 0. */
const logGamma = (x: number): number =>
  (x - 0.5) * (Math.log(x + lanczosG - 0.5) - 1) + Math.log(lanczos(x))

/** Logarithms of the largest numbers. */
const maxLog = { float32: 88.72283905206835, float64: 709.782712893384 }

/** Of which dtype the arguments were: in PyTorch's float32 more over- and underflows. */
export type Precision = keyof typeof maxLog

/** x^a · exp(-x) / Γ(a). */
function prefactor(a: number, x: number, precision: Precision): number {
  if (Math.abs(a - x) > 0.4 * a) {
    const log = a * Math.log(x) - x - logGamma(a)
    return log < -maxLog[precision] ? 0 : Math.exp(log)
  }
  const base = a + lanczosG - 0.5
  const sum = precision === 'float32' ? Math.fround(lanczos(a)) : lanczos(a)
  const scale = Math.sqrt(base / Math.E) / sum
  if (a < 200 && x < 200) return scale * Math.exp(a - x) * (x / base) ** a
  const step = (x - a - lanczosG + 0.5) / base
  return scale * Math.exp(a * (Math.log1p(step) - step) + (x * (0.5 - lanczosG)) / base)
}

const epsilon = 2 ** -53
const maxSteps = 2000

/** P(a, x) by its power series. */
function lowerSeries(a: number, x: number, precision: Precision): number {
  const factor = prefactor(a, x, precision)
  if (factor === 0) return 0
  let term = 1
  let sum = 1
  for (let k = 1; k <= maxSteps && term > epsilon * sum; k++) {
    term *= x / (a + k)
    sum += term
  }
  return (sum * factor) / a
}

/** Q(a, x) by a power series, for small x. */
function upperSeries(a: number, x: number): number {
  let factor = 1
  let sum = 0
  for (let n = 1; n < maxSteps; n++) {
    factor *= -x / n
    const term = factor / (a + n)
    sum += term
    if (Math.abs(term) <= epsilon * Math.abs(sum)) break
  }
  const logs = a * Math.log(x)
  return -Math.expm1(logs - logGamma(1 + a)) - Math.exp(logs - logGamma(a)) * sum
}

/** Q(a, x) by its continued fraction, for x above a. */
function upperFraction(a: number, x: number, precision: Precision): number {
  const factor = prefactor(a, x, precision)
  if (factor === 0) return 0
  const big = 2 ** 52
  let y = 1 - a
  let z = x + y + 1
  let [p2, q2, p1, q1] = [1, x, x + 1, z * x]
  let value = p1 / q1
  for (let c = 1; c <= maxSteps; c++) {
    y += 1
    z += 2
    const p = p1 * z - p2 * y * c
    const q = q1 * z - q2 * y * c
    ;[p2, q2, p1, q1] = [p1, q1, p, q]
    const before = value
    if (q !== 0) value = p / q
    if (q !== 0 && Math.abs((before - value) / value) <= epsilon) break
    if (Math.abs(p) > big) [p2, q2, p1, q1] = [p2 / big, q2 / big, p1 / big, q1 / big]
  }
  return value * factor
}

const order = 25

/** Coefficients d(k, n) of Temme's expansion by the recurrences of DLMF 8.12.12 and 5.11.3. */
function makeTemme(): readonly (readonly number[])[] {
  const length = 3 * order + 2
  // Expansion of λ in η.
  const alpha = [0, 1]
  for (let n = 2; n <= length + 1; n++) {
    let sum = alpha[n - 1]
    for (let j = 2; j < n; j++) sum -= j * alpha[j] * alpha[n - j + 1]
    alpha[n] = sum / (n + 1)
  }
  // Stirling's series of Γ.
  const a = [Math.SQRT1_2]
  for (let k = 1; k < 2 * order; k++) {
    let sum = a[k - 1] / k
    for (let j = 1; j < k; j++) sum -= (a[j] * a[k - j]) / (j + 1)
    a[k] = sum / (a[0] * (1 + 1 / (k + 1)))
  }
  const first = Array.from({ length: length - 1 }, (_, n) =>
    n === 0 ? -1 / 3 : (n + 2) * alpha[n + 2],
  )
  const rows = [first]
  let half = 1
  for (let k = 1; k < order; k++) {
    half *= k - 0.5
    const g = Math.SQRT2 * half * a[2 * k] * (k % 2 === 0 ? 1 : -1)
    const before = rows[k - 1]
    rows.push(before.slice(2).map((_, n) => g * first[n] + (n + 2) * before[n + 2]))
  }
  return rows.map((row) => row.slice(0, order))
}

let temme: readonly (readonly number[])[] | undefined

/** P (sign -1) or Q (sign 1) by Temme's uniform expansion. */
function uniform(a: number, x: number, sign: 1 | -1): number {
  temme ??= makeTemme()
  const sigma = (x - a) / a
  const size = Math.sqrt(-2 * (Math.log1p(sigma) - sigma))
  const eta = x > a ? size : -size
  let sum = 0
  let before = Number.POSITIVE_INFINITY
  let power = 1
  for (const row of temme) {
    const term = row.reduceRight((value, d) => value * eta + d, 0) * power
    if (Math.abs(term) > before) break
    sum += term
    before = Math.abs(term)
    if (before < epsilon * Math.abs(sum)) break
    power /= a
  }
  const gauss = (Math.exp(-0.5 * a * eta * eta) * sum) / Math.sqrt(2 * Math.PI * a)
  return 0.5 * erfcOf(sign * eta * Math.sqrt(a / 2)) + sign * gauss
}

/** Whether x is so near to a large a that Temme's expansion is best. */
function nearLarge(a: number, x: number): boolean {
  const distance = Math.abs(x - a) / a
  return (a > 20 && a < 200 && distance < 0.3) || (a > 200 && distance < 4.5 / Math.sqrt(a))
}

/** P at the borders of the domain, in the order in which PyTorch asks; undefined inside. */
function border(a: number, x: number): number | undefined {
  if (x < 0 || a < 0) return Number.NaN
  if (a === 0) return x > 0 ? 1 : Number.NaN
  if (x === 0) return 0
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 0
  return x === Number.POSITIVE_INFINITY ? 1 : undefined
}

/** P(a, x), the regularized lower incomplete gamma function; `torch.igamma`. */
export function igamma(a: number, x: number, precision: Precision = 'float64'): number {
  const known = border(a, x)
  if (known !== undefined) return known
  if (nearLarge(a, x)) return uniform(a, x, -1)
  return x > 1 && x > a ? 1 - igammac(a, x, precision) : lowerSeries(a, x, precision)
}

/** Q(a, x), the regularized upper incomplete gamma function; `torch.igammac`. */
export function igammac(a: number, x: number, precision: Precision = 'float64'): number {
  const known = border(a, x)
  if (known !== undefined) return 1 - known
  if (nearLarge(a, x)) return uniform(a, x, 1)
  if (x > 1.1) return x < a ? 1 - lowerSeries(a, x, precision) : upperFraction(a, x, precision)
  const series = x <= 0.5 ? -0.4 / Math.log(x) < a : x * 1.1 < a
  return series ? 1 - lowerSeries(a, x, precision) : upperSeries(a, x)
}
