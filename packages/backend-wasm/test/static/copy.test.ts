import { type DType, dtypes, input, kernels } from '@sconce/backend'
import { expect, it } from 'vitest'
import { copy, runStatic, supportsStatic } from '../../src/static/index.ts'
import { empty, filled, gaps, integer, layoutKinds, pick, values } from './operands.ts'
import { overVariants } from './variants.ts'

overVariants((host, random) => {
  it('copies between any two layouts', () => {
    for (let round = 0; round < 300; round++) {
      host.reset()
      const dtype = pick(random, Object.keys(dtypes) as DType[])
      const rank = integer(random, 0, 4)
      const top = rank < 3 ? 40 : 9
      const shape = Array.from({ length: rank }, () =>
        integer(random, random() < 0.05 ? 0 : 1, top),
      )
      // Small integers are exact in every dtype.
      const value = (i: number) =>
        dtype === 'int64' ? BigInt(i % 100) : dtype === 'bool' ? i % 2 : i % 100
      const from = filled(host, dtype, shape, pick(random, layoutKinds), random, value)
      const to = empty(host, dtype, shape, pick(random, layoutKinds), random)
      const before = gaps(host, to)
      copy(host, from, to)
      expect(values(host, to)).toEqual(values(host, from))
      expect(gaps(host, to)).toBe(before)
    }
  })

  it('copies broadcast dims', () => {
    host.reset()
    const row = filled(host, 'float32', [37], 'dense', random, (i) => i)
    const from = { ...row, shape: [21, 37, 3], strides: [0, 1, 0] }
    const to = empty(host, 'float32', [21, 37, 3], 'permuted', random)
    copy(host, from, to)
    expect(values(host, to)).toEqual(values(host, from))
  })

  it('transposes large matrices of every element size', () => {
    for (const dtype of ['uint8', 'int16', 'float32', 'float64'] as const) {
      // The second has strides of a power of two, and edges that whole tiles leave.
      for (const [m, n] of [
        [157, 203],
        [131, 256],
      ]) {
        host.reset()
        const from = filled(host, dtype, [m, n], 'dense', random, (i) => i % 120)
        const turned = { ...from, shape: [n, m], strides: [1, n] }
        const to = empty(host, dtype, [n, m], 'dense', random)
        copy(host, turned, to)
        expect(values(host, to)).toEqual(values(host, turned))
      }
    }
  })

  it('serves as the map that does nothing but copy', () => {
    host.reset()
    const x = input(0, 'float32')
    const from = filled(host, 'float32', [6, 7], 'permuted', random, (i) => i)
    const to = empty(host, 'float32', [6, 7], 'dense', random)
    expect(supportsStatic(kernels.map([x]))).toBe(true)
    expect(supportsStatic(kernels.map([x.neg()]))).toBe(false)
    expect(supportsStatic(kernels.map([x, x]))).toBe(false)
    runStatic(host, kernels.map([x]), [from], [to], [])
    expect(values(host, to)).toEqual(values(host, from))
  })
})
