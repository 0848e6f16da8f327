import { type DType, kernels } from '@sconce/backend'
import { afterAll, describe, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, type View } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const sort = (
  dtype: DType,
  shape: readonly number[],
  more: Partial<View> = {},
  count = shape[shape.length - 1],
) => {
  const out = [...shape.slice(0, -1), count]
  for (const descending of [false, true]) {
    const outputs: View[] = [
      { dtype, shape: out },
      { dtype: 'int32', shape: out },
    ]
    check(backend, kernels.sort(dtype, descending), [{ dtype, shape, ...more }], outputs)
  }
}

describe('sort', () => {
  it('sorts rows of any length', () => {
    for (const n of [1, 2, 3, 4, 5, 8, 9, 16, 31, 33, 64, 100, 128, 257]) {
      sort('float32', [n])
      sort('float32', [3, n])
    }
    sort('float32', [2, 3, 20])
    sort('float32', [0, 4])
    sort('float32', [3, 0])
  })

  it('is stable: equal values keep their order', () => {
    for (const dtype of ['int32', 'int16', 'int8', 'uint8', 'bool', 'float32'] as const) {
      sort(dtype, [50], {
        data: Array.from({ length: 50 }, (_, i) => (i * 7) % (dtype === 'bool' ? 2 : 3)),
      })
    }
  })

  it('orders special values as PyTorch does', () => {
    const data = [
      1,
      Number.NaN,
      -0,
      0,
      Infinity,
      -1,
      Number.NaN,
      -Infinity,
      0,
      -0,
      2 ** -126,
      -(2 ** -126),
      3e38,
    ]
    sort('float32', [13], { data })
    sort('int32', [7], { data: [2 ** 31 - 1, -(2 ** 31), 0, 2 ** 31 - 1, -1, -(2 ** 31), 5] })
  })

  it('reads any layout, and gives the first of the order', () => {
    sort('float32', [6, 20], { strides: [1, 6] })
    sort('float32', [6, 20], { strides: [25, 1], offset: 3 })
    sort('float32', [6, 20], {}, 5)
    sort('float32', [4, 200], { strides: [1, 4] }, 8)
  })
})
