import { describe, expect, test } from 'vitest'
import {
  allowedError,
  contraction,
  defaultTolerances,
  summation,
  type ToleranceContext,
  toleranceOf,
} from '../../src/compare/tolerances.ts'

const context = (change: Partial<ToleranceContext>): ToleranceContext => ({
  op: 'exp',
  dtype: 'float32',
  phase: 'forward',
  inputs: [],
  output: [],
  magnitude: 1,
  ...change,
})
const extra = (change: Partial<ToleranceContext>) => {
  const { atol, rtol } = toleranceOf(context(change))
  const base = defaultTolerances[change.dtype ?? 'float32']
  expect(rtol).toBe(base.rtol)
  return atol - base.atol
}

describe('the table', () => {
  test('gives assert_close’s defaults', () => {
    expect(toleranceOf(context({}))).toEqual({ rtol: 1.3e-6, atol: 1e-5 })
    expect(toleranceOf(context({ dtype: 'float64' }))).toEqual({ rtol: 1e-7, atol: 1e-7 })
    expect(toleranceOf(context({ dtype: 'int32', phase: 'grad' }))).toEqual({ rtol: 0, atol: 0 })
  })

  test('widens a product with its length and the size of its terms', () => {
    const mm = {
      op: 'mm',
      inputs: [
        [7, 100],
        [100, 5],
      ],
      output: [7, 5],
      magnitude: 3,
    }
    expect(extra(mm)).toBeCloseTo(24 * 2 ** -23 * 3, 12)
    expect(toleranceOf(context(mm)).reason).toContain('dot product')
    expect(extra({ ...mm, dtype: 'float64' })).toBeCloseTo(24 * 2 ** -52 * 3, 20)
  })

  test('widens a convolution with the length of its filter', () => {
    const conv = {
      op: 'nn.functional.conv2d',
      inputs: [
        [1, 4, 9, 9],
        [8, 4, 5, 5],
      ],
    }
    expect(extra(conv)).toBeCloseTo(contraction(100) * 2 ** -23, 12)
  })

  test('widens a sum with the logarithm of what it adds up', () => {
    expect(extra({ op: 'sum', inputs: [[1024, 3]], output: [3] })).toBeCloseTo(24 * 2 ** -23, 12)
    expect(extra({ op: 'cumsum', inputs: [[1024]], output: [1024] })).toBeCloseTo(
      summation(1024) * 2 ** -23,
      12,
    )
  })

  test('a running float32 sum of a million terms is beyond it', () => {
    const terms = new Float32Array(2 ** 20).fill(0.1)
    let running = 0
    for (const term of terms) running = Math.fround(running + term)
    const expected = terms[0] * 2 ** 20
    const { atol, rtol } = toleranceOf(
      context({ op: 'sum', inputs: [[2 ** 20]], output: [], magnitude: expected }),
    )
    expect(Math.abs(running - expected)).toBeGreaterThan(atol + rtol * expected)
  })

  test('gradients of any op are sums', () => {
    const shapes = { inputs: [[16, 16]], output: [16] }
    expect(extra({ op: 'exp', phase: 'grad', ...shapes })).toBeCloseTo(20 * 2 ** -23, 12)
    expect(extra({ op: 'exp', phase: 'forward', ...shapes })).toBe(0)
  })
})

describe('the allowed error', () => {
  const tolerance = { atol: 1e-5, rtol: 1e-6 }

  test('is absolute plus relative', () => {
    expect(allowedError(tolerance, -100)).toBeCloseTo(1.1e-4, 12)
  })

  test('grows with PyTorch’s own deviation, but not where that was none', () => {
    const f64dev = { abs: 2000, rel: 8e-9 }
    expect(allowedError(tolerance, 2.5e11, { abs: 2000, rel: 1e-5 })).toBe(2.5e5 + 1e-5)
    expect(allowedError({ atol: 0, rtol: 0 }, 2.5e11, f64dev)).toBe(16000)
    expect(allowedError(tolerance, 0, f64dev)).toBe(1e-5)
  })

  test('takes nothing from an unstable sample', () => {
    expect(allowedError(tolerance, 1, { abs: 14, rel: 3, unstable: true })).toBe(1e-5 + 1e-6)
  })
})
