/** Words that an argument block may have. */
const capacity = 96

/**
 * The argument block of a library call, made word by word in the order of the kernel's class. Integers
 * wrap to 32 bits, so that addresses above 2 GiB keep their bits.
 */
export class Arguments {
  readonly words = new Int32Array(capacity)
  /** Words in use. */
  length = 0
  readonly #floats = new Float32Array(this.words.buffer)
  readonly #doubles = new Float64Array(this.words.buffer)

  /** Starts anew with these words. */
  reset(...values: readonly number[]): this {
    this.length = 0
    return this.add(...values)
  }

  /** Appends i32 or pointer words. */
  add(...values: readonly number[]): this {
    for (let i = 0; i < values.length; i++) this.words[this.length++] = values[i]
    return this
  }

  /** Appends an f32. */
  addFloat(value: number): this {
    this.#floats[this.length++] = value
    return this
  }

  /** Appends an f64 at the next multiple of 8 bytes. */
  addDouble(value: number): this {
    this.length += this.length & 1
    this.#doubles[this.length >> 1] = value
    this.length += 2
    return this
  }
}

/** Calls are synchronous and the host copies the block, so that one serves all. */
export const args = new Arguments()
