import { TypeError_ } from '@sconce/core'
import { FormatError } from './errors.ts'

/** Bytes that can be read from anywhere: a file, a Blob, memory, or something of your own. */
export interface ByteSource {
  /** Number of bytes. */
  readonly size: number
  /** The bytes from `offset`; the range lies within the source. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** Closes a file that was opened for this source. */
  close?(): Promise<void>
}

/** What is read from. */
export type ByteInput = ByteSource | Blob | ArrayBuffer | Uint8Array

const ofBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.byteLength,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})

const ofBlob = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (offset, length) =>
    new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
})

/**
 * The source of some bytes.
 *
 * @throws TypeError for anything else.
 */
export function asSource(input: ByteInput): ByteSource {
  if (input instanceof Uint8Array) return ofBytes(input)
  if (input instanceof ArrayBuffer) return ofBytes(new Uint8Array(input))
  if (typeof Blob !== 'undefined' && input instanceof Blob) return ofBlob(input)
  if (typeof input === 'object' && input !== null && 'read' in input && 'size' in input) {
    return input
  }
  throw new TypeError_(
    'expected an ArrayBuffer, Uint8Array, Blob or a source with `size` and `read`',
  )
}

/** A source with bounds that are checked, and errors that name the format. */
export class Reader {
  readonly size: number
  readonly format: string
  readonly #source: ByteSource

  constructor(input: ByteInput, format: string) {
    this.#source = asSource(input)
    this.size = this.#source.size
    this.format = format
  }

  fail(message: string, options?: ErrorOptions): FormatError {
    return new FormatError(this.format, message, options)
  }

  /**
   * The bytes of a range.
   *
   * @param what names it in the error.
   * @throws FormatError if it goes beyond the end.
   */
  async read(offset: number, length: number, what: string): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw this.fail(
        `truncated: ${what} at ${offset} takes ${length} bytes, the file has ${this.size}`,
      )
    }
    const bytes = await this.#source.read(offset, length)
    if (bytes.byteLength !== length) {
      throw this.fail(`${what} at ${offset}: ${bytes.byteLength} bytes came instead of ${length}`)
    }
    return bytes
  }
}

/** A view to read numbers of bytes. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** All chunks in one array. */
export async function concat(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  const out = new Uint8Array(all.reduce((size, chunk) => size + chunk.byteLength, 0))
  let position = 0
  for (const chunk of all) {
    out.set(chunk, position)
    position += chunk.byteLength
  }
  return out
}
