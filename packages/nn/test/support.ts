import type { Tensor } from '@sconce/core'
import { expect } from 'vitest'

/** The elements of a tensor as numbers. */
export const numbers = (t: Tensor | null | undefined): number[] =>
  t ? Array.from(t.toTypedArray(), Number) : []

/** That a tensor begins with these elements, to some digits. */
export function expectStart(t: Tensor | null | undefined, expected: readonly number[], digits = 4) {
  const actual = numbers(t)
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits)
  })
}
