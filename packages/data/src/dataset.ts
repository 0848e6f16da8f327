import { IndexError, TypeError_ } from '@sconce/core'

/**
 * A map-style dataset: `length` items that are got by index; `torch.utils.data.Dataset`. `get` may
 * return a promise; then the loader can only be iterated with `for await`.
 */
export interface Dataset<Item> {
  /** Number of items; `__len__`. */
  readonly length: number
  /** The item at `index`; `__getitem__`. */
  get(index: number): Item
  /**
   * The items at `indices` as one batch, where that is cheaper than collating single ones. It must
   * be what `defaultCollate` makes of them; a loader with a `collate` of its own doesn't call it.
   */
  getBatch?(indices: readonly number[]): unknown
}

/**
 * A dataset that is a stream: a sync or async iterable, iterated afresh for every epoch;
 * `torch.utils.data.IterableDataset`. With `length`, a loader knows its own.
 */
export type IterableDataset<Item> = (Iterable<Item> | AsyncIterable<Item>) & {
  readonly length?: number
}

/** What loaders take: a dataset of either style; a JS array is a map-style one. */
export type AnyDataset<Item> = Dataset<Item> | readonly Item[] | IterableDataset<Item>

/** The item that a loader sees: what `get` promises. */
export type ItemOf<D> =
  D extends Dataset<infer Item>
    ? Awaited<Item>
    : D extends AsyncIterable<infer Item> | Iterable<infer Item>
      ? Awaited<Item>
      : never

/** True for datasets that are streams. */
export function isIterableDataset<Item>(
  dataset: AnyDataset<Item>,
): dataset is IterableDataset<Item> {
  return (
    !Array.isArray(dataset) &&
    !('get' in dataset && 'length' in dataset) &&
    (Symbol.iterator in dataset || Symbol.asyncIterator in dataset)
  )
}

class ArrayDataset<Item> implements Dataset<Item> {
  readonly #items: readonly Item[]
  constructor(items: readonly Item[]) {
    this.#items = items
  }
  get length(): number {
    return this.#items.length
  }
  get(index: number): Item {
    return at(this.#items, index)
  }
}

/** The element of a list, or PyTorch's error beyond its ends. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  if (!(index >= 0 && index < list.length)) throw new IndexError('list index out of range')
  return list[index]
}

/**
 * The map-style dataset of an array, or the dataset itself.
 *
 * @throws TypeError for what is neither.
 */
export function asMapDataset<Item>(dataset: AnyDataset<Item>): Dataset<Item> {
  if (Array.isArray(dataset)) return new ArrayDataset<Item>(dataset)
  if ('get' in dataset && typeof dataset.get === 'function') return dataset
  throw new TypeError_('a dataset has `length` and `get(index)`, or is iterable')
}
