import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as one from '../src/index.ts'

type Copy = typeof one

/** A second copy of the package, as a plug-in may bring it along. */
let two: Copy

beforeAll(async () => {
  vi.resetModules()
  two = await import('../src/index.ts')
})

const kernelOf = ({ input, kernels }: Copy) => kernels.map([input(0, 'float32').exp().mul(3)])

describe('two copies of the package in one realm', () => {
  it('are two', () => {
    expect(two.getPlugin).not.toBe(one.getPlugin)
  })

  it('have the same expressions and kernels', () => {
    expect(two.input(0, 'float32')).toBe(one.input(0, 'float32'))
    expect(kernelOf(two)).toBe(kernelOf(one))
  })

  it('number kernels together', () => {
    const [a, b] = [one, two].map(({ input, kernels }, i) =>
      kernels.map([input(0, 'float64').add(i + 0.125)]),
    )
    expect(a.id).not.toBe(b.id)
  })

  it('take expressions of each other', () => {
    const sum = one.input(0, 'float32').add(two.input(1, 'float32'))
    expect(sum).toBe(two.input(0, 'float32').add(one.input(1, 'float32')))
    expect(one.input(0, 'float32')).toBeInstanceOf(two.Expr)
    expect(one.lift(two.constant(2, 'float32'), 'float32')).toBe(one.constant(2, 'float32'))
  })

  it('keep their plug-ins apart, and say so', () => {
    two.registerBackend({
      name: 'of-the-other',
      priority: 1,
      probe: () => two.available('somewhere'),
      create: () => {
        throw new Error('not made here')
      },
    })
    expect(() => one.getPlugin('of-the-other')).toThrow(
      'It was registered with another copy of @sconce/backend',
    )
    expect(() => one.getPlugin('of-nobody')).toThrow('Import the package that registers it.')
  })
})
