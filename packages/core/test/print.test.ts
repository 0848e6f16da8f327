import { inspect } from 'node:util'
import { arange, full, setPrintOptions, type Tensor, tensor, zeros } from '@sconce/core'
import { afterEach, describe, expect, it } from 'vitest'
import './helpers.ts'

afterEach(() => setPrintOptions())

describe('printing', () => {
  it.each<[() => Tensor, string]>([
    [() => tensor(1.5), 'tensor(1.5000)'],
    [() => tensor([1, 2, 3]), 'tensor([1., 2., 3.])'],
    [() => tensor([1e10, 2e10]), 'tensor([1.0000e+10, 2.0000e+10])'],
    [() => tensor([0.03125, 1]), 'tensor([0.0312, 1.0000])'],
    [() => tensor([1, -20, 300], { dtype: 'int32' }), 'tensor([  1, -20, 300])'],
    [() => tensor([true, false]), 'tensor([ True, False])'],
    [() => tensor([Number.NaN, -Infinity, 1]), 'tensor([nan, -inf, 1.])'],
    [() => tensor([-0, 0]), 'tensor([-0., 0.])'],
    [() => zeros(0, 3), 'tensor([], size=(0, 3))'],
    [() => tensor([1n]), "tensor([1], dtype='int64')"],
    [
      () => full([2, 2], 0.5, { dtype: 'float64' }),
      "tensor([[0.5000, 0.5000],\n        [0.5000, 0.5000]], dtype='float64')",
    ],
    [() => arange(1001), 'tensor([   0,    1,    2,  ...,  998,  999, 1000])'],
    [() => zeros(2, 1, 2), 'tensor([[[0., 0.]],\n\n        [[0., 0.]]])'],
  ])('is PyTorch’s (%#)', (make, text) => {
    expect(String(make())).toBe(text)
  })

  it('is what util.inspect shows', () => {
    expect(inspect(tensor([1]))).toBe('tensor([1.])')
  })

  it('obeys the options', () => {
    setPrintOptions({ precision: 2, linewidth: 20 })
    expect(String(tensor([1.25, 2.5, 3.5]))).toBe('tensor([1.25, 2.50,\n        3.50])')
  })
})
