import '@sconce/backend-cpu'
import { gradcheck } from '@sconce/autograd'
import { randn, tensor } from '@sconce/core'
import { Sparsemax, sparsemax } from '@sconce/nn'
import { describe, expect, it } from 'vitest'

describe('sparsemax', () => {
  it('is the nearest point of the simplex', () => {
    expect(sparsemax(tensor([0.5, 1, 0.125])).toArray()).toEqual([0.25, 0.75, 0])
    expect(sparsemax(tensor([0, 5])).toArray()).toEqual([0, 1])
    expect(sparsemax(tensor([2, 2])).toArray()).toEqual([0.5, 0.5])
  })

  it('works along any dim', () => {
    const columns = tensor([
      [0.5, 0],
      [1, 5],
    ])
    expect(new Sparsemax(0).call(columns).toArray()).toEqual([
      [0.25, 0],
      [0.75, 1],
    ])
    expect(String(new Sparsemax(0))).toBe('Sparsemax(dim=0)')
  })

  it('has gradients', () => {
    const x = randn([3, 4], { dtype: 'float64', requiresGrad: true })
    expect(gradcheck((t) => sparsemax(t), [x])).toBe(true)
  })
})
