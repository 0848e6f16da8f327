/** Statistics of samples: robust ones, as timings have long tails. */

/** The value at a share `q` of the sorted values, between two of them by interpolation. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = Math.floor(at)
  const high = Math.ceil(at)
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** What is kept of a contestant's samples on a row; times in milliseconds for one call. */
export interface Summary {
  readonly median: number
  /** Quartiles: half of the samples lie between them. */
  readonly low: number
  readonly high: number
  readonly least: number
  readonly rounds: number
}

export const summarize = (samples: readonly number[]): Summary => ({
  median: median(samples),
  low: quantile(samples, 0.25),
  high: quantile(samples, 0.75),
  least: Math.min(...samples),
  rounds: samples.length,
})

/**
 * How many times as long `a` took as `b`: the median of the ratios within each round, in which both saw
 * the machine in the same state. Rounds that only one took part in don't count; NaN without any.
 */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  const rounds = Math.min(a.length, b.length)
  return median(Array.from({ length: rounds }, (_, r) => a[r] / b[r]))
}

/** Whether the last `count` values lie within a `share` of their median. */
export function isSteady(values: readonly number[], count: number, share: number): boolean {
  if (values.length < count) return false
  const last = values.slice(-count)
  const middle = median(last)
  return last.every((v) => Math.abs(v - middle) <= share * middle)
}
