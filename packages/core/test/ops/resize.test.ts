import '@sconce/backend-cpu'
import { arange, tensor } from '@sconce/core'
import '@sconce/autograd'
import { describe, expect, it } from 'vitest'

const reading = () => arange(6).view(2, 3)

describe('resize_', () => {
  it('shows fewer of the elements, row-major', () => {
    const x = reading()
    expect(x.resize_(2, 2)).toBe(x)
    expect(x.toArray()).toEqual([
      [0, 1],
      [2, 3],
    ])
    const columns = reading().t()
    expect(columns.resize_(2, 2).stride()).toEqual([2, 1])
    expect(columns.toArray()).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('shows more of a storage that has more', () => {
    const x = reading().view(-1).narrow(0, 1, 2)
    expect(x.resize_([2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('keeps the elements where it grows', () => {
    const x = reading()
    x.resize_(3, 3)
    expect(x.shape).toEqual([3, 3])
    expect(x.narrow(0, 0, 2).toArray()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
  })

  it('takes the shape of another', () => {
    expect(
      reading()
        .resizeAs_(tensor([[0], [0]]))
        .toArray(),
    ).toEqual([[0], [1]])
  })

  it('refuses negative sizes and tensors that require grad', () => {
    expect(() => reading().resize_(-1)).toThrow('negative dimension -1')
    expect(() => tensor([1, 2], { requiresGrad: true }).resize_(1)).toThrow(
      'cannot resize variables that require grad',
    )
  })
})
