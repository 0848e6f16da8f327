import type { FormatError } from '../errors.ts'
import { viewOf } from '../source.ts'

/** Reads the arguments of pickle's opcodes. */
export class PickleReader {
  position = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #fail: (message: string) => FormatError
  readonly #text = new TextDecoder('utf-8', { fatal: true })

  constructor(bytes: Uint8Array, fail: (message: string) => FormatError) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.#fail = fail
  }

  get length(): number {
    return this.#bytes.length
  }

  /** Goes past `length` bytes; returns where they start. */
  #take(length: number): number {
    const at = this.position
    if (!(length >= 0 && at + length <= this.#bytes.length)) throw new Truncated()
    this.position += length
    return at
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }
  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }
  int32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }
  uint32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true))
  }
  /** Pickle's doubles are big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false)
  }
  utf8(length: number): string {
    try {
      return this.#text.decode(this.bytes(length))
    } catch (error) {
      if (error instanceof Truncated) throw error
      throw this.#fail('a string is not UTF-8')
    }
  }
  latin1(length: number): string {
    return Array.from(this.bytes(length), (byte) => String.fromCharCode(byte)).join('')
  }
  /** The text up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position)
    if (end < 0) throw new Truncated()
    const text = this.utf8(end - this.position)
    this.position = end + 1
    return text
  }
  /** A little-endian integer in two's complement. */
  long(length: number): number | bigint {
    if (length > MAX_LONG) throw this.#fail(`an integer of ${length} bytes`)
    const bytes = this.bytes(length)
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i])
    const signed = BigInt.asIntN(8 * length, value)
    const number = Number(signed)
    return Number.isSafeInteger(number) ? number : signed
  }
}

/** Integers that are longer have no place in a checkpoint. */
const MAX_LONG = 128

/** The bytes ended before the pickle did. */
export class Truncated extends Error {}
