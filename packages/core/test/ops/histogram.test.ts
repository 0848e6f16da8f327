import '@sconce/backend-cpu'
import { histogram, histogramdd, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'

const points = tensor([
  [0, 1],
  [1, 2],
  [2, 3],
])

describe('histogram', () => {
  it('has closed bins at the end, edges to the left elsewhere', () => {
    const { hist, binEdges } = histogram(tensor([0, 0.5, 1, 1.5, 2]), 2)
    expect([hist.toArray(), binEdges.toArray()]).toEqual([
      [2, 3],
      [0, 1, 2],
    ])
  })

  it('takes edges, weights and a density', () => {
    const found = histogram(tensor([1, 2, 4, 9]), tensor([0, 2, 5]), {
      weight: tensor([1, 2, 1, 5]),
      density: true,
    })
    expect(found.hist.toArray()).toEqual([0.125, 0.25])
  })
})

describe('histogramdd', () => {
  it('counts points between the edges of each dim', () => {
    const { hist, binEdges } = histogramdd(points, [3, 2])
    expect(hist.toArray()).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ])
    expect(binEdges.map((e) => e.shape)).toEqual([[4], [3]])
    expect(binEdges[1].toArray()).toEqual([1, 2, 3])
  })

  it('takes one number of bins for all dims, a range, weights', () => {
    expect(histogramdd(points, 2).hist.toArray()).toEqual([
      [1, 0],
      [0, 2],
    ])
    const { hist } = histogramdd(points, [1, 1], {
      range: [0, 1, 0, 2],
      weight: tensor([1, 2, 4]),
    })
    expect(hist.toArray()).toEqual([[3]])
  })

  it('takes edges', () => {
    const { hist } = histogramdd(points, [tensor([0, 1, 2]), tensor([0, 1, 2, 3])])
    expect(hist.toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 2],
    ])
  })

  it('checks what it is given', () => {
    expect(() => histogramdd(tensor([1, 2]), [1])).toThrow(
      'torch.histogramdd: input tensor should have at least 2 dimensions',
    )
    expect(() => histogramdd(points, [3, 0])).toThrow(
      'torch.histogram(): bins must be > 0, but got 0 for dimension 1',
    )
    expect(() => histogramdd(points, [tensor([0, 1])])).toThrow(
      'torch.histogramdd: expected 2 sequences of bin edges for a 2-dimensional histogram but got 1',
    )
    expect(() => histogramdd(points, [3, 2], { range: [0, 1] })).toThrow(
      'torch.histogramdd: for a 2-dimensional histogram range should have 4 elements, but got 2',
    )
    expect(() => histogramdd(points, [3, 2], { weight: tensor([1, 1]) })).toThrow(
      'but got input with shape [3, 2] and weight with shape [2]',
    )
    expect(() => histogramdd(tensor([[Number.NaN, 1]]), [1, 1])).toThrow(
      "torch.histogramdd: dimension 0's range [nan, nan] is not finite",
    )
  })
})
