import {
  add,
  type DoubleDouble,
  divide,
  multiply,
  productError,
  sumError,
  type Table,
  tabulate,
} from './double-double.ts'

/*
 * Logarithm, exponential, sine, cosine and tangent of doubles, with which random numbers are
 * transformed. JavaScript leaves the accuracy of Math.log and its like to the engine; these give the
 * same numbers everywhere: the double nearest to the result in all but one of some hundred cases, so
 * that they agree with a good C library, too. Each reduces its argument to the neighbourhood of a
 * table's entry, and adds a short series to that.
 */
const ONE: DoubleDouble = [1, 0]
/** Terms of a series that are enough for 106 bits. */
const TERMS = 24

const f64 = new Float64Array(1)
const words = new Uint32Array(f64.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

/** What the double nearest to ln 2 lacks. */
const LN2_LOW = 2.3190468138462996e-17
/** The first 33 bits of ln 2, and the rest: small integers times the former are exact. */
const LN2_FIRST = 6.9314718036912381649e-1
const LN2_REST = 1.90821492927058770002e-10

/** ln(n / 128) = 2 artanh((n - 128) / (n + 128)). */
function logEntry(n: number): DoubleDouble {
  const z = divide([n - 128, 0], n + 128)
  const square = multiply(z, z)
  let sum = divide(ONE, 2 * TERMS + 1)
  for (let k = TERMS - 1; k >= 0; k--) sum = add(multiply(sum, square), divide(ONE, 2 * k + 1))
  const [high, low] = multiply(z, sum)
  return [2 * high, 2 * low]
}

const logTable: Table = /* @__PURE__ */ tabulate(90, 182, logEntry)

/** Natural logarithm. */
export function log(value: number): number {
  if (!(value >= 2 ** -1022 && value < Number.POSITIVE_INFINITY)) return Math.log(value)
  // value = m 2^e, with m in [0.71, 1.42) so that values near 1 have e = 0.
  f64[0] = value
  const top = words[HIGH]
  const lift = (top & 0xfffff) >= 0x6a09e ? 1 : 0
  const e = (top >>> 20) - 1023 + lift
  words[HIGH] = (top & 0xfffff) | ((1023 - lift) << 20)
  const m = f64[0]

  const n = Math.round(m * 128)
  const c = n / 128
  const r = (m - c) / c
  const product = r * c
  const rLow = (m - c - product - productError(r, c, product)) / c

  const scale = e * Math.LN2
  const high = logTable.high[n - logTable.from]
  const sum = scale + high
  const total = sum + r
  const series =
    r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6 - r * (1 / 7 - r * (1 / 8 - r / 9)))))) - 0.5
  const tail =
    productError(e, Math.LN2, scale) +
    e * LN2_LOW +
    logTable.low[n - logTable.from] +
    sumError(scale, high, sum) +
    sumError(sum, r, total) +
    rLow +
    r * r * series
  return total + tail
}

/** Steps of the tables of exponential, sine and cosine: 1/32. */
const STEPS = 32

function expEntry(n: number): DoubleDouble {
  const x: DoubleDouble = [n / STEPS, 0]
  let sum = ONE
  for (let k = TERMS; k > 0; k--) sum = add(ONE, divide(multiply(sum, x), k))
  return sum
}

const expTable: Table = /* @__PURE__ */ tabulate(-12, 12, expEntry)

/** Exponential; results below 2^-1022 are rounded twice. */
export function exp(value: number): number {
  if (!(Math.abs(value) < 745)) return Math.exp(value)
  const k = Math.round(value / Math.LN2)
  const first = value - k * LN2_FIRST
  const rest = k * LN2_REST
  const x = first - rest
  const xLow = sumError(first, -rest, x) - productError(k, LN2_REST, rest)

  const n = Math.round(x * STEPS)
  const d = x - n / STEPS
  const high = expTable.high[n - expTable.from]
  const linear = high * d
  const series =
    d * d * (1 / 2 + d * (1 / 6 + d * (1 / 24 + d * (1 / 120 + d * (1 / 720 + d / 5040)))))
  const sum = high + linear
  const tail =
    sumError(high, linear, sum) +
    productError(high, d, linear) +
    expTable.low[n - expTable.from] +
    high * (xLow + series)
  // In two factors, as 2^1024 is no double.
  return (sum + tail) * 2 ** (k >> 1) * 2 ** (k - (k >> 1))
}

/** Sine for `first` = 1, cosine for 0: x^first Σ (-x²)^k / (2k + first)!. */
function circular(n: number, first: 0 | 1): DoubleDouble {
  const x: DoubleDouble = [n / STEPS, 0]
  const square = multiply([-n / STEPS, 0], x)
  let sum = ONE
  for (let k = TERMS / 2; k > 0; k--) {
    sum = add(ONE, divide(multiply(sum, square), (2 * k + first - 1) * (2 * k + first)))
  }
  return first === 1 ? multiply(sum, x) : sum
}

const sinTable: Table = /* @__PURE__ */ tabulate(-26, 26, (n) => circular(n, 1))
const cosTable: Table = /* @__PURE__ */ tabulate(-26, 26, (n) => circular(n, 0))

/** Pi/2 in three parts, of which the first two have 33 bits. */
const HALF_PI_1 = 1.57079632673412561417
const HALF_PI_2 = 6.0771005063039659766e-11
const HALF_PI_3 = 2.02226624879595063154e-21

/** A sum of doubles: what the last call of `circle` found. */
interface Point {
  sin: number
  sinLow: number
  cos: number
  cosLow: number
}
const point: Point = { sin: 0, sinLow: 0, cos: 0, cosLow: 0 }

/** Puts sine and cosine of an angle of at most a few turns into `point`. */
function circle(angle: number): Point {
  const k = Math.round(angle / (Math.PI / 2))
  const first = angle - k * HALF_PI_1
  const rest = k * HALF_PI_2
  const reduced = first - rest
  const low = sumError(first, -rest, reduced) - k * HALF_PI_3
  const x = reduced + low
  const xLow = reduced - x + low

  const n = Math.round(x * STEPS)
  const d = x - n / STEPS
  const square = d * d
  const sinSeries = d * square * (-1 / 6 + square * (1 / 120 - square * (1 / 5040)))
  const cosSeries = square * (-1 / 2 + square * (1 / 24 - square * (1 / 720)))
  const at = n - sinTable.from
  const s = sinTable.high[at]
  const c = cosTable.high[at]

  const cd = c * d
  const sin = s + cd
  const sinTail =
    sumError(s, cd, sin) +
    productError(c, d, cd) +
    sinTable.low[at] +
    cosTable.low[at] * d +
    s * cosSeries +
    c * (xLow + sinSeries)
  const sd = -s * d
  const cos = c + sd
  const cosTail =
    sumError(c, sd, cos) +
    productError(-s, d, sd) +
    cosTable.low[at] -
    sinTable.low[at] * d +
    c * cosSeries -
    s * (xLow + sinSeries)

  return turn(k & 3, sin, sinTail, cos, cosTail)
}

/** Turns by quarters, and makes the high parts the nearest doubles. */
function turn(quarters: number, s: number, sTail: number, c: number, cTail: number): Point {
  const sHigh = s + sTail
  const sLow = s - sHigh + sTail
  const cHigh = c + cTail
  const cLow = c - cHigh + cTail
  const swap = (quarters & 1) === 1
  const sinSign = quarters < 2 ? 1 : -1
  const cosSign = quarters === 0 || quarters === 3 ? 1 : -1
  point.sin = sinSign * (swap ? cHigh : sHigh)
  point.sinLow = sinSign * (swap ? cLow : sLow)
  point.cos = cosSign * (swap ? sHigh : cHigh)
  point.cosLow = cosSign * (swap ? sLow : cLow)
  return point
}

/** Sine and cosine of an angle of at most a few turns. */
export function sinCos(angle: number): readonly [sin: number, cos: number] {
  const { sin, cos } = circle(angle)
  return [sin, cos]
}

/** Tangent of an angle of at most a few turns. */
export function tan(angle: number): number {
  const { sin, sinLow, cos, cosLow } = circle(angle)
  const quotient = sin / cos
  const product = quotient * cos
  const rest = sin - product - productError(quotient, cos, product)
  return quotient + (rest + sinLow - quotient * cosLow) / cos
}
