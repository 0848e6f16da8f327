/** Where an operand's words are in the argument block: byte offsets. */
export interface OperandWords {
  /** Byte address of the first element. */
  readonly pointer: number
  /** Bytes per step of the loop that is split. */
  readonly split: number
  /** Strides of the loops, or of the operand's own dims, in bytes. */
  readonly strides: readonly number[]
  /** Sizes of the operand's own dims; none for operands that span the loops. */
  readonly sizes: readonly number[]
}

/**
 * The argument block of an emitted function, with all that may differ between two calls of it: the
 * split loop, sizes, addresses, strides and scalars. Offsets are in bytes.
 */
export class ArgumentLayout {
  /** Which loop `begin` and `end` cut. */
  readonly splitLoop = 0
  readonly sizes: readonly number[]
  /** Of each operand that spans the loops. */
  readonly spans: readonly OperandWords[]
  /** Of each operand with dims of its own. */
  readonly own: readonly OperandWords[]
  readonly scalars: number
  /** Bytes of the block. */
  readonly length: number
  #next = 4

  /** `ranks` are those of the operands with dims of their own. */
  constructor(loops: number, spans: number, ranks: readonly number[], scalars: number) {
    const words = (count: number) => Array.from({ length: count }, () => this.#word())
    this.sizes = words(loops)
    this.spans = Array.from({ length: spans }, () => ({
      pointer: this.#word(),
      split: this.#word(),
      strides: words(loops),
      sizes: [],
    }))
    this.own = ranks.map((rank) => ({
      pointer: this.#word(),
      split: 0,
      strides: words(rank),
      sizes: words(rank),
    }))
    this.scalars = Math.ceil(this.#next / 8) * 8
    this.length = this.scalars + 8 * scalars
  }

  #word(): number {
    const offset = this.#next
    this.#next += 4
    return offset
  }
}
