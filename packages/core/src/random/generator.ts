import { RuntimeError } from '../errors.ts'
import { decodeState, encodeState, type NormalCache } from './generator-state.ts'
import { Mt19937 } from './mt19937.ts'

/** The seed of a generator that nobody seeded: PyTorch's `default_rng_seed_val`. */
export const DEFAULT_SEED = 67280421310721n

function unsigned64(seed: number | bigint): bigint {
  if (typeof seed === 'number' && !Number.isInteger(seed)) {
    throw new RuntimeError('manual_seed expected a long, but got float')
  }
  const value = BigInt(seed)
  if (value < -(1n << 63n) || value >= 1n << 64n) {
    throw new RuntimeError('Overflow when unpacking long')
  }
  return BigInt.asUintN(64, value)
}

/** A seed from the platform's entropy, of 64 bits as PyTorch's. */
function entropy(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0]
}

/**
 * `torch.Generator` on the CPU: the same seed gives the numbers that PyTorch gives, and states can
 * be exchanged with it.
 */
export class Generator implements NormalCache {
  readonly #engine: Mt19937
  /** The second half of a float Box-Muller pair that has not been handed out. */
  nextFloatNormalSample: number | undefined
  /** The second half of a double Box-Muller pair that has not been handed out. */
  nextDoubleNormalSample: number | undefined

  /** @param seed as for {@link manualSeed}. */
  constructor(seed: number | bigint = DEFAULT_SEED) {
    this.#engine = new Mt19937(unsigned64(seed))
  }

  /**
   * Sets the seed and forgets cached normal numbers.
   * @param seed an integer in [-2^63, 2^64); a negative one stands for its two's complement.
   * @throws RuntimeError for any other number.
   */
  manualSeed(seed: number | bigint): this {
    this.#engine.init(unsigned64(seed))
    this.nextFloatNormalSample = undefined
    this.nextDoubleNormalSample = undefined
    return this
  }

  /** Seeds from the platform's entropy; returns the seed. */
  seed(): bigint {
    const seed = entropy()
    this.manualSeed(seed)
    return seed
  }

  /** The seed of the last `manualSeed` or `seed`, as an unsigned 64-bit integer. */
  initialSeed(): bigint {
    return this.#engine.seed
  }

  /** The state in PyTorch's layout: the 5056 bytes of `torch.get_rng_state()`. */
  getState(): Uint8Array<ArrayBuffer> {
    return encodeState(this.#engine, this)
  }

  /**
   * Takes a state of {@link getState} or of PyTorch.
   * @throws RuntimeError if it has another size or is no mt19937 state.
   */
  setState(state: Uint8Array): this {
    decodeState(state, this.#engine, this)
    return this
  }

  /** A generator that goes on from the same state. */
  clone(): Generator {
    return new Generator().setState(this.getState())
  }

  /** 32 random bits, as an unsigned number. */
  random(): number {
    return this.#engine.draw()
  }

  /** 64 random bits: two draws, the high word first. */
  random64(): bigint {
    const high = this.#engine.draw()
    return (BigInt(high) << 32n) | BigInt(this.#engine.draw())
  }

  /** The low 53 bits of `random64()`, as a number. */
  random53(): number {
    const high = this.#engine.draw() & 0x1fffff
    return high * 0x100000000 + this.#engine.draw()
  }

  /** A number in [0, 1) of 24 bits: `uniform_real_distribution<float>(0, 1)`. */
  uniform24(): number {
    return (this.#engine.draw() & 0xffffff) * 2 ** -24
  }

  /** A double in [0, 1) of 53 bits: `uniform_real_distribution<double>(0, 1)`. */
  uniform53(): number {
    return this.random53() * 2 ** -53
  }
}
