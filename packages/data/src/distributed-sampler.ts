import { draws, Generator, ValueError } from '@sconce/core'
import type { Sampler, Sized } from './samplers.ts'

/** Options of `DistributedSampler`. */
export interface DistributedSamplerOptions {
  /** Number of processes that share an epoch. */
  numReplicas: number
  /** Which of them this one is, from 0. */
  rank: number
  /** Default: true. */
  shuffle?: boolean
  /** The same in all processes. Default: 0. */
  seed?: number
  /** Drop the tail instead of repeating items so that all get the same number. Default: false. */
  dropLast?: boolean
}

/**
 * The part of an epoch that is one process's, for training in several;
 * `torch.utils.data.DistributedSampler`. Call `setEpoch` before each epoch, or all are alike.
 */
export class DistributedSampler implements Sampler {
  readonly length: number
  readonly #source: Sized
  readonly #options: Required<DistributedSamplerOptions>
  #epoch = 0

  /** @throws ValueError in PyTorch's words for a rank out of range. */
  constructor(source: Sized, options: DistributedSamplerOptions) {
    this.#options = { shuffle: true, seed: 0, dropLast: false, ...options }
    const { numReplicas, rank, dropLast } = this.#options
    if (!(rank >= 0 && rank < numReplicas)) {
      throw new ValueError(
        `Invalid rank ${rank}, rank should be in the interval [0, ${numReplicas - 1}]`,
      )
    }
    this.#source = source
    this.length = (dropLast ? Math.floor : Math.ceil)(source.length / numReplicas)
  }

  /** Makes the next epoch's order that of `epoch`; `set_epoch`. */
  setEpoch(epoch: number): void {
    this.#epoch = epoch
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const { numReplicas, rank, shuffle, seed } = this.#options
    const n = this.#source.length
    const order = shuffle
      ? draws.randperm(new Generator(seed + this.#epoch), 'int32', n)
      : undefined
    const total = this.length * numReplicas
    for (let i = rank; i < total; i += numReplicas) {
      // Beyond the end the order starts again.
      const position = i % n
      yield order === undefined ? position : Number(order[position])
    }
  }
}
