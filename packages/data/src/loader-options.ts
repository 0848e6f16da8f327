import { type Generator, ValueError } from '@sconce/core'
import { type AnyDataset, asMapDataset, isIterableDataset } from './dataset.ts'
import type { Index } from './fetch.ts'
import { BatchSampler, RandomSampler, SequentialSampler } from './samplers.ts'
import type { Workers } from './workers/port.ts'

/** Options of `DataLoader`; PyTorch's arguments. */
export interface DataLoaderOptions<Item, Batch> {
  /** Items in a batch; null yields single items. Default: 1. */
  batchSize?: number | null
  /** A new random order in every epoch. Default: false. */
  shuffle?: boolean
  /** The order of the items. */
  sampler?: Iterable<number>
  /** The batches, as lists of indices. */
  batchSampler?: Iterable<readonly number[]>
  /** Makes a batch of items; without batches, what is yielded of one. Default: `defaultCollate`. */
  collate?: (items: Item[]) => Batch
  /** Leave out a last batch that is not full. Default: false. */
  dropLast?: boolean
  /** Draws the order. Default: the default generator. */
  generator?: Generator
  /** Threads that load in parallel; see `threadWorkers` in `@sconce/data/node` and `webWorkers`. */
  workers?: Workers
  /**
   * Batches that are loaded ahead of time: per worker (default 2), or without workers in all (default
   * 0, and only with `for await`).
   */
  prefetchFactor?: number
  /** Keep the workers for the next epoch; `close()` ends them. Default: false. */
  persistentWorkers?: boolean
  /** Seconds to wait for a batch of a worker; 0 waits for ever. Default: 0. */
  timeout?: number
}

/** What a loader goes through in an epoch. */
export interface Plan {
  readonly iterable: boolean
  /** Null without automatic batching. */
  readonly batchSize: number | null
  readonly autoCollation: boolean
  readonly dropLast: boolean
  /** Absent for streams, which know their own order. */
  readonly indices: Iterable<Index> | undefined
}

type Options = DataLoaderOptions<never, unknown>

function checkNumbers({ workers, timeout = 0, prefetchFactor, persistentWorkers }: Options): void {
  if (!(timeout >= 0)) throw new ValueError('timeout option should be non-negative')
  if (persistentWorkers && !workers) {
    throw new ValueError('persistent_workers option needs num_workers > 0')
  }
  if (prefetchFactor !== undefined && !(Number.isInteger(prefetchFactor) && prefetchFactor >= 0)) {
    throw new ValueError('prefetch_factor option should be non-negative')
  }
}

/** A stream takes no other order than its own. */
function checkStream({ shuffle, sampler, batchSampler }: Options): void {
  const given = { shuffle: shuffle || undefined, sampler, batch_sampler: batchSampler }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const text = value === true ? 'True' : (value.constructor?.name ?? 'object')
    throw new ValueError(
      `DataLoader with IterableDataset: expected unspecified ${name} option, but got ${name}=${text}`,
    )
  }
}

/**
 * The plan that options stand for.
 *
 * @throws ValueError in PyTorch's words for options that exclude each other.
 */
export function planOf(dataset: AnyDataset<unknown>, options: Options): Plan {
  checkNumbers(options)
  const { batchSize = 1, shuffle = false, sampler, batchSampler, dropLast = false } = options
  const iterable = isIterableDataset(dataset)
  if (iterable) checkStream(options)
  if (sampler && shuffle) {
    throw new ValueError('sampler option is mutually exclusive with shuffle')
  }
  if (batchSampler) {
    if (batchSize !== 1 || shuffle || sampler || dropLast) {
      throw new ValueError(
        'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
      )
    }
    return { iterable, batchSize: null, autoCollation: true, dropLast, indices: batchSampler }
  }
  if (batchSize === null && dropLast) {
    throw new ValueError(
      'batch_size=None option disables auto-batching and is mutually exclusive with drop_last',
    )
  }
  const autoCollation = batchSize !== null
  if (iterable) {
    // Checks the size as for other datasets.
    if (batchSize !== null) new BatchSampler([], batchSize)
    return { iterable, batchSize, autoCollation, dropLast, indices: undefined }
  }
  const items = asMapDataset(dataset)
  const { generator } = options
  const order =
    sampler ??
    (shuffle
      ? new RandomSampler(items, generator ? { generator } : {})
      : new SequentialSampler(items))
  const indices = batchSize === null ? order : new BatchSampler(order, batchSize, dropLast)
  return { iterable, batchSize, autoCollation, dropLast, indices }
}
