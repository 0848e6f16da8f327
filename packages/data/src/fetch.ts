import { type AnyDataset, asMapDataset, type Dataset, isIterableDataset } from './dataset.ts'

/** What a fetcher gives once a stream has ended. */
export const END = Symbol('end of the dataset')

/** What is loaded at a time: the index of an item, or the indices of a batch. */
export type Index = number | readonly number[]

/** Turns items into a batch (`batch`), or one item into what is yielded (`single`). */
export interface Conversion {
  batch(items: readonly unknown[]): unknown
  single(item: unknown): unknown
  /** Whether a dataset may make the batch itself. */
  readonly isDefault: boolean
}

/** Loads what an index stands for: a value or a promise of it. */
export type Fetch = (index: Index) => unknown

export const isPromise = (x: unknown): x is PromiseLike<unknown> =>
  typeof x === 'object' && x !== null && 'then' in x && typeof x.then === 'function'

/** `f` of a value now, or of what a promise gives later. */
const then = (value: unknown, f: (value: unknown) => unknown): unknown =>
  isPromise(value) ? value.then(f) : f(value)

/** `f` of all values, at once unless there are promises among them. */
const all = (values: unknown[], f: (values: unknown[]) => unknown): unknown =>
  values.some(isPromise) ? Promise.all(values).then(f) : f(values)

function fetchItems(dataset: Dataset<unknown>, conversion: Conversion): Fetch {
  const batched = conversion.isDefault && dataset.getBatch !== undefined
  return (index) => {
    if (typeof index === 'number') return then(dataset.get(index), conversion.single)
    if (batched) return dataset.getBatch?.(index)
    return all(
      index.map((i) => dataset.get(i)),
      conversion.batch,
    )
  }
}

/** How much of a stream is one batch. */
export interface StreamBatches {
  /** Null: items singly. */
  readonly batchSize: number | null
  readonly dropLast: boolean
}

function fetchSync(
  stream: Iterator<unknown>,
  { batchSize, dropLast }: StreamBatches,
  conversion: Conversion,
): Fetch {
  const items: unknown[] = []
  return () => {
    items.length = 0
    const wanted = batchSize ?? 1
    while (items.length < wanted) {
      const { done, value } = stream.next()
      if (done) break
      items.push(value)
    }
    if (items.length === 0 || (dropLast && items.length < wanted)) return END
    return batchSize === null
      ? then(items[0], conversion.single)
      : all([...items], conversion.batch)
  }
}

function fetchAsync(
  stream: AsyncIterator<unknown>,
  { batchSize, dropLast }: StreamBatches,
  conversion: Conversion,
): Fetch {
  // Batches that are asked for ahead of time take their turn.
  let previous: Promise<unknown> = Promise.resolve()
  const fetch = async () => {
    const items: unknown[] = []
    const wanted = batchSize ?? 1
    while (items.length < wanted) {
      const { done, value } = await stream.next()
      if (done) break
      items.push(value)
    }
    if (items.length === 0 || (dropLast && items.length < wanted)) return END
    return batchSize === null ? conversion.single(items[0]) : conversion.batch(items)
  }
  return () => {
    previous = previous.then(fetch)
    return previous
  }
}

/** How to load from a dataset of either style. A stream is started anew. */
export function fetcher(
  dataset: AnyDataset<unknown>,
  batches: StreamBatches,
  conversion: Conversion,
): Fetch {
  if (!isIterableDataset(dataset)) return fetchItems(asMapDataset(dataset), conversion)
  return Symbol.asyncIterator in dataset
    ? fetchAsync(dataset[Symbol.asyncIterator](), batches, conversion)
    : fetchSync(dataset[Symbol.iterator](), batches, conversion)
}
