import { defaultGenerator, draws, TypeError_ } from '@sconce/core'
import { type Collated, defaultCollate, defaultConvert } from './collate.ts'
import type { AnyDataset, ItemOf } from './dataset.ts'
import { type Conversion, END, type Fetch, fetcher, type Index, isPromise } from './fetch.ts'
import { type DataLoaderOptions, type Plan, planOf } from './loader-options.ts'
import { lengthOf } from './samplers.ts'
import { WorkerPool } from './workers/pool.ts'
import type { Workers } from './workers/port.ts'

/** Indices for streams, which take none. */
function* forever(): Generator<Index> {
  while (true) yield []
}

/**
 * Batches of a dataset, epoch after epoch: `for (const batch of loader)`, or `for await` where items
 * come asynchronously, from workers or ahead of time; `torch.utils.data.DataLoader`. With the same seed
 * the order of items, and the numbers that the default generator draws afterwards, are PyTorch's.
 *
 *     const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 32, shuffle: true })
 *     for (const [x, y] of loader) { … }
 */
export class DataLoader<D extends AnyDataset<unknown>, Batch = Collated<ItemOf<D>>>
  implements AsyncIterable<Batch>
{
  readonly dataset: D
  readonly #options: DataLoaderOptions<ItemOf<D>, Batch>
  readonly #plan: Plan
  #pool: WorkerPool | undefined

  /** @throws ValueError in PyTorch's words for options that exclude each other. */
  constructor(dataset: D, options: DataLoaderOptions<ItemOf<D>, Batch> = {}) {
    this.dataset = dataset
    this.#options = options
    // The plan looks at no item, and so not at what `collate` takes.
    this.#plan = planOf(dataset, options as DataLoaderOptions<never, unknown>)
  }

  get batchSize(): number | null {
    return this.#plan.batchSize
  }

  /**
   * Batches in an epoch; `len(loader)`.
   *
   * @throws TypeError for a stream, or a sampler, without length.
   */
  get length(): number {
    const { indices, batchSize, dropLast } = this.#plan
    if (indices !== undefined) return lengthOf(indices)
    const batches = lengthOf(this.dataset) / (batchSize ?? 1)
    return dropLast ? Math.floor(batches) : Math.ceil(batches)
  }

  /**
   * An epoch, synchronously.
   *
   * @throws TypeError where items come as promises or from workers.
   */
  [Symbol.iterator](): IterableIterator<Batch> {
    if (this.#options.workers) {
      throw new TypeError_('workers load asynchronously: use `for await (const batch of loader)`')
    }
    const { indices, fetch } = this.#epoch()
    return this.#loadSync(indices, fetch)
  }

  *#loadSync(indices: Iterator<Index>, fetch: Fetch): Generator<Batch, void> {
    for (let next = indices.next(); !next.done; next = indices.next()) {
      const batch = fetch(next.value)
      if (isPromise(batch)) {
        // Its failure is of no interest any more.
        batch.then(undefined, () => undefined)
        throw new TypeError_(
          'the dataset loads asynchronously: use `for await (const batch of loader)`',
        )
      }
      if (batch === END) return
      yield batch as Batch
    }
  }

  /** An epoch; loads ahead of time as far as asked for. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    const { workers, prefetchFactor = 0 } = this.#options
    if (workers) return this.#loadInWorkers(workers)
    const { indices, fetch } = this.#epoch()
    return this.#loadAhead(indices, fetch, prefetchFactor)
  }

  async *#loadAhead(
    indices: Iterator<Index>,
    fetch: Fetch,
    ahead: number,
  ): AsyncGenerator<Batch, void> {
    const pending: Promise<unknown>[] = []
    const start = () => {
      const next = indices.next()
      if (next.done) return
      // A promise even if `get` throws, so that the error comes in its turn.
      const batch = (async () => fetch(next.value))()
      batch.catch(() => undefined)
      pending.push(batch)
    }
    for (let i = 0; i <= ahead; i++) start()
    for (let batch = pending.shift(); batch !== undefined; batch = pending.shift()) {
      const value = await batch
      if (value === END) return
      yield value as Batch
      start()
    }
  }

  #loadInWorkers(workers: Workers): AsyncIterableIterator<Batch> {
    // Numbers are drawn when the epoch is asked for, workers are started with its first batch.
    const indices = this.#indices()
    return this.#fromWorkers(workers, indices, this.#baseSeed())
  }

  async *#fromWorkers(
    workers: Workers,
    indices: Iterator<Index>,
    seed: bigint,
  ): AsyncGenerator<Batch, void> {
    const { prefetchFactor = 2, persistentWorkers = false, timeout = 0 } = this.#options
    const { batchSize, autoCollation, dropLast } = this.#plan
    const collate = this.#options.collate as ((items: unknown) => unknown) | undefined
    const pool = this.#pool ?? new WorkerPool(workers, seed)
    if (persistentWorkers) this.#pool = pool
    const batches = pool.epoch(indices, {
      start: { batchSize, autoCollation, dropLast, collate: collate === undefined },
      perWorker: Math.max(1, prefetchFactor),
      timeout,
    })
    try {
      for await (const batch of batches) {
        yield (collate === undefined ? batch : collate(batch)) as Batch
      }
    } finally {
      if (pool.failed) this.close()
      if (this.#pool !== pool) pool.close()
    }
  }

  #indices(): Iterator<Index> {
    return (this.#plan.indices ?? forever())[Symbol.iterator]()
  }

  /** Every epoch draws a seed for workers, also without any: as in PyTorch. */
  #baseSeed(): bigint {
    return draws.drawSeed(this.#options.generator ?? defaultGenerator())
  }

  #epoch(): { indices: Iterator<Index>; fetch: Fetch } {
    const indices = this.#indices()
    this.#baseSeed()
    const { batchSize, dropLast } = this.#plan
    return { indices, fetch: fetcher(this.dataset, { batchSize, dropLast }, this.#conversion()) }
  }

  #conversion(): Conversion {
    // Of a custom function the types are the user's; the default ones take anything.
    const collate = this.#options.collate as ((items: unknown) => unknown) | undefined
    return {
      batch: collate ?? defaultCollate,
      single: collate ?? defaultConvert,
      isDefault: collate === undefined,
    }
  }

  /** Ends persistent workers. */
  close(): void {
    this.#pool?.close()
    this.#pool = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
