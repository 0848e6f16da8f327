import { type Combine, type DType, dtypes, index, input, kernels, scalar } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, layoutNames, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const combines: Combine[] = ['assign', 'add', 'mul', 'min', 'max']

describe.each(allDTypes)('scatter of %s', (dtype) => {
  it.each(combines)('%s at duplicates and outside, in every layout', (combine) => {
    const kernel = kernels.scatter(combine, [input(0, 'int32'), index(1)], input(1, dtype))
    const shape = [6, 3]
    const rows = [1, 0, 1, 4, -1, 1].flatMap((r) => [r, r, r])
    for (const layout of layoutNames) {
      if (layout.startsWith('broadcast')) continue
      compare(
        kernel,
        [
          { dtype: 'int32', shape, values: rows },
          { dtype, shape, layout, values: samples(dtype, 18, 3) },
        ],
        [{ dtype, shape: [4, 3], layout, values: samples(dtype, 12, 5) }],
      )
    }
  })
})

describe('scatter', () => {
  it.each(engines)(
    'leaves what it does not write; the last of duplicates stays, by %s',
    (engine) => {
      const cpu = createCpuBackend({ engine })
      const kernel = kernels.scatter(
        'assign',
        [input(0, 'int32')],
        input(1, 'float32').mul(scalar(0, 'float32')),
      )
      const [out] = runOn(
        cpu,
        kernel,
        [
          { dtype: 'int32', shape: [4], values: [2, 0, 2, 9] },
          { dtype: 'float32', shape: [4], values: [1, 2, 3, 4] },
        ],
        [{ dtype: 'float32', shape: [4], values: [-1, -2, -3, -4] }],
        [10],
      )
      expect(get(cpu, out)).toEqual([20, -2, 30, -4])
    },
  )

  it('converts to the dtype of its target', () => {
    const cases: [DType, DType][] = [
      ['float32', 'float16'],
      ['float64', 'int32'],
      ['int32', 'bool'],
      ['bool', 'int64'],
    ]
    for (const [from, to] of cases) {
      for (const combine of combines) {
        const kernel = kernels.scatter(combine, [input(0, 'int32')], input(1, from), to)
        const specs: Spec[] = [
          { dtype: 'int32', shape: [5], values: [0, 1, 1, 0, 2] },
          { dtype: from, shape: [5] },
        ]
        compare(kernel, specs, [{ dtype: to, shape: [4], values: samples(to, 4, 8) }])
      }
    }
  })

  it('of more than a block, of nothing, into no dims', () => {
    const kernel = kernels.scatter('add', [input(0, 'int32')], input(1, 'float64'))
    const shape = [1000]
    const at = samples('int32', 1000).map((v) => v + 10)
    compare(
      kernel,
      [
        { dtype: 'int32', shape, values: at },
        { dtype: 'float64', shape },
      ],
      [{ dtype: 'float64', shape: [20] }],
    )
    compare(
      kernel,
      [
        { dtype: 'int32', shape: [0] },
        { dtype: 'float64', shape: [0] },
      ],
      [{ dtype: 'float64', shape: [2] }],
    )
    const sum = kernels.scatter('add', [], input(0, 'float64'))
    compare(sum, [{ dtype: 'float64', shape: [3, 4] }], [{ dtype: 'float64', shape: [] }])
  })

  it('takes coordinates from expressions', () => {
    const column = input(0, 'int32').rem(3)
    const kernel = kernels.scatter(
      'max',
      [index(0), column],
      input(0, 'int32').cast(dtypes.float16.compute),
      'float16',
    )
    compare(
      kernel,
      [{ dtype: 'int32', shape: [3, 8] }],
      [{ dtype: 'float16', shape: [3, 3], layout: 'transposed' }],
    )
  })
})
