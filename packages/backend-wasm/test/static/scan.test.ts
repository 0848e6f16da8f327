import { acc, type DType, input, kernels, type ScanOp } from '@sconce/backend'
import { expect, it } from 'vitest'
import { runStatic, supportsStatic } from '../../src/static/index.ts'
import { empty, filled, gaps, integer, layoutKinds, numbers, pick, values } from './operands.ts'
import { overVariants } from './variants.ts'

/** Running results of one row and the positions they came from. */
function reference(op: ScanOp, row: readonly number[]): { results: number[]; places: number[] } {
  const results: number[] = []
  const places: number[] = []
  let [total, at] = [op === 'prod' ? 1 : 0, 0]
  row.forEach((v, i) => {
    if (op === 'sum') total += v
    else if (op === 'prod') total *= v
    else if (i === 0 || Number.isNaN(v) || (op === 'max' ? v >= total : v <= total))
      [total, at] = [v, i]
    results.push(total)
    places.push(at)
  })
  return { results, places }
}

const dtypes = ['float32', 'float64', 'int32', 'int64'] as const
const ops = ['sum', 'prod', 'max', 'min'] as const

const kernelOf = (op: ScanOp, dtype: DType) => {
  const indexed = op === 'max' || op === 'min'
  return kernels.scan(
    op,
    input(0, dtype),
    indexed ? [acc(0, dtype), acc(1, 'int32')] : [acc(0, dtype)],
  )
}

overVariants((host, random) => {
  for (const op of ops) {
    it(`${op} along rows of any layout`, () => {
      for (let round = 0; round < 80; round++) {
        host.reset()
        const dtype = pick(random, dtypes)
        const shape = Array.from({ length: integer(random, 0, 3) }, () => integer(random, 1, 12))
        const length = shape[shape.length - 1] ?? 1
        const x = filled(host, dtype, shape, pick(random, layoutKinds), random, () => {
          // Powers of two keep long products exact.
          const v = op === 'prod' ? pick(random, [1, 2, -1]) : integer(random, -9, 9)
          return dtype === 'int64' ? BigInt(v) : v
        })
        const kernel = kernelOf(op, dtype)
        expect(supportsStatic(kernel)).toBe(true)
        const outs = kernel.outputs.map((d) =>
          empty(host, d, shape, pick(random, layoutKinds), random),
        )
        const before = outs.map((o) => gaps(host, o))
        runStatic(host, kernel, [x], outs, [])
        const all = numbers(host, x)
        const rows = Array.from({ length: all.length / length }, (_, r) =>
          reference(op, all.slice(r * length, (r + 1) * length)),
        )
        expect(numbers(host, outs[0]).map((v) => v + 0)).toEqual(
          rows.flatMap((r) => r.results.map((v) => v + 0)),
        )
        if (outs[1]) expect(numbers(host, outs[1])).toEqual(rows.flatMap((r) => r.places))
        expect(outs.map((o) => gaps(host, o))).toEqual(before)
      }
    })
  }

  it('carries NaN on', () => {
    for (const op of ops) {
      host.reset()
      const row = [1, 3, Number.NaN, 2, Number.NaN, 7]
      const x = host.upload('float32', [6], row)
      const outs = kernelOf(op, 'float32').outputs.map((d) => empty(host, d, [6], 'dense', random))
      runStatic(host, kernelOf(op, 'float32'), [x], outs, [])
      const stays = op === 'max' || op === 'min'
      const expected = reference(op, row)
      expect(numbers(host, outs[0]).slice(2)).toEqual([
        Number.NaN,
        Number.NaN,
        Number.NaN,
        Number.NaN,
      ])
      if (stays) expect(numbers(host, outs[1])).toEqual([0, op === 'max' ? 1 : 0, 2, 2, 4, 4])
      expect(numbers(host, outs[0]).slice(0, 2)).toEqual(expected.results.slice(0, 2))
    }
  })

  it('scans an expression and ends with another', () => {
    host.reset()
    const x = input(0, 'float32')
    const kernel = kernels.scan('sum', x.mul(x), [acc(0, 'float32').add(x), acc(0, 'float32')])
    const source = filled(host, 'float32', [3, 7], 'permuted', random, () => integer(random, -9, 9))
    const outs = [0, 1].map(() => empty(host, 'float32', [3, 7], 'padded', random))
    runStatic(host, kernel, [source], outs, [])
    const all = numbers(host, source)
    const sums = [0, 1, 2].flatMap(
      (r) =>
        reference(
          'sum',
          all.slice(7 * r, 7 * r + 7).map((v) => v * v),
        ).results,
    )
    expect(numbers(host, outs[1])).toEqual(sums)
    expect(numbers(host, outs[0])).toEqual(sums.map((s, i) => s + all[i]))
  })

  it('wraps integers around, and sums floats in double precision', () => {
    host.reset()
    const big = host.upload('int32', [3], [2 ** 31 - 1, 1, 5])
    runStatic(host, kernelOf('sum', 'int32'), [big], [big], [])
    expect(numbers(host, big)).toEqual([2 ** 31 - 1, -(2 ** 31), 5 - 2 ** 31])
    const long = host.upload('int64', [2], [2n ** 62n, 2n ** 62n])
    runStatic(host, kernelOf('sum', 'int64'), [long], [long], [])
    expect(values(host, long)).toEqual([2n ** 62n, -(2n ** 63n)])
    const small = host.upload('float32', [4], [2 ** 24, 1, 1, 1])
    runStatic(host, kernelOf('sum', 'float32'), [small], [small], [])
    expect(numbers(host, small)).toEqual([2 ** 24, 2 ** 24, 2 ** 24 + 2, 2 ** 24 + 4])
  })

  it('leaves logsumexp to others', () => {
    expect(
      supportsStatic(kernels.scan('logsumexp', input(0, 'float32'), [acc(0, 'float32')])),
    ).toBe(false)
  })
})
