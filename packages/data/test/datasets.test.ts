import '@sconce/backend-cpu'
import { tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { ChainDataset, ConcatDataset, StackDataset, Subset, TensorDataset } from '../src/index.ts'

const numbers = (from: number, length: number) => ({ length, get: (i: number) => from + i })

describe('TensorDataset', () => {
  const x = tensor([
    [0, 1],
    [2, 3],
    [4, 5],
  ])
  const y = tensor([10n, 11n, 12n])

  it('gives views of the slices', () => {
    const data = new TensorDataset(x, y)
    expect(data.length).toBe(3)
    const [row, label] = data.get(2)
    expect([row.toArray(), label.toArray()]).toEqual([[4, 5], 12])
    expect(row.storage).toBe(x.storage)
  })

  it('gathers batches that share nothing with it', () => {
    const [rows, labels] = new TensorDataset(x, y).getBatch([2, 0, 2])
    expect(rows.toArray()).toEqual([
      [4, 5],
      [0, 1],
      [4, 5],
    ])
    expect(labels.toArray()).toEqual([12, 10, 12])
    expect(labels.dtype).toBe('int64')
    expect(rows.storage).not.toBe(x.storage)
  })

  it('wants tensors of one length', () => {
    expect(() => new TensorDataset(x, tensor([1]))).toThrow('Size mismatch between tensors')
    expect(() => new TensorDataset()).toThrow('Size mismatch between tensors')
  })
})

describe('combinations', () => {
  it('Subset goes through its indices, also by batches', () => {
    const subset = new Subset(numbers(100, 10), [5, 3])
    expect([subset.length, subset.get(0), subset.get(1)]).toEqual([2, 105, 103])
    expect(subset.getBatch).toBeUndefined()
    expect(() => subset.get(2)).toThrow('list index out of range')
    const nested = new Subset(
      new Subset(new TensorDataset(tensor([1, 2, 3, 4])), [3, 2, 1]),
      [2, 0],
    )
    const batch = nested.getBatch?.([0, 1]) as [ReturnType<typeof tensor>]
    expect(batch[0].toArray()).toEqual([2, 4])
  })

  it('ConcatDataset goes from one to the next, and backwards', () => {
    const all = new ConcatDataset([numbers(0, 2), numbers(10, 0), numbers(20, 3)])
    expect(all.cumulativeSizes).toEqual([2, 2, 5])
    expect(Array.from({ length: all.length }, (_, i) => all.get(i))).toEqual([0, 1, 20, 21, 22])
    expect(all.get(-1)).toBe(22)
    expect(() => all.get(-6)).toThrow('absolute value of index should not exceed dataset length')
    expect(() => all.get(5)).toThrow('list index out of range')
    expect(() => new ConcatDataset([])).toThrow('datasets should not be an empty iterable')
  })

  it('StackDataset puts items side by side', () => {
    const pair = new StackDataset([numbers(0, 2), numbers(5, 2)])
    expect(pair.get(1)).toEqual([1, 6])
    const named = new StackDataset({ a: numbers(0, 2), b: numbers(5, 2) })
    expect(named.get(1)).toEqual({ a: 1, b: 6 })
    expect(() => new StackDataset([numbers(0, 2), numbers(0, 3)])).toThrow(
      'Size mismatch between datasets',
    )
  })

  it('ChainDataset joins streams of both kinds', async () => {
    async function* later() {
      yield 3
    }
    const joined: number[] = []
    for await (const n of new ChainDataset<number>([[1, 2], later(), [4]])) joined.push(n)
    expect(joined).toEqual([1, 2, 3, 4])
  })
})
