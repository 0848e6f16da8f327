import '@sconce/backend-cpu'
import { Generator, manualSeed, rand, type Tensor, tensor } from '@sconce/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { DataLoader, TensorDataset } from '../src/index.ts'

const ten = Array.from({ length: 10 }, (_, i) => i)
const list = (batches: Iterable<Tensor>) => [...batches].map((b) => b.toArray())
const listAsync = async (batches: AsyncIterable<Tensor>) => {
  const all: unknown[] = []
  for await (const b of batches) all.push(b.toArray())
  return all
}
const later = <T>(value: T, ms = 1) => new Promise<T>((done) => setTimeout(done, ms, value))

/** Expected orders are those that PyTorch 1.13 gives for the same seeds. */
describe('DataLoader in the order of PyTorch', () => {
  it('shuffles, and leaves the default generator as PyTorch does', () => {
    manualSeed(0)
    const loader = new DataLoader(ten, { batchSize: 4, shuffle: true })
    expect([list(loader), list(loader)]).toEqual([
      [
        [6, 7, 1, 4],
        [2, 0, 9, 8],
        [3, 5],
      ],
      [
        [2, 4, 7, 0],
        [8, 9, 5, 3],
        [6, 1],
      ],
    ])
    expect(rand([2]).toArray()).toEqual([0.455627977848053, 0.6323062777519226])
  })

  it('is the same with `for await`', async () => {
    manualSeed(0)
    const loader = new DataLoader(ten, { batchSize: 4, shuffle: true, prefetchFactor: 2 })
    expect(await listAsync(loader)).toEqual([
      [6, 7, 1, 4],
      [2, 0, 9, 8],
      [3, 5],
    ])
    expect(await listAsync(loader)).toEqual([
      [2, 4, 7, 0],
      [8, 9, 5, 3],
      [6, 1],
    ])
    expect(rand([2]).toArray()).toEqual([0.455627977848053, 0.6323062777519226])
  })

  it('draws all from a given generator', () => {
    const generator = new Generator(7)
    const loader = new DataLoader(ten, { batchSize: 3, shuffle: true, dropLast: true, generator })
    expect([list(loader), list(loader)]).toEqual([
      [
        [1, 3, 5],
        [7, 9, 4],
        [6, 2, 8],
      ],
      [
        [5, 1, 6],
        [0, 9, 7],
        [8, 4, 3],
      ],
    ])
  })
})

describe('DataLoader', () => {
  it('knows its length', () => {
    expect(new DataLoader(ten, { batchSize: 3 }).length).toBe(4)
    expect(new DataLoader(ten, { batchSize: 3, dropLast: true }).length).toBe(3)
    expect(new DataLoader(ten, { batchSize: null }).length).toBe(10)
    const stream = Object.assign(new Set([1, 2, 3]), { length: 3 })
    expect(new DataLoader(stream, { batchSize: 2 }).length).toBe(2)
    expect(() => new DataLoader(new Set([1])).length).toThrow("object of type 'Set' has no len()")
  })

  it('gives batches of tuples with their types', () => {
    const data = new TensorDataset(tensor([1, 2, 3]), tensor([4n, 5n, 6n]))
    const loader = new DataLoader(data, { batchSize: 2 })
    const batches = [...loader]
    expectTypeOf(batches[0][1]).toEqualTypeOf<Tensor>()
    expect(batches.map(([x, y]) => [x.toArray(), y.toArray()])).toEqual([
      [
        [1, 2],
        [4, 5],
      ],
      [[3], [6]],
    ])
    // A function of one's own gets items, also where the dataset makes batches.
    const sums = new DataLoader(data, {
      batchSize: 2,
      collate: (items) => items.reduce((sum, [x]) => sum + x.item(), 0),
    })
    expect([...sums]).toEqual([3, 3])
  })

  it('yields single items without batching', () => {
    const loader = new DataLoader([Float32Array.of(1, 2), Float32Array.of(3)], { batchSize: null })
    expect(list(loader as Iterable<Tensor>)).toEqual([[1, 2], [3]])
    const doubled = new DataLoader(ten, { batchSize: null, collate: (x) => Number(x) * 2 })
    expect([...doubled]).toEqual(ten.map((x) => 2 * x))
  })

  it('takes samplers', () => {
    expect(list(new DataLoader(ten, { sampler: [3, 1, 2], batchSize: 2 }))).toEqual([[3, 1], [2]])
    expect(list(new DataLoader(ten, { batchSampler: [[1], [2, 3]] }))).toEqual([[1], [2, 3]])
  })

  it('goes through streams', async () => {
    const stream = {
      *[Symbol.iterator]() {
        yield* [1, 2, 3]
      },
    }
    const loader = new DataLoader(stream, { batchSize: 2 })
    expect([list(loader), list(loader)]).toEqual([
      [[1, 2], [3]],
      [[1, 2], [3]],
    ])
    expect(list(new DataLoader(stream, { batchSize: 2, dropLast: true }))).toEqual([[1, 2]])
    expect([...new DataLoader(stream, { batchSize: null })]).toEqual([1, 2, 3])
    const slow = {
      async *[Symbol.asyncIterator]() {
        yield* stream
      },
    }
    for (const prefetchFactor of [0, 3]) {
      expect(await listAsync(new DataLoader(slow, { batchSize: 2, prefetchFactor }))).toEqual([
        [1, 2],
        [3],
      ])
    }
  })

  it('loads the items of a batch at the same time, and batches ahead', async () => {
    let running = 0
    let most = 0
    const data = {
      length: 8,
      async get(i: number) {
        most = Math.max(most, ++running)
        await later(0, 8 - i)
        running--
        return i
      },
    }
    expect(await listAsync(new DataLoader(data, { batchSize: 2 }))).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ])
    expect(most).toBe(2)
    most = 0
    const ahead = new DataLoader(data, { batchSize: 2, prefetchFactor: 2 })
    expect(await listAsync(ahead)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ])
    expect(most).toBe(6)
    expect(() => [...ahead]).toThrow('the dataset loads asynchronously: use `for await')
  })

  it('gives errors in their turn', async () => {
    const data = {
      length: 4,
      get(i: number) {
        if (i === 2) throw new Error('item 2 is broken')
        return i
      },
    }
    const seen: unknown[] = []
    const load = async () => {
      for await (const b of new DataLoader(data, { prefetchFactor: 3 })) seen.push(b.toArray())
    }
    await expect(load()).rejects.toThrow('item 2 is broken')
    expect(seen).toEqual([[0], [1]])
    expect(() => [...new DataLoader(data)]).toThrow('item 2 is broken')
  })

  it('refuses what PyTorch refuses, in its words', () => {
    const stream = new Set([1])
    const cases: [() => unknown, string][] = [
      [
        () => new DataLoader(ten, { batchSize: 0 }),
        'batch_size should be a positive integer value, but got batch_size=0',
      ],
      [
        () => new DataLoader(stream, { batchSize: 0 }),
        'batch_size should be a positive integer value, but got batch_size=0',
      ],
      [
        () => new DataLoader(ten, { batchSize: null, dropLast: true }),
        'batch_size=None option disables auto-batching and is mutually exclusive with drop_last',
      ],
      [
        () => new DataLoader(ten, { batchSize: 2, batchSampler: [[1]] }),
        'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
      ],
      [
        () => new DataLoader(ten, { sampler: [1], shuffle: true }),
        'sampler option is mutually exclusive with shuffle',
      ],
      [
        () => new DataLoader(stream, { shuffle: true }),
        'DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True',
      ],
      [
        () => new DataLoader(stream, { sampler: [1] }),
        'DataLoader with IterableDataset: expected unspecified sampler option',
      ],
      [
        () => new DataLoader(ten, { persistentWorkers: true }),
        'persistent_workers option needs num_workers > 0',
      ],
      [() => new DataLoader(ten, { timeout: -1 }), 'timeout option should be non-negative'],
      [
        () => new DataLoader({} as number[]),
        'a dataset has `length` and `get(index)`, or is iterable',
      ],
    ]
    for (const [call, message] of cases) expect(call).toThrow(message)
  })
})
