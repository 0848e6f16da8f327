import '@sconce/backend-cpu'
import { manualSeed, type Tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { DataLoader } from '../src/index.ts'
import { threadWorkers } from '../src/node.ts'
import type { SquaresOptions } from './fixtures/squares.ts'

// The threads run the sources too.
const sources = {
  preload: [new URL('./fixtures/typescript.mjs', import.meta.url)],
  execArgv: ['--conditions=@sconce/source'],
}

const threads = (name: string, count: number, options?: unknown) =>
  threadWorkers(new URL(`./fixtures/${name}.ts`, import.meta.url), { count, options, ...sources })

interface Square {
  square: number
  values: Int16Array
  by: string
}
/** What the main thread knows of the items: how many there are. */
const squares = (options: SquaresOptions, count = 2) => ({
  dataset: {
    length: options.length,
    get(): Square {
      throw new Error('the main thread loads nothing')
    },
  },
  workers: threads('squares', count, options),
})

const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const value of source) all.push(value)
  return all
}

describe('threads', () => {
  it('load batches in turn and keep the order', async () => {
    const { dataset, workers } = squares({ length: 6, delay: 4 })
    const batches = await collect(new DataLoader(dataset, { batchSize: 2, workers }))
    expect(batches.map((b) => b.square.toArray())).toEqual([
      [0, 1],
      [4, 9],
      [16, 25],
    ])
    expect(batches.map((b) => b.by)).toEqual([
      ['worker 0', 'worker 0'],
      ['worker 1', 'worker 1'],
      ['worker 0', 'worker 0'],
    ])
    expect(batches[1].values.dtype).toBe('int16')
    expect(batches[1].values.toArray()).toEqual([
      [2, 1],
      [3, 1],
    ])
  })

  it('leave collating to a function of the main thread', async () => {
    const { dataset, workers } = squares({ length: 3 }, 1)
    const collate = (items: Square[]) => items.map((item) => item.square)
    expect(await collect(new DataLoader(dataset, { batchSize: 2, workers, collate }))).toEqual([
      [0, 1],
      [4],
    ])
  })

  it('draw the random numbers of PyTorch’s workers', async () => {
    manualSeed(9)
    const data = { length: 6, get: (): Tensor => expect.unreachable() }
    const loader = new DataLoader(data, { batchSize: 2, workers: threads('random', 2) })
    const batches = await collect(loader)
    expect(batches.map((b) => b.flatten().toArray())).toEqual([
      [0.8000649213790894, 0.6679441332817078],
      [0.6840246915817261, 0.5704586505889893],
      [0.6422993540763855, 0.19644522666931152],
    ])
  })

  it('share a stream out, and go on while one of them still has items', async () => {
    const lengths = [7, 1, 3]
    const loader = new DataLoader(new Set<number>(), {
      batchSize: 2,
      workers: threads('stream', 3, lengths),
    })
    expect(await collect(loader)).toEqual([[0, 1], [100], [200, 201], [2, 3], [202], [4, 5], [6]])
  })

  it('are kept for the next epoch if asked to, also after one that was left early', async () => {
    const { dataset, workers } = squares({ length: 6, delay: 1 })
    let started = 0
    const counted = {
      count: workers.count,
      start(id: number) {
        started++
        return workers.start(id)
      },
    }
    using loader = new DataLoader(dataset, {
      batchSize: 2,
      workers: counted,
      persistentWorkers: true,
    })
    for await (const { square } of loader) {
      expect(square.toArray()).toEqual([0, 1])
      break
    }
    const batches = await collect(loader)
    expect(batches.map((b) => b.square.toArray())).toEqual([
      [0, 1],
      [4, 9],
      [16, 25],
    ])
    expect(started).toBe(2)
  })
})

describe('what goes wrong in a thread', () => {
  it('reaches the caller in its turn, with its name and place', async () => {
    const { dataset, workers } = squares({ length: 4, broken: 3 })
    const seen: unknown[] = []
    const load = async () => {
      for await (const b of new DataLoader(dataset, { workers })) seen.push(b.square.toArray())
    }
    await expect(load()).rejects.toMatchObject({
      name: 'RangeError',
      message: expect.stringMatching(
        /^Caught RangeError in DataLoader worker 1\.\nOriginal stack:\nRangeError: item 3 is broken\n.*squares\.ts/s,
      ),
    })
    expect(seen).toEqual([[0], [1], [4]])
  })

  it('a thread that ends is an error, not a wait for ever', async () => {
    const { dataset, workers } = squares({ length: 4, fatal: 1 })
    await expect(collect(new DataLoader(dataset, { workers }))).rejects.toThrow(
      'DataLoader worker 1 exited unexpectedly (code 3)',
    )
  })

  it('a module that can’t be used', async () => {
    const data = { length: 2, get: (i: number) => i }
    const load = (name: string) => collect(new DataLoader(data, { workers: threads(name, 1) }))
    await expect(load('absent')).rejects.toThrow(
      /Caught Error in DataLoader worker 0\..*Cannot find module/s,
    )
    await expect(load('nothing')).rejects.toThrow('the module of the workers has no default export')
  })

  it('a batch that takes too long', async () => {
    const { dataset, workers } = squares({ length: 1, delay: 60_000 }, 1)
    await expect(collect(new DataLoader(dataset, { workers, timeout: 0.05 }))).rejects.toThrow(
      'DataLoader timed out after 0.05 seconds',
    )
  })

  it('threads are of no use to a synchronous loop', () => {
    const { dataset, workers } = squares({ length: 2 })
    expect(() => [...new DataLoader(dataset, { workers })]).toThrow('use `for await')
  })
})
