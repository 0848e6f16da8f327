import {
  acc,
  type ConvGeometry,
  type ConvMode,
  type DType,
  dtypes,
  input,
  kernels,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { get, type LayoutName, runOn, type Spec, samples } from '../../backend/test/harness.ts'
import * as reference from '../../backend/test/reference.ts'
import { createCpuBackend } from '../src/index.ts'
import { allDTypes, compare, engines } from './engines.ts'

const modes: ConvMode[] = ['forward', 'inputGradient', 'weightGradient']
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const plain = (mode: ConvMode, dtype: DType, geometry: ConvGeometry) =>
  kernels.conv(mode, dtype, geometry, acc(0, dtypes[dtype].compute).cast(dtype))

interface Case {
  readonly name: string
  readonly x: number[]
  readonly w: number[]
  readonly geometry: ConvGeometry
}

const cases: Case[] = [
  {
    name: '1d, stride 2, padding 1',
    x: [2, 3, 7],
    w: [4, 3, 3],
    geometry: { stride: [2], padding: [1], dilation: [1], groups: 1 },
  },
  {
    name: '2d, dilated, in groups',
    x: [2, 4, 6, 5],
    w: [6, 2, 2, 3],
    geometry: { stride: [1, 2], padding: [1, 2], dilation: [2, 1], groups: 2 },
  },
  {
    name: '2d, depthwise',
    x: [1, 3, 4, 4],
    w: [6, 1, 3, 3],
    geometry: { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 3 },
  },
  {
    name: '2d, stride beyond the window, space left over',
    x: [1, 2, 8, 9],
    w: [3, 2, 2, 1],
    geometry: { stride: [3, 4], padding: [0, 0], dilation: [1, 1], groups: 1 },
  },
  {
    name: '3d',
    x: [1, 2, 3, 4, 3],
    w: [2, 2, 2, 2, 2],
    geometry: { stride: [1, 2, 1], padding: [0, 1, 1], dilation: [1, 1, 1], groups: 1 },
  },
]

function operands(mode: ConvMode, { x, w, geometry }: Case) {
  const shapes = reference.convShapes(x, w, geometry)
  const order = {
    forward: [shapes.x, shapes.w, shapes.y],
    inputGradient: [shapes.y, shapes.w, shapes.x],
    weightGradient: [shapes.x, shapes.y, shapes.w],
  }
  return { shapes, order: order[mode] }
}

describe.each(cases)('conv $name', (test) => {
  describe.each(modes)('%s', (mode) => {
    const {
      shapes,
      order: [first, second, to],
    } = operands(mode, test)
    it.each(engines)('gives what plain loops give, by %s', (engine) => {
      const cpu = createCpuBackend({ engine })
      for (const dtype of ['float32', 'float64', 'int32', 'int64'] as const) {
        const [a, b] = [samples(dtype, count(first), 1), samples(dtype, count(second), 2)]
        const layouts: LayoutName[] = ['contiguous', 'transposed', 'strided']
        for (const layout of layouts) {
          const [out] = runOn(
            cpu,
            plain(mode, dtype, test.geometry),
            [
              { dtype, shape: first, values: a, layout },
              { dtype, shape: second, values: b, layout },
            ],
            [{ dtype, shape: to, layout }],
          )
          const expected = reference.conv(mode, a, b, shapes, test.geometry)
          expect(get(cpu, out).map((v) => Number(v) + 0)).toEqual(expected.map((v) => v + 0))
        }
      }
    })
  })
})

describe('conv', () => {
  const test: Case = {
    name: 'small, with everything',
    x: [2, 2, 4, 3],
    w: [4, 1, 2, 2],
    geometry: { stride: [1, 2], padding: [1, 0], dilation: [2, 1], groups: 2 },
  }
  it.each(allDTypes.filter((d) => d !== 'bool'))('equals its lowering on %s', (dtype) => {
    for (const mode of modes) {
      const {
        order: [first, second, to],
      } = operands(mode, test)
      const specs: Spec[] = [
        { dtype, shape: first, values: samples(dtype, count(first), 1) },
        { dtype, shape: second, values: samples(dtype, count(second), 2) },
      ]
      compare(plain(mode, dtype, test.geometry), specs, [{ dtype, shape: to }])
    }
  })

  it('runs an epilogue in every mode', () => {
    for (const mode of modes) {
      const {
        order: [first, second, to],
      } = operands(mode, test)
      const value = acc(0, 'float32').add(input(2, 'float32')).max(0).cast('float16')
      const specs = [first, second, to].map(
        (shape, i): Spec => ({
          dtype: 'float32',
          shape,
          values: samples('float32', count(shape), i + 1),
        }),
      )
      compare(kernels.conv(mode, 'float32', test.geometry, value), specs, [
        { dtype: 'float16', shape: to },
      ])
    }
  })

  it('of no images, and of an image that the window does not reach', () => {
    const geometry = { stride: [1], padding: [0], dilation: [1], groups: 1 }
    const f32 = 'float32' as const
    for (const mode of modes) {
      const {
        order: [first, second, to],
      } = operands(mode, { name: '', x: [0, 2, 4], w: [3, 2, 2], geometry })
      const specs: Spec[] = [
        { dtype: f32, shape: first },
        { dtype: f32, shape: second },
      ]
      compare(plain(mode, f32, geometry), specs, [{ dtype: f32, shape: to }])
    }
    const { order } = operands('inputGradient', {
      name: '',
      x: [1, 1, 5],
      w: [1, 1, 1],
      geometry: { ...geometry, stride: [4] },
    })
    const specs: Spec[] = order.slice(0, 2).map((shape) => ({ dtype: f32, shape }))
    compare(plain('inputGradient', f32, { ...geometry, stride: [4] }), specs, [
      { dtype: f32, shape: order[2] },
    ])
  })
})
