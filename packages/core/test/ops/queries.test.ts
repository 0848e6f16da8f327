import '@sconce/backend-cpu'
import {
  allclose,
  bartlettWindow,
  equal,
  hannWindow,
  isNonzero,
  isSameSize,
  kaiserWindow,
  numel,
  segmentReduce,
  selectCopy,
  tensor,
} from '@sconce/core'
import { describe, expect, it } from 'vitest'

const x = tensor([1, 2])

describe('questions', () => {
  it('compare tensors as a whole', () => {
    expect(equal(x, tensor([1, 2]))).toBe(true)
    expect(x.equal(tensor([[1, 2]]))).toBe(false)
    expect(allclose(x, x.add(1e-9))).toBe(true)
    expect(x.allclose(tensor([1, 2.1]), { atol: 0.2 })).toBe(true)
    expect(isSameSize(x, tensor([3, 4]))).toBe(true)
    expect(x.isSetTo(x.view([2]))).toBe(true)
    expect(x.isSetTo(x.clone())).toBe(false)
  })

  it('ask about one tensor', () => {
    expect(numel(tensor([[1, 2, 3]]))).toBe(3)
    expect([isNonzero(tensor([0])), isNonzero(tensor([[true]]))]).toEqual([false, true])
    expect(() => isNonzero(x)).toThrow(
      'Boolean value of Tensor with more than one value is ambiguous',
    )
    expect([x.isSigned(), x.to('uint8').isSigned()]).toEqual([true, false])
    expect([x.type(), x.type('int32').dtype, x.type('torch.DoubleTensor').dtype]).toEqual([
      'torch.FloatTensor',
      'int32',
      'float64',
    ])
    expect(() => x.type('torch.Foo')).toThrow("invalid type: 'torch.Foo'")
  })
})

describe('functions over elements', () => {
  it('change the tensor', () => {
    const y = tensor([1, 2])
    expect(y.apply_((v) => v * 10)).toBe(y)
    expect(y.map_(x, (a, b) => a + b).toArray()).toEqual([11, 22])
    expect(y.map2_(x, tensor([1]), (a, b, c) => a - b - c).toArray()).toEqual([9, 19])
    expect(() => y.map_(x.to('int64'), (a) => a)).toThrow(
      "map_: expected torch.FloatTensor for 'other' (got torch.LongTensor)",
    )
  })

  it('new tensors are like the old', () => {
    expect(x.to('float64').newTensor([3]).dtype).toBe('float64')
    expect(x.newTensor([3], { dtype: 'int32' }).dtype).toBe('int32')
  })
})

describe('windows', () => {
  it('are periodic unless told otherwise', () => {
    const close = (found: unknown, expected: number[]) => {
      ;(found as number[]).forEach((v, i) => {
        expect(v).toBeCloseTo(expected[i], 6)
      })
    }
    close(hannWindow(4).toArray(), [0, 0.5, 1, 0.5])
    close(hannWindow(5, false).toArray(), [0, 0.5, 1, 0.5, 0])
    close(bartlettWindow(5).toArray(), [0, 0.4, 0.8, 0.8, 0.4])
    // I0(3 √(1 - x²)) / I0(3) at x = 1, 0.6, 0.2.
    const third = kaiserWindow(6, false, 3).narrow(0, 0, 3)
    close(third.toArray(), [0.2048847564, 0.6247462076, 0.9522218569])
    expect(hannWindow(1).toArray()).toEqual([1])
    expect(() => hannWindow(-1)).toThrow(
      'hann_window requires non-negative window_length, got window_length=-1',
    )
  })
})

describe('segment reduce', () => {
  const data = tensor([0, 1, 2, 3, 4, 5])

  it('reduces runs of given lengths', () => {
    const lengths = tensor([2, 0, 4], { dtype: 'int64' })
    expect(segmentReduce(data, 'sum', { lengths }).toArray()).toEqual([1, 0, 14])
    expect(segmentReduce(data, 'mean', { lengths, initial: 3 }).toArray()).toEqual([2, 3, 4.25])
    const offsets = tensor([0, 2, 6], { dtype: 'int64' })
    expect(segmentReduce(data, 'max', { offsets }).toArray()).toEqual([1, 5])
  })

  it('wants the lengths to add up', () => {
    const lengths = tensor([2, 3], { dtype: 'int64' })
    expect(() => segmentReduce(data, 'sum', { lengths })).toThrow(
      'segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.',
    )
    expect(() => segmentReduce(data, 'mode', { lengths })).toThrow(
      'unsupported reduction given! mode',
    )
  })
})

it('copies of views have elements of their own', () => {
  const base = tensor([
    [1, 2],
    [3, 4],
  ])
  const row = selectCopy(base, 0, 1)
  base.zero_()
  expect(row.toArray()).toEqual([3, 4])
})
