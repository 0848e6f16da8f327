/** A stretch of memory: in use, or in the list of free ones of its size. */
export interface Block {
  address: number
  size: number
  free: boolean
  /** Neighbours in memory. */
  before: Block | undefined
  after: Block | undefined
  /** Neighbours in the list of free blocks. */
  next: Block | undefined
  previous: Block | undefined
}

export const alignment = 16

/** Sizes up to this many units have a list each; above there are eight lists per power of two. */
const linear = 64
const sublists = 3

/** The list of a size, given in units of `alignment`. */
function listOf(units: number): number {
  if (units < linear) return units
  const log = 31 - Math.clz32(units)
  return linear + ((log - 6) << sublists) + ((units >>> (log - sublists)) & 7)
}

const lists = linear + (26 << sublists)

const roundUp = (bytes: number): number =>
  Math.max(alignment, Math.ceil(bytes / alignment) * alignment)

/**
 * Keeps account of a stretch of addresses: splits blocks, joins freed neighbours, and finds a good fit
 * in constant time by lists of sizes (after TLSF, Masmano et al., 2004). It touches no memory itself.
 */
export class Allocator {
  readonly #heads: (Block | undefined)[] = new Array(lists).fill(undefined)
  /** A bit for every list that isn't empty. */
  readonly #occupied = new Int32Array(Math.ceil(lists / 32))
  #last: Block | undefined
  #end: number
  #used = 0

  /** Manages `start`…`end`; both multiples of 16. */
  constructor(start: number, end: number) {
    this.#end = start
    this.extend(end)
  }

  /** Bytes in use. */
  get used(): number {
    return this.#used
  }

  /** Where the managed addresses end. */
  get end(): number {
    return this.#end
  }

  /** Bytes of the free block at the end: what `extend` would add to. */
  get freeAtEnd(): number {
    return this.#last?.free ? this.#last.size : 0
  }

  /** Takes the addresses up to `end` into account. */
  extend(end: number): void {
    const size = end - this.#end
    if (size <= 0) return
    const block: Block = {
      address: this.#end,
      size,
      free: false,
      before: this.#last,
      after: undefined,
      next: undefined,
      previous: undefined,
    }
    if (this.#last) this.#last.after = block
    this.#last = block
    this.#end = end
    this.#used += size
    this.free(block)
  }

  /** A block of at least `bytes`, or undefined if there is none. */
  allocate(bytes: number): Block | undefined {
    const size = roundUp(bytes)
    const block = this.#find(size)
    if (!block) return undefined
    this.#unlist(block)
    block.free = false
    if (block.size - size >= alignment) this.#split(block, size)
    this.#used += block.size
    return block
  }

  /** Gives a block back. */
  free(block: Block): void {
    this.#used -= block.size
    let joined = block
    const { before, after } = block
    if (before?.free) {
      this.#unlist(before)
      joined = this.#join(before, block)
    }
    if (after?.free) {
      this.#unlist(after)
      joined = this.#join(joined, after)
    }
    joined.free = true
    this.#list(joined)
  }

  #find(size: number): Block | undefined {
    const list = listOf(size / alignment)
    // Most often something of just this size was freed before.
    const head = this.#heads[list]
    if (head && head.size >= size) return head
    for (let word = (list + 1) >> 5; word < this.#occupied.length; word++) {
      let bits = this.#occupied[word]
      if (word === (list + 1) >> 5) bits &= -1 << ((list + 1) & 31)
      if (bits !== 0) return this.#heads[(word << 5) + 31 - Math.clz32(bits & -bits)]
    }
    // The last resort: any block of the size's own list that is large enough.
    for (let block = head; block; block = block.next) if (block.size >= size) return block
    return undefined
  }

  #split(block: Block, size: number): void {
    const rest: Block = {
      address: block.address + size,
      size: block.size - size,
      free: true,
      before: block,
      after: block.after,
      next: undefined,
      previous: undefined,
    }
    if (block.after) block.after.before = rest
    else this.#last = rest
    block.after = rest
    block.size = size
    this.#list(rest)
  }

  /** `b`, right behind `a`, becomes part of it. */
  #join(a: Block, b: Block): Block {
    a.size += b.size
    a.after = b.after
    if (b.after) b.after.before = a
    else this.#last = a
    return a
  }

  #list(block: Block): void {
    const list = listOf(block.size / alignment)
    const head = this.#heads[list]
    block.next = head
    block.previous = undefined
    if (head) head.previous = block
    this.#heads[list] = block
    this.#occupied[list >> 5] |= 1 << (list & 31)
  }

  #unlist(block: Block): void {
    const { next, previous } = block
    if (next) next.previous = previous
    if (previous) {
      previous.next = next
    } else {
      const list = listOf(block.size / alignment)
      this.#heads[list] = next
      if (!next) this.#occupied[list >> 5] &= ~(1 << (list & 31))
    }
    block.next = undefined
    block.previous = undefined
  }

  /** All blocks in the order of their addresses; for checks. */
  blocks(): Block[] {
    const found: Block[] = []
    for (let block = this.#last; block; block = block.before) found.push(block)
    return found.reverse()
  }
}
