import { describe, expect, it } from 'vitest'
import { Generator } from '../../src/random/index.ts'
import { calls, decode, errors, run, title } from './recorded.ts'

/** Units in the last place between two doubles of one sign. */
function ulps(a: number, b: number): number {
  const bits = new BigInt64Array(Float64Array.of(a, b).buffer)
  return Math.abs(Number(bits[0] - bits[1]))
}

/** Transformed by log, sin, cos or exp in double precision: PyTorch's C library rounds another way at times. */
const transcendental = new Set([
  'normal',
  'normalStrided',
  'normalOf',
  'exponential',
  'cauchy',
  'logNormal',
])

describe('every call draws what PyTorch drew', () => {
  it.each(calls.map((c) => [title(c), c] as const))('%s', (_, recorded) => {
    const generator = new Generator(BigInt(recorded.seed))
    const drawn = run(generator, recorded)
    const expected = decode(recorded.outDtype, recorded.out)
    if (recorded.dtype === 'float64' && transcendental.has(recorded.call)) {
      expect(drawn.length).toBe(expected.length)
      expected.forEach((x, i) => {
        expect(Math.sign(Number(drawn[i]))).toBe(Math.sign(Number(x)))
        expect(ulps(Number(drawn[i]), Number(x))).toBeLessThanOrEqual(2)
      })
    } else {
      expect(Array.from(drawn, Number)).toEqual(Array.from(expected, Number))
    }
    expect(generator.uniform53()).toBe(recorded.next)
  })
})

describe('what PyTorch refuses is refused in its words, before anything is drawn', () => {
  it.each(errors.map((c) => [title(c), c] as const))('%s', (_, recorded) => {
    const generator = new Generator(0)
    const before = generator.getState()
    expect(() => run(generator, recorded)).toThrow(
      expect.objectContaining({ name: 'RuntimeError', message: recorded.error }),
    )
    expect(generator.getState()).toEqual(before)
  })
})
