import { check, IndexError, type Tensor, tensor, ValueError } from '@sconce/core'
import { at, type Dataset } from './dataset.ts'

/** Tensors of equal first size: item `i` holds slice `i` of each; `torch.utils.data.TensorDataset`. */
export class TensorDataset<T extends readonly Tensor[]> implements Dataset<T> {
  readonly tensors: T

  /** @throws RuntimeError unless all tensors have the same size in dim 0. */
  constructor(...tensors: T) {
    const [first] = tensors
    check(
      first !== undefined && tensors.every((t) => t.size(0) === first.size(0)),
      () => 'Size mismatch between tensors',
    )
    this.tensors = tensors
  }

  get length(): number {
    return this.tensors[0].size(0)
  }

  /** Views of the slices. */
  get(index: number): T {
    return this.#each((t) => t.select(0, index))
  }

  /** One gather of each tensor. */
  getBatch(indices: readonly number[]): T {
    const rows = tensor(Int32Array.from(indices))
    return this.#each((t) => t.indexSelect(0, rows.to(t.device)))
  }

  #each(slice: (t: Tensor) => Tensor): T {
    // A tuple stays one of the same length.
    return this.tensors.map(slice) as readonly Tensor[] as T
  }
}

/** The items of a dataset at some indices; `torch.utils.data.Subset`. */
export class Subset<Item> implements Dataset<Item> {
  readonly dataset: Dataset<Item>
  readonly indices: readonly number[]
  readonly getBatch?: (indices: readonly number[]) => unknown

  constructor(dataset: Dataset<Item>, indices: readonly number[]) {
    this.dataset = dataset
    this.indices = indices
    if (dataset.getBatch) {
      this.getBatch = (positions) => dataset.getBatch?.(positions.map((i) => at(indices, i)))
    }
  }

  get length(): number {
    return this.indices.length
  }

  get(index: number): Item {
    return this.dataset.get(at(this.indices, index))
  }
}

/** Datasets one after the other; `torch.utils.data.ConcatDataset`. */
export class ConcatDataset<Item> implements Dataset<Item> {
  readonly datasets: readonly Dataset<Item>[]
  /** Number of items up to the end of each dataset. */
  readonly cumulativeSizes: readonly number[]

  /** @throws RuntimeError for no datasets. */
  constructor(datasets: Iterable<Dataset<Item>>) {
    this.datasets = [...datasets]
    check(this.datasets.length > 0, () => 'datasets should not be an empty iterable')
    let total = 0
    this.cumulativeSizes = this.datasets.map((d) => {
      total += d.length
      return total
    })
  }

  get length(): number {
    return this.cumulativeSizes[this.cumulativeSizes.length - 1]
  }

  /** @param index a negative one counts from the end. */
  get(index: number): Item {
    const position = index < 0 ? index + this.length : index
    if (position < 0)
      throw new ValueError('absolute value of index should not exceed dataset length')
    const which = this.cumulativeSizes.findIndex((end) => position < end)
    if (which < 0) throw new IndexError('list index out of range')
    return this.datasets[which].get(position - (this.cumulativeSizes[which - 1] ?? 0))
  }
}

type Stacked = readonly Dataset<unknown>[] | Readonly<Record<string, Dataset<unknown>>>
type StackedItem<D extends Stacked> = {
  -readonly [K in keyof D]: D[K] extends Dataset<infer Item> ? Item : never
}

/**
 * Datasets of one length side by side: item `i` is the tuple (or the object) of the items `i` of
 * each; `torch.utils.data.StackDataset`. The datasets are synchronous.
 */
export class StackDataset<const D extends Stacked> implements Dataset<StackedItem<D>> {
  readonly datasets: D
  readonly length: number

  /** @throws ValueError for no datasets, or unequal lengths. */
  constructor(datasets: D) {
    const all = Object.values<Dataset<unknown>>(datasets)
    if (all.length === 0) throw new ValueError('At least one dataset should be passed')
    if (all.some((d) => d.length !== all[0].length)) {
      throw new ValueError('Size mismatch between datasets')
    }
    this.datasets = datasets
    this.length = all[0].length
  }

  get(index: number): StackedItem<D> {
    const { datasets } = this
    const item = Array.isArray(datasets)
      ? datasets.map((d: Dataset<unknown>) => d.get(index))
      : Object.fromEntries(
          Object.entries<Dataset<unknown>>(datasets).map(([key, d]) => [key, d.get(index)]),
        )
    // The keys and their items are those of the datasets.
    return item as StackedItem<D>
  }
}

/** Streams one after the other; `torch.utils.data.ChainDataset`. */
export class ChainDataset<Item> implements AsyncIterable<Item> {
  readonly datasets: readonly (Iterable<Item> | AsyncIterable<Item>)[]

  constructor(datasets: Iterable<Iterable<Item> | AsyncIterable<Item>>) {
    this.datasets = [...datasets]
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    for (const dataset of this.datasets) yield* dataset
  }
}
