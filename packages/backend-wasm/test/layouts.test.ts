import {
  acc,
  constant,
  contiguousStrides,
  type DType,
  index,
  input,
  kernels,
  load,
  scalar,
} from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import { difference } from './support/compare.ts'
import { type Data, data, run } from './support/run.ts'

const cpu = new CpuBackend()
const wasm = new WasmBackend({ threads: 1 })
const a = input(0, 'float32')
const b = input(1, 'float32')

function filled(dtype: DType, shape: readonly number[], strides?: readonly number[]): Data {
  const length = shape.reduce((n, s) => n * s, 1)
  const list = Array.from({ length }, (_, i) => ((i * 7919) % 251) % (dtype === 'bool' ? 2 : 251))
  return data(dtype, list, shape, strides)
}

function expectSame(
  kernel: Parameters<typeof run>[1],
  inputs: Data[],
  outputs: Data[],
  aliases: number[] = [],
): void {
  const actual = run(wasm, kernel, inputs, outputs, [3], aliases)
  const expected = run(cpu, kernel, inputs, outputs, [3], aliases)
  outputs.forEach(({ dtype }, k) => {
    expect(difference(actual[k], expected[k], dtype)).toBeUndefined()
  })
}

describe('large operands that lie across the loops', () => {
  const shape = [70, 90]
  const across = [1, 70]

  it.each(['float32', 'float64', 'int16', 'uint8', 'bool'] as const)('are copied: %s', (dtype) => {
    const kernel = kernels.map([input(0, dtype)])
    expectSame(kernel, [filled(dtype, shape, across)], [filled(dtype, shape)])
    expectSame(kernel, [filled(dtype, shape)], [filled(dtype, shape, across)])
  })

  it('take part in a kernel with others', () => {
    const kernel = kernels.map([a.mul(b).add(scalar(0, 'float32'))])
    expectSame(
      kernel,
      [filled('float32', shape, across), filled('float32', shape)],
      [filled('float32', shape)],
    )
    const both = [filled('float32', shape, across), filled('float32', shape, across)]
    expectSame(kernel, both, [filled('float32', shape)])
  })

  it('are written in place', () => {
    const kernel = kernels.map([a.add(b)])
    const target = filled('float32', shape)
    expectSame(kernel, [target, filled('float32', shape, across)], [target], [0])
  })

  it('of four dims, with a broadcast one', () => {
    const dims = [6, 20, 5, 16]
    const strides = [0, 1, 320, 20]
    const kernel = kernels.map([a.sub(b)])
    const first = data(
      'float32',
      Array.from({ length: 1700 }, (_, i) => i),
      dims,
      strides,
    )
    expectSame(kernel, [first, filled('float32', dims)], [filled('float32', dims)])
  })
})

describe('rows that are loaded', () => {
  const table = filled('float32', [50, 33])
  const rows = data('int32', [0, 49, 7, -1, 50, 7], [6, 33], [1, 0])

  it('are read whole, and are zero outside', () => {
    const kernel = kernels.map([load(0, 'float32', [input(1, 'int32'), index(1)])])
    expectSame(kernel, [table, rows], [filled('float32', [6, 33])])
  })

  it('may end before the loop does', () => {
    const kernel = kernels.map([load(0, 'float32', [input(1, 'int32'), index(1)])])
    const wide = data('int32', [3, 49, 200], [3, 61], [1, 0])
    expectSame(kernel, [table, wide], [filled('float32', [3, 61])])
  })

  it('may lie across, or step', () => {
    const kernel = kernels.map([load(0, 'float32', [input(1, 'int32'), index(1)]).mul(2)])
    const transposed = filled('float32', [50, 33], [1, 50])
    expectSame(kernel, [transposed, rows], [filled('float32', [6, 33])])
    const stepped = data(
      'float32',
      Array.from({ length: 50 * 66 }, (_, i) => i),
      [50, 33],
      [66, 2],
    )
    expectSame(kernel, [stepped, rows], [filled('float32', [6, 33])])
  })

  it.each(['float64', 'int64', 'float16', 'bool'] as const)('of %s', (dtype) => {
    const kernel = kernels.map([load(0, dtype, [index(0).add(constant(1, 'int32')), index(1)])])
    expectSame(kernel, [filled(dtype, [9, 21])], [filled(dtype, [9, 21])])
  })

  it('are reduced', () => {
    const value = load(0, 'float32', [index(0), index(1)])
    const kernel = kernels.reduce([{ op: 'max', value }], [acc(0, 'float32')], ['float32'])
    const out = data('float32', Array(50).fill(0), [50, 33], [1, 0])
    expectSame(kernel, [table], [out])
  })
})

describe('broadcast, stepped and reversed walks', () => {
  it.each([
    { name: 'a bias', shape: [7, 13], strides: [0, 1] },
    { name: 'a column', shape: [7, 13], strides: [1, 0] },
    { name: 'every second element', shape: [7, 13], strides: [26, 2] },
    { name: 'backwards', shape: [7, 13], strides: [13, -1], offset: 12 },
    { name: 'a single element', shape: [], strides: [] },
    { name: 'rows of one', shape: [40, 1], strides: [1, 7] },
  ])('$name', ({ shape, strides, offset = 0 }) => {
    const list = Array.from({ length: 200 }, (_, i) => i - 50)
    const kernel = kernels.map([a.mul(2).add(b), a.gt(b)])
    const x = data('float32', list, shape, strides, offset)
    const y = data('float32', list.toReversed(), shape, contiguousStrides(shape))
    const length = shape.reduce((n, s) => n * s, 1)
    const outputs = [
      data('float32', Array(length).fill(9), shape),
      data('bool', Array(length).fill(0), shape),
    ]
    expectSame(kernel, [x, y], outputs)
  })

  it('over nothing leaves everything as it was', () => {
    const kernel = kernels.map([a.add(1)])
    const out = data('float32', [5, 6], [0, 3], [3, 1])
    const [kept] = run(wasm, kernel, [data('float32', [1], [0, 3], [3, 1])], [out])
    expect(kept).toEqual(Float32Array.of(5, 6))
  })
})
