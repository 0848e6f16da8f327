import { constant, type Expr, index, kernels, scalar, visit } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import {
  fillPhilox,
  type PhiloxPosition,
  philox,
  philoxBernoulli,
  philoxScalars,
  philoxUniform,
  philoxWord,
  unitFloat32,
} from '../../src/random/index.ts'
import { philox4x32 } from '../../src/random/philox.ts'

const hex = (words: Iterable<number>): string =>
  Array.from(words, (w) => (w >>> 0).toString(16).padStart(8, '0')).join(' ')

describe('philox', () => {
  // From the known answers that come with the authors' library Random123.
  it.each([
    [
      '00000000 00000000 00000000 00000000',
      '00000000 00000000',
      '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
    ],
    [
      'ffffffff ffffffff ffffffff ffffffff',
      'ffffffff ffffffff',
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      '243f6a88 85a308d3 13198a2e 03707344',
      'a4093822 299f31d0',
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('encrypts %s with %s', (counter, key, expected) => {
    const words = (text: string) => text.split(' ').map((w) => Number.parseInt(w, 16))
    const [k0, k1] = words(key)
    const [c0, c1, c2, c3] = words(counter)
    const out = new Uint32Array(4)
    philox4x32(k0, k1, c0, c1, c2, c3, out)
    expect(hex(out)).toBe(expected)
  })

  it('is a stream that may be entered anywhere', () => {
    const whole = new Uint32Array(40)
    fillPhilox(whole, 7n)
    const part = new Uint32Array(17)
    fillPhilox(part, 7, 3)
    expect(part).toEqual(whole.slice(12, 29))
    expect(philox(7, 9)).toEqual([...whole.slice(36)])
  })

  it('carries from the low word of the counter to the high one', () => {
    const out = new Uint32Array(8)
    fillPhilox(out, 1, 2n ** 32n - 1n)
    expect([...out.slice(4)]).toEqual(philox(1, 2n ** 32n))
    expect(philox(1, 2n ** 32n)).not.toEqual(philox(1, 0))
  })

  it('has streams apart by seed and subsequence', () => {
    expect(philox(1, 0, 1)).not.toEqual(philox(1, 0, 0))
    expect(philox(2n ** 32n)).not.toEqual(philox(0))
  })

  it('gives floats below 1', () => {
    expect(unitFloat32(0xffffffff)).toBe(1 - 2 ** -24)
    expect(unitFloat32(255)).toBe(0)
  })
})

/** Evaluates an expression by the rules of the kernel language, for the ops that philox uses. */
function evaluate(root: Expr, scalars: readonly number[], position: number): number {
  const values = new Map<Expr, number>()
  const binary: Partial<Record<Expr['op'], (a: number, b: number) => number>> = {
    add: (a, b) => (a + b) | 0,
    mul: Math.imul,
    and: (a, b) => a & b,
    xor: (a, b) => a ^ b,
    shr: (a, b) => a >> b,
    lt: (a, b) => Number(a < b),
    eq: (a, b) => Number(a === b),
  }
  visit([root], (node) => {
    const [a, b, c] = node.args.map((arg) => values.get(arg) ?? Number.NaN)
    const f = binary[node.op]
    let value: number
    if (node.op === 'const') value = node.value
    else if (node.op === 'scalar') value = scalars[node.value]
    else if (node.op === 'index') value = position
    else if (node.op === 'where') value = a ? b : c
    else if (node.op === 'cast') value = a
    else if (node.dtype === 'float32' && node.op === 'mul') value = Math.fround(a * b)
    else if (f !== undefined) value = f(a, b)
    else throw new Error(`no rule for ${node.op}`)
    values.set(node, value)
  })
  return values.get(root) ?? Number.NaN
}

describe('philox as an expression', () => {
  const at = (i: number) => scalar(i, 'int32')
  const position: PhiloxPosition = { seed: [at(0), at(1)], offset: [at(2), at(3)] }

  it.each([
    [0n, 0n],
    [0x123456789abcdef0n, 5n],
    [-1n, 2n ** 32n - 3n],
    [42n, 2n ** 63n - 20n],
    [2n ** 31n, 2n ** 31n],
  ])('gives the words of seed %s from block %s', (seed, offset) => {
    const expected = new Uint32Array(30)
    fillPhilox(expected, seed, offset)
    const word = philoxWord(position, index(0))
    const scalars = philoxScalars(seed, offset)
    const words = Array.from(expected, (_, i) => evaluate(word, scalars, i))
    expect(hex(words)).toBe(hex(expected))
  })

  it('gives uniform numbers and decisions', () => {
    const words = new Uint32Array(64)
    fillPhilox(words, 11, 2)
    const scalars = philoxScalars(11, 2)
    const uniform = philoxUniform(position, index(0))
    const kept = philoxBernoulli(position, index(0), 0.25)
    expect(uniform.dtype).toBe('float32')
    expect(kept.dtype).toBe('bool')
    words.forEach((word, i) => {
      expect(evaluate(uniform, scalars, i)).toBe(unitFloat32(word))
      expect(evaluate(kept, scalars, i)).toBe(Number(unitFloat32(word) < 0.25))
    })
  })

  it('is a kernel of run-time scalars only, the same for every seed', () => {
    const kernel = kernels.map([philoxUniform(position, index(0))])
    expect(kernel.scalars).toBe(4)
    expect(kernel.inputs).toEqual([])
    expect(kernels.map([philoxUniform(position, index(0))])).toBe(kernel)
  })

  it('stays small: shared parts are one node', () => {
    let nodes = 0
    visit([philoxWord(position, index(0))], () => nodes++)
    expect(nodes).toBeLessThan(600)
  })

  it('folds nothing of a constant position wrongly', () => {
    const zero = constant(0, 'int32')
    const word = philoxWord({ seed: [zero, zero], offset: [zero, zero] }, index(0))
    expect(hex([0, 1, 2, 3].map((i) => evaluate(word, [], i)))).toBe(
      '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
    )
  })
})
