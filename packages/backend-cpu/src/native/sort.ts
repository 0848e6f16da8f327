import { type DType, dtypes, type SortKernel } from '@sconce/backend'
import type { Register } from '../elements.ts'
import type { Program } from '../engine.ts'
import { Rows } from './rows.ts'

/** Rows up to this length are sorted by insertion. */
const shortest = 48

const float = new Float32Array(1)
const floatBits = new Uint32Array(float.buffer)

/**
 * Sorting keys: unsigned words, least significant first, that are in the order of the values. NaN is
 * the greatest; zeros of either sign are equal.
 */
function fillKeys(row: Register, n: number, dtype: DType, keys: readonly Uint32Array[]): void {
  const [low, high] = keys
  if (row instanceof Int32Array) {
    for (let i = 0; i < n; i++) low[i] = row[i] ^ 0x80000000
    return
  }
  const words = new Uint32Array(row.buffer, row.byteOffset, row.length * 2)
  if (row instanceof BigInt64Array) {
    for (let i = 0; i < n; i++) {
      low[i] = words[2 * i]
      high[i] = words[2 * i + 1] ^ 0x80000000
    }
    return
  }
  if (dtype !== 'float64') {
    for (let i = 0; i < n; i++) {
      float[0] = row[i] === 0 ? 0 : row[i]
      const bits = floatBits[0]
      low[i] = row[i] !== row[i] ? 0xffffffff : bits & 0x80000000 ? ~bits : bits ^ 0x80000000
    }
    return
  }
  for (let i = 0; i < n; i++) {
    const v = row[i]
    const flip = v < 0 ? 0xffffffff : 0
    low[i] = v !== v ? 0xffffffff : v === 0 ? 0 : words[2 * i] ^ flip
    high[i] = v !== v ? 0xffffffff : v === 0 ? 0x80000000 : words[2 * i + 1] ^ (flip | 0x80000000)
  }
}

function insertionSort(n: number, keys: readonly Uint32Array[], order: Int32Array): void {
  const [low, high] = keys
  for (let i = 0; i < n; i++) {
    const [l, h] = [low[i], high[i]]
    let j = i
    for (; j > 0 && (high[j - 1] > h || (high[j - 1] === h && low[j - 1] > l)); j--) {
      low[j] = low[j - 1]
      high[j] = high[j - 1]
      order[j] = order[j - 1]
    }
    low[j] = l
    high[j] = h
    order[j] = i
  }
}

/** Arrays for sorting rows of up to a length; each is there twice, to move between. */
class Workspace {
  readonly keys: [low: Uint32Array, high: Uint32Array]
  order: Int32Array
  readonly #spare: [low: Uint32Array, high: Uint32Array]
  #spareOrder: Int32Array
  readonly #counts = new Uint32Array(256)

  constructor(length: number) {
    this.keys = [new Uint32Array(length), new Uint32Array(length)]
    this.#spare = [new Uint32Array(length), new Uint32Array(length)]
    this.order = new Int32Array(length)
    this.#spareOrder = new Int32Array(length)
  }

  /** Sorts the first `n` keys and their positions, by digits of 8 bits from the least significant on. */
  radixSort(n: number, words: number): void {
    for (let i = 0; i < n; i++) this.order[i] = i
    for (let word = 0; word < words; word++) {
      for (let shift = 0; shift < 32; shift += 8) this.#pass(n, word, shift, words)
    }
  }

  #pass(n: number, word: number, shift: number, words: number): void {
    const counts = this.#counts
    const digits = this.keys[word]
    counts.fill(0)
    for (let i = 0; i < n; i++) counts[(digits[i] >>> shift) & 255]++
    // A digit that all keys share leaves them as they are.
    if (counts[(digits[0] >>> shift) & 255] === n) return
    let start = 0
    for (let d = 0; d < 256; d++) {
      const count = counts[d]
      counts[d] = start
      start += count
    }
    const [low, high] = this.keys
    const [toLow, toHigh] = this.#spare
    const { order } = this
    const toOrder = this.#spareOrder
    for (let i = 0; i < n; i++) {
      const to = counts[(digits[i] >>> shift) & 255]++
      toLow[to] = low[i]
      toOrder[to] = order[i]
      if (words > 1) toHigh[to] = high[i]
    }
    this.keys[0] = toLow
    this.#spare[0] = low
    if (words > 1) {
      this.keys[1] = toHigh
      this.#spare[1] = high
    }
    this.order = toOrder
    this.#spareOrder = order
  }
}

function gather(row: Register, order: Int32Array, into: Register, n: number): void {
  if (row instanceof BigInt64Array && into instanceof BigInt64Array) {
    for (let i = 0; i < n; i++) into[i] = row[order[i]]
  } else if (!(row instanceof BigInt64Array || into instanceof BigInt64Array)) {
    for (let i = 0; i < n; i++) into[i] = row[order[i]]
  }
}

function rowFor(dtype: DType, n: number): Register {
  if (dtype === 'int64') return new BigInt64Array(n)
  return dtypes[dtype].kind === 'float' ? new Float64Array(n) : new Int32Array(n)
}

/** Stable sorts along the last dim; shorter outputs get the first of the order. */
export function sortProgram({ dtype, descending }: SortKernel): Program {
  const words = dtypes[dtype].size === 8 ? 2 : 1
  return ([x], [values, positions]) => {
    const rows = new Rows([x, values, positions], 1)
    const [n, taken] = [rows.length(0), rows.length(1)]
    const [row, sorted] = [rowFor(dtype, n), rowFor(dtype, taken)]
    const work = new Workspace(n)
    rows.each(() => {
      rows.read(0, row)
      fillKeys(row, n, dtype, work.keys)
      if (descending) {
        for (const word of work.keys.slice(0, words)) for (let i = 0; i < n; i++) word[i] = ~word[i]
      }
      if (n <= shortest) insertionSort(n, work.keys, work.order)
      else work.radixSort(n, words)
      gather(row, work.order, sorted, taken)
      rows.write(1, sorted)
      rows.write(2, work.order)
    })
  }
}
