import '@sconce/backend-cpu'
import { masked, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'

const x = tensor([
  [-3, -2, -1],
  [0, 1, 2],
])
const mask = tensor([
  [true, false, true],
  [false, false, false],
])
const nan = Number.NaN
const inf = Number.POSITIVE_INFINITY

describe('reductions', () => {
  it('leave masked elements out', () => {
    expect(masked.sum(x, 1, { mask }).toArray()).toEqual([-4, 0])
    expect(masked.prod(x, 1, { mask }).toArray()).toEqual([3, 1])
    expect(masked.amax(x, 1, { mask }).toArray()).toEqual([-1, -inf])
    expect(masked.amin(x, 1, { mask }).toArray()).toEqual([-3, inf])
    expect(masked.mean(x, 1, { mask }).toArray()).toEqual([-2, nan])
    expect(masked.median(x, 1, { mask }).toArray()).toEqual([-3, nan])
    expect(masked.norm(x, 1, 1, { mask }).toArray()).toEqual([4, 0])
    expect(masked.var(x, 1, { mask }).toArray()).toEqual([1, nan])
    expect(masked.std(x, 1, true, { mask }).toArray()).toEqual([Math.fround(Math.SQRT2), nan])
  })

  it('take all elements without a mask, all dims without a dim', () => {
    expect(masked.sum(x).item()).toBe(-3)
    expect(masked.mean(x, []).item()).toBe(-0.5)
    expect(masked.sum(x, [0, 1], { keepdim: true }).shape).toEqual([1, 1])
  })

  it('broadcast the mask', () => {
    expect(masked.sum(x, 0, { mask: tensor([true, false, true]) }).toArray()).toEqual([-3, 0, 1])
  })

  it('have the limits of integers as identities', () => {
    const none = { mask: tensor([false, false]) }
    const small = tensor([1, 2], { dtype: 'int8' })
    expect(masked.amax(small, 0, none).item()).toBe(-128)
    expect(masked.amin(tensor([1n, 2n]), 0, none).item()).toBe(2n ** 63n - 1n)
    expect(() => masked.amax(tensor([true, false]), 0, none)).toThrow(
      'identity of amax on torch.bool input',
    )
  })

  it('give positions in the dtype of the input', () => {
    const where = masked.argmax(x, 1, { mask })
    expect([where.dtype, where.toArray()]).toEqual(['float32', [2, 0]])
    expect(masked.argmin(x, 1, { mask: mask.logicalNot() }).toArray()).toEqual([1, 0])
  })

  it('refuse dims that are there twice or not at all', () => {
    expect(() => masked.sum(x, [1, 1])).toThrow('dim=1 appears multiple times in the list of dims')
    expect(() => masked.sum(x, 2)).toThrow(
      'Dimension out of range (expected to be in range of [-2, 1], but got 2)',
    )
    expect(() => masked.sum(tensor([1]), 0, { mask })).toThrow(
      '_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)',
    )
  })

  it('have no median of integers without elements', () => {
    expect(() => masked.median(x.to('int32'), 1, { mask })).toThrow(
      'masked median expects no fully masked out rows if dtype is not floating point',
    )
  })
})

describe('along a dim', () => {
  it('running results pass masked elements over', () => {
    expect(masked.cumsum(x, 1, { mask }).toArray()).toEqual([
      [-3, -3, -4],
      [0, 0, 0],
    ])
    expect(masked.cumprod(x, 1, { mask }).toArray()).toEqual([
      [-3, -3, 3],
      [1, 1, 1],
    ])
  })

  it('softmax has zeros outside of the mask, and nothing where all is', () => {
    const p = masked.softmax(x, 1, { mask }).toArray() as number[][]
    expect(p[0][1]).toBe(0)
    expect(p[0][0] + p[0][2]).toBeCloseTo(1, 6)
    expect(p[0][2] / p[0][0]).toBeCloseTo(Math.exp(2), 4)
    expect(p[1]).toEqual([nan, nan, nan])
    const q = masked.softmin(x, 1, { mask }).toArray() as number[][]
    expect(q[0][0] / q[0][2]).toBeCloseTo(Math.exp(2), 4)
  })

  it('normalize divides by the norm of what is inside', () => {
    expect(masked.normalize(x, 1, 1, { mask }).toArray()).toEqual([
      [-0.75, 0, -0.25],
      [0, 0, 0],
    ])
  })
})

it('logaddexp masks each side', () => {
  const a = tensor([1, 2])
  const found = masked.logaddexp(a, tensor([3, 4]), {
    inputMask: tensor([false, true]),
    otherMask: tensor([true, false]),
  })
  expect(found.toArray()).toEqual([3, 2])
})
