import { coalesce, elementCount, type Operand } from '@sconce/backend'
import { type Read, type Register, valueReader, valueWriter, type Write } from '../elements.ts'
import { dataOf } from '../memory.ts'

/**
 * Operands as rows: the leading dims, which all have in common, are walked; the trailing ones are read
 * and written at once, in row-major order. Half-precision numbers come as their values.
 */
export class Rows {
  readonly #shape: readonly number[]
  readonly #strides: readonly (readonly number[])[]
  readonly #at: number[]
  readonly #views: View[]

  constructor(operands: readonly Operand[], trailing: number) {
    const kept = operands[0].shape.length - trailing
    const leading = coalesce(
      operands[0].shape.slice(0, kept),
      operands.map((o) => o.strides.slice(0, kept)),
    )
    this.#shape = leading.shape
    this.#strides = leading.strides
    this.#at = operands.map((o) => o.offset)
    this.#views = operands.map((o) => new View(o, kept))
  }

  /** Elements in a row of an operand. */
  length(k: number): number {
    return this.#views[k].length
  }

  /** Whether all rows of an operand are the same memory. */
  isShared(k: number): boolean {
    return this.#strides[k].every((stride) => stride === 0)
  }

  /** Reads the current row of operand `k`. */
  read(k: number, into: Register): void {
    this.#views[k].read(this.#at[k], into)
  }

  /** Writes the current row of operand `k`. */
  write(k: number, from: Register): void {
    this.#views[k].write(this.#at[k], from)
  }

  /** Calls back at each row. */
  each(callback: () => void): void {
    const walk = (d: number) => {
      if (d === this.#shape.length) {
        callback()
        return
      }
      for (let i = 0; i < this.#shape[d]; i++) {
        walk(d + 1)
        this.#move(d, 1)
      }
      this.#move(d, -this.#shape[d])
    }
    walk(0)
  }

  #move(d: number, by: number): void {
    for (let k = 0; k < this.#at.length; k++) this.#at[k] += by * this.#strides[k][d]
  }
}

/** The trailing dims of an operand. */
class View {
  readonly length: number
  readonly #data: ReturnType<typeof dataOf>
  readonly #shape: readonly number[]
  readonly #strides: readonly number[]
  readonly #read: Read
  readonly #write: Write

  constructor(operand: Operand, kept: number) {
    const shape = operand.shape.slice(kept)
    const inner = coalesce(shape, [operand.strides.slice(kept)])
    this.length = elementCount(shape)
    this.#data = dataOf(operand.buffer)
    this.#shape = inner.shape.length > 0 ? inner.shape : [1]
    this.#strides = inner.shape.length > 0 ? inner.strides[0] : [0]
    this.#read = valueReader(operand.dtype)
    this.#write = valueWriter(operand.dtype)
  }

  read(at: number, into: Register): void {
    this.#segments(this.#read, at, into, 0, 0)
  }

  write(at: number, from: Register): void {
    this.#segments(this.#write, at, from, 0, 0)
  }

  #segments(copy: Read, at: number, row: Register, d: number, start: number): void {
    if (d === this.#shape.length - 1) {
      copy(this.#data, at, this.#strides[d], row, this.#shape[d], start)
      return
    }
    const each = elementCount(this.#shape.slice(d + 1))
    for (let i = 0; i < this.#shape[d]; i++) {
      this.#segments(copy, at + i * this.#strides[d], row, d + 1, start + i * each)
    }
  }
}

/** Elements of a row that is worth keeping. */
const longest = 1 << 18

/** A row of doubles that grows as needed, and is kept from call to call. */
export class FloatRow {
  #values = new Float64Array(0)

  of(length: number): Float64Array {
    if (length > longest) return new Float64Array(length)
    if (this.#values.length < length) this.#values = new Float64Array(length)
    return this.#values
  }
}

const blockLength = 128

/** Sum of the first `n` values, in blocks. */
export function sumOf(row: Float64Array, n: number): number {
  let sum = 0
  for (let start = 0; start < n; start += blockLength) {
    const end = Math.min(start + blockLength, n)
    let part = 0
    for (let i = start; i < end; i++) part += row[i]
    sum += part
  }
  return sum
}
