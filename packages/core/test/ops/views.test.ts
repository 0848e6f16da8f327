import { arange, type Tensor, tensor, zeros } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { errorOf, values } from '../helpers.ts'

const grid = (): Tensor => arange(12, { dtype: 'float32' }).view(3, 4)

describe('views', () => {
  it('share the storage: what is written through one is seen through all', () => {
    const x = grid()
    x.t().select(0, 1).zero_()
    expect(values(x)).toEqual([
      [0, 0, 2, 3],
      [4, 0, 6, 7],
      [8, 0, 10, 11],
    ])
    expect(x.t().storage).toBe(x.storage)
  })

  it.each<[string, (x: Tensor) => Tensor, number[], number[], number]>([
    ['transpose', (x) => x.transpose(0, 1), [4, 3], [1, 4], 0],
    ['permute', (x) => x.permute(1, 0), [4, 3], [1, 4], 0],
    ['narrow', (x) => x.narrow(1, 1, 2), [3, 2], [4, 1], 1],
    ['select', (x) => x.select(0, -1), [4], [1], 8],
    ['slice', (x) => x.slice(0, 0, 3, 2), [2, 4], [8, 1], 0],
    ['diagonal', (x) => x.diagonal(1), [3], [5], 1],
    ['unfold', (x) => x.unfold(1, 2, 2), [3, 2, 2], [4, 2, 1], 0],
    ['expand', (x) => x.narrow(0, 0, 1).expand(2, -1), [2, 4], [0, 1], 0],
    ['unsqueeze', (x) => x.unsqueeze(1), [3, 1, 4], [4, 4, 1], 0],
    ['squeeze', (x) => x.unsqueeze(0).squeeze(), [3, 4], [4, 1], 0],
    ['movedim', (x) => x.unsqueeze(0).movedim(0, 2), [3, 4, 1], [4, 1, 12], 0],
    ['asStrided', (x) => x.asStrided([2, 2], [1, 2], 3), [2, 2], [1, 2], 3],
    ['flatten', (x) => x.flatten(), [12], [1], 0],
    ['unflatten', (x) => x.unflatten(1, [2, -1]), [3, 2, 2], [4, 2, 1], 0],
  ])('%s has PyTorch’s shape, strides and offset', (_, view, shape, strides, offset) => {
    const v = view(grid())
    expect([v.shape, v.strides, v.offset]).toEqual([shape, strides, offset])
  })

  it('split and chunk give the parts PyTorch gives', () => {
    const sizes = (parts: Tensor[]) => parts.map((p) => p.shape[1])
    expect(sizes(grid().split(3, 1))).toEqual([3, 1])
    expect(sizes(grid().chunk(3, 1))).toEqual([2, 2])
    expect(sizes(grid().tensorSplit(3, 1))).toEqual([2, 1, 1])
    expect(sizes(grid().split([1, 3], 1))).toEqual([1, 3])
  })

  it('reshape copies only where it must', () => {
    const x = grid()
    expect(x.reshape(4, 3).storage).toBe(x.storage)
    expect(x.t().reshape(12).storage).not.toBe(x.storage)
    expect(values(x.t().reshape(12))).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
  })

  it.each<[(x: Tensor) => unknown, string]>([
    [(x) => x.view(5), "RuntimeError: shape '[5]' is invalid for input of size 12"],
    [
      (x) => x.t().view(12),
      "RuntimeError: view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    ],
    [(x) => x.permute(0, 0), 'RuntimeError: permute(): duplicate dims are not allowed.'],
    [
      (x) => x.select(0, 5),
      'IndexError: select(): index 5 out of range for tensor of size [3, 4] at dimension 0',
    ],
    [(x) => x.narrow(0, 2, 2), 'RuntimeError: start (2) + length (2) exceeds dimension size (3).'],
    [
      (x) => x.expand(3, 5),
      'RuntimeError: The expanded size of the tensor (5) must match the existing size (4) at non-singleton dimension 1.  Target sizes: [3, 5].  Tensor sizes: [3, 4]',
    ],
    [
      (x) => x.squeeze(7),
      'IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 7)',
    ],
    [
      (x) => x.split([1, 1]),
      "RuntimeError: split_with_sizes expects split_sizes to sum exactly to 3 (input tensor's size at dimension 0), but got split_sizes=[1, 1]",
    ],
  ])('bad arguments give PyTorch’s error (%#)', (call, message) => {
    expect(errorOf(() => call(grid()))).toBe(message)
  })

  it('in-place forms change the tensor itself', () => {
    const x = grid()
    expect(x.t_()).toBe(x)
    expect(x.shape).toEqual([4, 3])
    x.unsqueeze_(0).squeeze_()
    expect(x.shape).toEqual([4, 3])
  })
})

describe('writing through views', () => {
  it('refuses what has two elements at one place', () => {
    expect(errorOf(() => zeros(1).expand(3).add_(1))).toBe(
      'RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.',
    )
  })

  it('resolves overlap of source and target', () => {
    const x = tensor([1, 2, 3, 4])
    x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3))
    expect(values(x)).toEqual([1, 1, 2, 3])
    const y = tensor([1, 2, 3, 4])
    y.narrow(0, 0, 3).add_(y.narrow(0, 1, 3))
    expect(values(y)).toEqual([3, 5, 7, 4])
  })

  it('counts versions, shared with views', () => {
    const x = zeros(2, 2)
    const v = x.select(0, 0)
    v.add_(1)
    x.mul_(2)
    expect(x.version.value).toBe(2)
    expect(v.version.value).toBe(2)
  })

  it('leaves everything as it was where an op throws', () => {
    const x = tensor([1, 2, 3])
    expect(errorOf(() => x.add_(zeros(2, 3)))).toBe(
      "RuntimeError: output with shape [3] doesn't match the broadcast shape [2, 3]",
    )
    expect(values(x)).toEqual([1, 2, 3])
    expect(x.version.value).toBe(0)
  })
})
