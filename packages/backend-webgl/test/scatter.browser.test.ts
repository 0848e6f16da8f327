import { type Combine, type DType, index, input, kernels, load, scalar } from '@sconce/backend'
import { afterAll, describe, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const view = (dtype: DType, shape: readonly number[], more: Partial<View> = {}): View => ({
  dtype,
  shape,
  ...more,
})
const places = (shape: readonly number[], data: number[], more: Partial<View> = {}): View =>
  view('int32', shape, { data, ...more })
const combines: readonly Combine[] = ['assign', 'add', 'mul', 'min', 'max']

describe('scatter', () => {
  for (const dtype of ['float32', 'int32', 'uint8', 'int8'] as const) {
    it(`${dtype}: every combination, with duplicates and places outside`, () => {
      const data = [3, 0, -1, 3, 9, 3, 1, 0, 12, 7, 7, 7]
      for (const combine of combines) {
        const kernel = kernels.scatter(combine, [input(0, 'int32')], input(1, dtype))
        const close = dtype === 'float32' ? { relative: 1e-6 } : {}
        for (const target of [{}, { offset: 3, extra: 4 }, { strides: [2], offset: 1, extra: 3 }]) {
          check(
            backend,
            kernel,
            [places([12], data), view(dtype, [12])],
            [view(dtype, [10], target)],
            [],
            close,
          )
        }
      }
    })
  }

  it('bool: assigns, and takes the least and the largest', () => {
    for (const combine of ['assign', 'min', 'max'] as const) {
      const kernel = kernels.scatter(combine, [input(0, 'int32')], input(1, 'bool'))
      check(
        backend,
        kernel,
        [places([6], [1, 1, 4, 0, 4, 4]), view('bool', [6])],
        [view('bool', [7])],
      )
    }
  })

  it('NaN and infinities', () => {
    const data = [Number.NaN, 1, Infinity, -Infinity, -0, 0, 2, Number.NaN]
    for (const combine of combines) {
      const kernel = kernels.scatter(combine, [input(0, 'int32')], input(1, 'float32'))
      const target = { data: [1, 2, -0, Number.NaN, 5, 6, -0] }
      check(
        backend,
        kernel,
        [places([8], [0, 0, 1, 1, 2, 2, 3, 5]), view('float32', [8], { data })],
        [view('float32', [7], target)],
      )
    }
  })

  it('rows, whole texels at a time', () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const kernel = kernels.scatter('assign', [input(0, 'int32'), index(1)], input(1, dtype))
      for (const width of [8, 5]) {
        for (const target of [{}, { strides: [16, 1], offset: 4 }, { strides: [1, 6] }]) {
          const at = places([5, width], [2, 0, 7, 2, 4], { strides: [1, 0] })
          check(backend, kernel, [at, view(dtype, [5, width])], [view(dtype, [6, width], target)])
          check(
            backend,
            kernel,
            [at, view(dtype, [5, width], { strides: [1, 5] })],
            [view(dtype, [6, width], target)],
          )
        }
      }
    }
    const add = kernels.scatter(
      'add',
      [load(0, 'int32', [index(0)]), index(1)],
      input(1, 'float32').mul(scalar(0, 'float32')),
    )
    const first = view('int32', [40], { data: Array.from({ length: 40 }, (_, i) => (i * 7) % 11) })
    // The first input spans the iteration shape also where it is loaded.
    const spanning = { ...first, shape: [40, 300], strides: [1, 0] }
    check(
      backend,
      add,
      [spanning, view('float32', [40, 300])],
      [view('float32', [11, 300])],
      [0.5],
      { relative: 1e-5, scale: 1e-6 },
    )
  })

  it('rows that go on in the next row of the texture', () => {
    const kernel = kernels.scatter('add', [input(0, 'int32'), index(1)], input(1, 'float32'))
    const width = 1500
    const at = places(
      [20, width],
      Array.from({ length: 20 }, (_, i) => (i * 5) % 9),
      { strides: [1, 0] },
    )
    check(backend, kernel, [at, view('float32', [20, width])], [view('float32', [9, width])], [], {
      relative: 1e-5,
      scale: 1e-6,
    })
    const long = 12_000
    const few = places([3, long], [1, 0, 1], { strides: [1, 0] })
    check(backend, kernel, [few, view('float32', [3, long])], [view('float32', [2, long])], [], {
      relative: 1e-5,
      scale: 1e-6,
    })
  })

  it('several coordinates, and a target that is also read', () => {
    const kernel = kernels.scatter(
      'assign',
      [input(0, 'int32'), index(1).neg().add(6), index(0)],
      input(1, 'float32'),
    )
    const at = places([4, 7], [0, 1, 2, 1, 0, 5, 1], { strides: [0, 1] })
    check(backend, kernel, [at, view('float32', [4, 7])], [view('float32', [3, 7, 4])])
    const self = kernels.scatter('add', [input(0, 'int32')], input(1, 'float32').mul(2))
    check(
      backend,
      self,
      [places([6], [1, 1, 1, 0, 5, 2]), view('float32', [6])],
      [view('float32', [6], { shares: 1 })],
      [],
      { relative: 1e-6 },
    )
  })

  it('many writes to few places', () => {
    const n = 3000
    const data = Array.from({ length: n }, (_, i) => (i * 31) % 17)
    for (const [dtype, combine] of [
      ['int32', 'add'],
      ['float32', 'add'],
      ['float32', 'max'],
      ['int32', 'assign'],
    ] as const) {
      const kernel = kernels.scatter(combine, [input(0, 'int32')], input(1, dtype))
      check(backend, kernel, [places([n], data), view(dtype, [n])], [view(dtype, [17])], [], {
        relative: 1e-4,
        scale: 1e-5,
      })
    }
  })

  it('nothing to write', () => {
    const kernel = kernels.scatter('assign', [input(0, 'int32')], input(1, 'float32'))
    check(backend, kernel, [places([0], []), view('float32', [0])], [view('float32', [5])])
  })
})
