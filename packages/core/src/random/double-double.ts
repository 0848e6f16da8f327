/**
 * Numbers of about 106 bits as sums of two doubles, of which the second is at most half a unit in
 * the last place of the first. Only tables are computed with them, so that clarity comes before speed.
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision" (1971).
 */
export type DoubleDouble = readonly [high: number, low: number]

const SPLITTER = 2 ** 27 + 1

/** What rounding has lost in `product`, the double nearest to `a * b`; for numbers below 2^996. */
export function productError(a: number, b: number, product: number): number {
  const sa = SPLITTER * a
  const sb = SPLITTER * b
  const ah = sa - (sa - a)
  const bh = sb - (sb - b)
  const al = a - ah
  const bl = b - bh
  return al * bl - (product - ah * bh - al * bh - ah * bl)
}

/** What rounding has lost in `sum`, the double nearest to `a + b`. */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - a
  return a - (sum - part) + (b - part)
}

function normalized(high: number, low: number): DoubleDouble {
  const sum = high + low
  return [sum, high - sum + low]
}

export function add([a, al]: DoubleDouble, [b, bl]: DoubleDouble): DoubleDouble {
  const sum = a + b
  return normalized(sum, sumError(a, b, sum) + al + bl)
}

export function multiply([a, al]: DoubleDouble, [b, bl]: DoubleDouble): DoubleDouble {
  const product = a * b
  return normalized(product, productError(a, b, product) + (a * bl + al * b))
}

/** The quotient by a double. */
export function divide([a, al]: DoubleDouble, b: number): DoubleDouble {
  const quotient = a / b
  const product = quotient * b
  const rest = a - product - productError(quotient, b, product) + al
  return normalized(quotient, rest / b)
}

/** A table whose entry `i` is `f(from + i)`: the high parts, and the low ones. */
export interface Table {
  readonly from: number
  readonly high: Float64Array
  readonly low: Float64Array
}

/** Entries for the integers from `from` to `to`, both included. */
export function tabulate(from: number, to: number, f: (n: number) => DoubleDouble): Table {
  const table = {
    from,
    high: new Float64Array(to - from + 1),
    low: new Float64Array(to - from + 1),
  }
  for (let n = from; n <= to; n++) {
    const [high, low] = f(n)
    table.high[n - from] = high
    table.low[n - from] = low
  }
  return table
}
