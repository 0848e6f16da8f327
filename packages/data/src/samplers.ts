import { defaultGenerator, draws, Generator, Tensor, TypeError_, ValueError } from '@sconce/core'

/** What yields the indices of an epoch, in order; `torch.utils.data.Sampler`. */
export interface Sampler<Index = number> extends Iterable<Index> {
  /** Number of indices in an epoch. */
  readonly length: number
}

/** What has a length: a dataset, or an array. */
export interface Sized {
  readonly length: number
}

const numbers = (drawn: Iterable<number | bigint>): number[] => Array.from(drawn, Number)

const permutation = (generator: Generator, n: number): number[] =>
  numbers(draws.randperm(generator, 'int32', n))

const isPositiveInteger = (n: number): boolean => Number.isInteger(n) && n > 0

function checkCount(numSamples: number): void {
  if (!isPositiveInteger(numSamples)) {
    throw new ValueError(
      `num_samples should be a positive integer value, but got num_samples=${numSamples}`,
    )
  }
}

/** 0, 1, 2…; `torch.utils.data.SequentialSampler`. */
export class SequentialSampler implements Sampler {
  readonly #source: Sized
  constructor(source: Sized) {
    this.#source = source
  }
  get length(): number {
    return this.#source.length
  }
  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.length; i++) yield i
  }
}

/** Options of `RandomSampler`. */
export interface RandomSamplerOptions {
  /** Draw each index anew instead of permuting them. Default: false. */
  replacement?: boolean
  /** Indices in an epoch. Default: as many as there are items. */
  numSamples?: number
  /** Default: a new one for each epoch, seeded by a number that the default generator draws. */
  generator?: Generator
}

/** How many indices PyTorch draws at a time with replacement. */
const CHUNK = 32

/** All indices in random order, in that of PyTorch for the same seed; `torch.utils.data.RandomSampler`. */
export class RandomSampler implements Sampler {
  readonly #source: Sized
  readonly #options: RandomSamplerOptions

  /** @throws ValueError in PyTorch's words unless `numSamples` is a positive integer. */
  constructor(source: Sized, options: RandomSamplerOptions = {}) {
    this.#source = source
    this.#options = options
    checkCount(this.length)
  }

  get length(): number {
    return this.#options.numSamples ?? this.#source.length
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const n = this.#source.length
    const count = this.length
    const generator = this.#options.generator ?? new Generator(draws.drawSeed(defaultGenerator()))
    if (this.#options.replacement) {
      for (let left = count; left > 0; left -= CHUNK) {
        yield* numbers(draws.randint(generator, 'int64', Math.min(CHUNK, left), 0, n))
      }
      return
    }
    for (let left = count; left >= n; left -= n) yield* permutation(generator, n)
    // PyTorch draws the last permutation even if nothing of it is used.
    yield* permutation(generator, n).slice(0, count % n)
  }
}

/** Given indices in random order; `torch.utils.data.SubsetRandomSampler`. */
export class SubsetRandomSampler implements Sampler {
  readonly #indices: readonly number[]
  readonly #generator: Generator | undefined
  constructor(indices: readonly number[], options: { generator?: Generator } = {}) {
    this.#indices = indices
    this.#generator = options.generator
  }
  get length(): number {
    return this.#indices.length
  }
  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of permutation(this.#generator ?? defaultGenerator(), this.length))
      yield this.#indices[i]
  }
}

function weightsOf(weights: ArrayLike<number> | Tensor): Float64Array {
  const list = weights instanceof Tensor ? weights.toArray() : Array.from(weights)
  const shape: number[] = []
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length)
  if (!Array.isArray(list) || shape.length !== 1) {
    throw new ValueError(
      `weights should be a 1d sequence but given weights have shape (${shape.join(', ')})`,
    )
  }
  return Float64Array.from(list, Number)
}

/** Indices in proportion to weights; `torch.utils.data.WeightedRandomSampler`. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number
  readonly #weights: Float64Array
  readonly #replacement: boolean
  readonly #generator: Generator | undefined

  /**
   * @param weights one an item; they need not sum to 1.
   * @throws ValueError in PyTorch's words for a bad count or weights that are not one-dimensional.
   */
  constructor(
    weights: ArrayLike<number> | Tensor,
    numSamples: number,
    options: { replacement?: boolean; generator?: Generator } = {},
  ) {
    checkCount(numSamples)
    this.#weights = weightsOf(weights)
    this.length = numSamples
    this.#replacement = options.replacement ?? true
    this.#generator = options.generator
  }

  /** @throws RuntimeError in the words of `torch.multinomial` for weights that are no distribution. */
  *[Symbol.iterator](): IterableIterator<number> {
    yield* draws.multinomial(
      this.#generator ?? defaultGenerator(),
      'float64',
      this.#weights,
      this.#weights.length,
      this.length,
      this.#replacement,
    )
  }
}

/** Lists of indices, `batchSize` each; `torch.utils.data.BatchSampler`. */
export class BatchSampler implements Sampler<number[]> {
  readonly sampler: Iterable<number>
  readonly batchSize: number
  readonly dropLast: boolean

  /** @throws ValueError in PyTorch's words unless `batchSize` is a positive integer. */
  constructor(sampler: Iterable<number>, batchSize: number, dropLast = false) {
    if (!isPositiveInteger(batchSize)) {
      throw new ValueError(
        `batch_size should be a positive integer value, but got batch_size=${batchSize}`,
      )
    }
    this.sampler = sampler
    this.batchSize = batchSize
    this.dropLast = dropLast
  }

  get length(): number {
    const batches = lengthOf(this.sampler) / this.batchSize
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches)
  }

  *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = []
    for (const index of this.sampler) {
      batch.push(index)
      if (batch.length === this.batchSize) {
        yield batch
        batch = []
      }
    }
    if (batch.length > 0 && !this.dropLast) yield batch
  }
}

/**
 * `len(x)` of Python.
 *
 * @throws TypeError in Python's words for what has no length.
 */
export function lengthOf(value: object): number {
  if ('length' in value && typeof value.length === 'number') return value.length
  throw new TypeError_(`object of type '${value.constructor?.name ?? 'object'}' has no len()`)
}
