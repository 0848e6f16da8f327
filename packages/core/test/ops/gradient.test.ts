import '@sconce/backend-cpu'
import { fft, gradient, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'

describe('gradient', () => {
  const squares = tensor([0, 1, 4, 9, 16])

  it('is of first or second order at the ends', () => {
    expect(gradient(squares)[0].toArray()).toEqual([1, 2, 4, 6, 7])
    expect(gradient(squares, { edgeOrder: 2 })[0].toArray()).toEqual([0, 2, 4, 6, 8])
  })

  it('takes a distance, or the coordinates', () => {
    expect(gradient(squares, { spacing: 0.5 })[0].toArray()).toEqual([2, 4, 8, 12, 14])
    const x = tensor([0, 1, 3, 4])
    const found = gradient(x.square(), { spacing: [x], edgeOrder: 2 })[0].toArray() as number[]
    found.forEach((slope, i) => {
      expect(slope).toBeCloseTo([0, 2, 6, 8][i], 5)
    })
  })

  it('goes along each dim, or those asked for', () => {
    const plane = tensor([
      [1, 2, 4],
      [3, 5, 8],
    ])
    const [down, across] = gradient(plane)
    expect(down.toArray()).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ])
    expect(across.toArray()).toEqual([
      [1, 1.5, 2],
      [2, 2.5, 3],
    ])
    expect(gradient(plane, { dim: [-1], spacing: [2] })).toHaveLength(1)
  })

  it('refuses what does not fit', () => {
    const square = tensor([
      [1, 2],
      [3, 4],
    ])
    expect(() => gradient(square, { edgeOrder: 2 })).toThrow(
      'torch.gradient expected each dimension size to be at least edge_order+1',
    )
    expect(() => gradient(square, { spacing: [1, 2, 3] })).toThrow(
      'torch.gradient expected spacing to be unspecified, a scalar or a list of length 2 but got a list of length 3',
    )
    expect(() => gradient(square.to('uint8'))).toThrow(
      'torch.gradient does not support uint8 input.',
    )
  })
})

describe('fftshift', () => {
  it('moves the zero frequency to the middle, and back', () => {
    const odd = tensor([0, 1, 2, -2, -1])
    expect(fft.fftshift(odd).toArray()).toEqual([-2, -1, 0, 1, 2])
    expect(fft.ifftshift(fft.fftshift(odd)).toArray()).toEqual(odd.toArray())
  })

  it('works along chosen dims', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ])
    expect(fft.fftshift(x).toArray()).toEqual([
      [4, 3],
      [2, 1],
    ])
    expect(fft.fftshift(x, [1]).toArray()).toEqual([
      [2, 1],
      [4, 3],
    ])
    expect(() => fft.fftshift(x, 2)).toThrow('Dimension out of range')
  })
})
