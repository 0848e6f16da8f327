import { type DType, dtypes, index, input, kernels, load, scalar } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, layoutNames, put, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines, rowOf } from './engines.ts'

/** a·s + b (on bool: a xor b) through the compute type, which suits every dtype. */
function blend(dtype: DType) {
  const { compute } = dtypes[dtype]
  const [a, b] = [input(0, dtype).cast(compute), input(1, dtype).cast(compute)]
  if (compute === 'bool') return kernels.map([a.xor(b)])
  return kernels.map([a.mul(scalar(0, compute)).add(b).cast(dtype)])
}

describe.each(allDTypes)('map of %s', (dtype) => {
  const shape = [3, 4, 5]
  it.each(layoutNames)('%s with contiguous, to contiguous', (layout) => {
    const specs: Spec[] = [
      { dtype, shape, layout },
      { dtype, shape, values: samples(dtype, 60, 2) },
    ]
    compare(blend(dtype), specs, [{ dtype, shape }], { scalars: [3] })
  })
  it.each(['transposed', 'offset', 'strided'] as const)('to %s', (layout) => {
    const specs: Spec[] = [
      { dtype, shape },
      { dtype, shape, values: samples(dtype, 60, 2) },
    ]
    compare(blend(dtype), specs, [{ dtype, shape, layout }], { scalars: [3] })
  })
  it('of one element, of none, of one row and of no dims', () => {
    for (const shape of [[], [1], [1, 1], [0], [3, 0], [0, 3], [2, 0, 4], [7]]) {
      const specs: Spec[] = [
        { dtype, shape },
        { dtype, shape },
      ]
      compare(blend(dtype), specs, [{ dtype, shape }], { scalars: [2] })
    }
  })
  it('of rows longer than a block, off a multiple of it', () => {
    const far: Spec = { dtype, shape: [600], layout: 'strided' }
    compare(blend(dtype), [far, far], [far], { scalars: [2] })
    for (const count of [255, 256, 257, 1000]) {
      const specs: Spec[] = [
        { dtype, shape: [count] },
        { dtype, shape: [count], values: samples(dtype, count, 9) },
      ]
      compare(blend(dtype), specs, [{ dtype, shape: [count] }], { scalars: [-1] })
    }
  })
})

describe('map', () => {
  const f32 = 'float32' as const
  const x = input(0, f32)

  it('of many dims in every order of them', () => {
    const shape = [2, 3, 2, 3, 2]
    const orders = [
      [1, 2, 6, 12, 36],
      [36, 12, 1, 3, 6],
      [0, 1, 0, 3, 9],
    ]
    for (const strides of orders) {
      compare(
        blend(f32),
        [
          { dtype: f32, shape, strides },
          { dtype: f32, shape },
        ],
        [{ dtype: f32, shape }],
        {
          scalars: [2],
        },
      )
    }
  })

  it('of a large transpose, in tiles', () => {
    const shape = [67, 131]
    compare(
      kernels.map([x]),
      [{ dtype: f32, shape, layout: 'transposed' }],
      [{ dtype: f32, shape }],
    )
  })

  it('writes several outputs of several dtypes', () => {
    const kernel = kernels.map([x.add(1), x.gt(0), x.cast('int64'), x.cast('bfloat16')])
    const outputs = kernel.outputs.map(
      (dtype): Spec => ({ dtype, shape: [4, 3], layout: 'transposed' }),
    )
    compare(kernel, [{ dtype: f32, shape: [4, 3] }], outputs)
  })

  it('fills, counts and knows positions', () => {
    const [i, j] = [index(0), index(1)]
    const kernel = kernels.map([i.mul(10).add(j), scalar(0, 'int32').add(j)])
    const outputs = kernel.outputs.map((dtype): Spec => ({ dtype, shape: [3, 4] }))
    compare(kernel, [], outputs, { scalars: [7] })
    for (const engine of engines) {
      const cpu = createCpuBackend({ engine })
      const [out] = runOn(cpu, kernel, [], outputs, [7])
      expect(get(cpu, out).map(Number)).toEqual([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23])
      const fill = kernels.map([scalar(0, 'float64')])
      const [filled] = runOn(cpu, fill, [], [{ dtype: 'float64', shape: [3] }], [0.1])
      expect(get(cpu, filled)).toEqual([0.1, 0.1, 0.1])
    }
  })

  it.each(allDTypes)('gathers %s; outside is zero', (dtype) => {
    const kernel = kernels.map([load(0, dtype, [input(1, 'int32'), index(1)])])
    const shape = [4, 3]
    const rows: Spec = {
      dtype: 'int32',
      shape,
      strides: [1, 0],
      values: [2, -1, 5, 0].flatMap((v) => [v, v, v]),
    }
    compare(kernel, [{ dtype, shape: [3, 3], layout: 'transposed' }, rows], [{ dtype, shape }])
  })

  it('gathers along a dim of size 1, and by a single element', () => {
    const kernel = kernels.map([load(0, f32, [index(0)])])
    compare(kernel, [{ dtype: f32, shape: [4] }], [{ dtype: f32, shape: [1] }])
    const point = kernels.map([load(0, f32, [])])
    compare(point, [{ dtype: f32, shape: [] }], [{ dtype: f32, shape: [3, 2] }])
  })

  it('converts scalars to their dtype', () => {
    const types = ['float32', 'int32', 'uint8', 'int64', 'bool', 'float16'] as const
    const kernel = kernels.map(types.map((dtype) => scalar(0, dtype)))
    for (const value of [0, 1, -1, 300.7, 0.1]) {
      const outputs = kernel.outputs.map((dtype): Spec => ({ dtype, shape: [2] }))
      compare(kernel, [], outputs, { scalars: [value], factor: 0 })
    }
  })

  it.each(engines)('updates in place by %s', (engine) => {
    const cpu = createCpuBackend({ engine })
    const momentum = input(1, f32).mul(0.5).add(input(2, f32))
    const kernel = kernels.map([x.sub(momentum), momentum])
    const [w, m, g] = [
      [1, 2, 3, 4],
      [8, 8, 8, 8],
      [1, 1, 1, 1],
    ].map((values) => put(cpu, { dtype: f32, shape: [2, 2], values, layout: 'transposed' }))
    cpu.run(kernel, [w, m, g], [w, m], [])
    expect(get(cpu, w)).toEqual([-4, -3, -2, -1])
    expect(get(cpu, m)).toEqual([5, 5, 5, 5])
  })

  it('shares subexpressions and takes long chains', () => {
    let value = x
    for (let k = 0; k < 60; k++) value = value.mul(value).add(x).mul(0.25)
    compare(kernels.map([value]), [{ dtype: f32, shape: [10] }], [{ dtype: f32, shape: [10] }])
  })

  it.each(engines)('keeps 64-bit integers whole by %s', (engine) => {
    const cpu = createCpuBackend({ engine })
    const kernel = kernels.map([input(0, 'int64').mul(input(1, 'int64')).add(1)])
    expect(
      rowOf(cpu, kernel, [
        [2n ** 62n, 3n],
        [2n, 2n ** 60n],
      ]),
    ).toEqual([1n - 2n ** 63n, 3n * 2n ** 60n + 1n])
  })
})
