import { describe, expect, it } from 'vitest'
import { isSteady, median, pairedRatio, quantile, summarize } from '../src/timing/statistics.ts'

describe('quantiles', () => {
  it('lie between sorted values by interpolation', () => {
    expect(quantile([4, 1, 3, 2], 0)).toBe(1)
    expect(quantile([4, 1, 3, 2], 1)).toBe(4)
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([5, 1, 9])).toBe(5)
    expect(median([])).toBeNaN()
  })

  it('are what a summary holds', () => {
    expect(summarize([10, 2, 4, 6, 8])).toEqual({ median: 6, low: 4, high: 8, least: 2, rounds: 5 })
  })
})

describe('paired ratios', () => {
  it('compare within rounds, so that drift cancels out', () => {
    // The machine becomes ten times as slow, for both alike.
    expect(pairedRatio([2, 20, 200], [1, 10, 100])).toBe(2)
    expect(median([2, 20, 200]) / median([1, 100, 10])).toBe(2)
  })

  it('leave out rounds that only one took part in', () => {
    expect(pairedRatio([3, 1000, 1000], [1])).toBe(3)
    expect(pairedRatio([], [1])).toBeNaN()
  })
})

describe('steadiness', () => {
  it('looks at the last values alone', () => {
    expect(isSteady([50, 10, 10.5, 9.8], 3, 0.1)).toBe(true)
    expect(isSteady([50, 10, 12, 9.8], 3, 0.1)).toBe(false)
    expect(isSteady([10, 10], 3, 0.1)).toBe(false)
  })
})
