import { describe, expect, it } from 'vitest'
import { acc, type ConvGeometry, type ConvMode, input, kernels } from '../../src/index.ts'
import { numbers, runOn, samples } from '../harness.ts'
import * as reference from '../reference.ts'
import { ToyBackend } from '../toy-backend.ts'

interface Case {
  readonly name: string
  readonly x: readonly number[]
  readonly w: readonly number[]
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
    w: [3, 1, 3, 3],
    geometry: { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 3 },
  },
  {
    name: '3d',
    x: [1, 2, 3, 4, 3],
    w: [2, 2, 2, 2, 2],
    geometry: { stride: [1, 2, 1], padding: [0, 1, 1], dilation: [1, 1, 1], groups: 1 },
  },
]
const modes: ConvMode[] = ['forward', 'inputGradient', 'weightGradient']
const dtype = 'float32'
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

describe.each(cases)('conv, lowered: $name', ({ x, w, geometry }) => {
  const shapes = reference.convShapes(x, w, geometry)
  it.each(modes)('%s', (mode) => {
    const toy = new ToyBackend()
    const [first, second, to] = {
      forward: [shapes.x, shapes.w, shapes.y],
      inputGradient: [shapes.y, shapes.w, shapes.x],
      weightGradient: [shapes.x, shapes.y, shapes.w],
    }[mode]
    const [a, b] = [samples(dtype, count(first), 1), samples(dtype, count(second), 2)]
    const [out] = runOn(
      toy,
      kernels.conv(mode, dtype, geometry, acc(0, dtype)),
      [
        { dtype, shape: first, values: a },
        { dtype, shape: second, values: b, layout: 'transposed' },
      ],
      [{ dtype, shape: to, layout: 'strided' }],
    )
    expect(numbers(toy, out)).toEqual(reference.conv(mode, a, b, shapes, geometry))
    expect(toy.ran).toEqual(['reduce'])
  })
})

it('conv, lowered: the epilogue reads operands that span the output', () => {
  const toy = new ToyBackend()
  const geometry = { stride: [1], padding: [0], dilation: [1], groups: 1 }
  const kernel = kernels.conv('forward', dtype, geometry, acc(0, dtype).add(input(2, dtype)).max(0))
  const shapes = reference.convShapes([1, 1, 4], [2, 1, 2], geometry)
  const [x, w, bias] = [
    [1, 2, 3, 4],
    [1, -1, 2, 1],
    [-0.5, 0.5],
  ]
  const [out] = runOn(
    toy,
    kernel,
    [
      { dtype, shape: shapes.x, values: x },
      { dtype, shape: shapes.w, values: w },
      {
        dtype,
        shape: shapes.y,
        strides: [0, 1, 0],
        values: bias.flatMap((b) => [b, b, b]),
      },
    ],
    [{ dtype, shape: shapes.y }],
  )
  expect(numbers(toy, out)).toEqual([0, 0, 0, 4.5, 7.5, 10.5])
})
