/**
 * Zip files read by random access. fflate, which inflates, reads whole archives in memory, trusts the
 * sizes that they state and checks no sums; here the entries of a file are read one at a time, sizes are
 * checked before anything is allocated, and sums afterwards.
 */
import { inflateSync } from 'fflate'
import { type ByteInput, Reader, viewOf } from '../source.ts'
import { crc32 } from './crc32.ts'

/** An entry of the directory at the end of a zip file. */
export interface ZipEntry {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly crc: number
  /** Bytes in the file. */
  readonly compressedSize: number
  /** Bytes of the contents. */
  readonly size: number
  /** Where the entry's own header is. */
  readonly offset: number
}

const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_SIZE = 22
const MAX_COMMENT = 0xffff

/** Deflate makes at most this many bytes of one. */
const MAX_RATIO = 1032

interface DirectoryPlace {
  readonly count: number
  readonly size: number
  readonly offset: number
}

async function locate(reader: Reader): Promise<DirectoryPlace> {
  const tailSize = Math.min(reader.size, END_SIZE + MAX_COMMENT)
  const tailStart = reader.size - tailSize
  const view = viewOf(await reader.read(tailStart, tailSize, 'the end of the directory'))
  let at = tailSize - END_SIZE
  while (at >= 0 && !(view.getUint32(at, true) === END && endsHere(view, at))) at--
  if (at < 0) throw reader.fail('no zip file, or a truncated one: its directory is missing')
  const place = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  }
  const saturated =
    place.count === 0xffff || place.size === 0xffffffff || place.offset === 0xffffffff
  return (saturated && (await locate64(reader, tailStart + at))) || place
}

const endsHere = (view: DataView, at: number): boolean =>
  at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength

/** The directory's place in an archive that is too large for the fields of 32 bits. */
async function locate64(reader: Reader, end: number): Promise<DirectoryPlace | undefined> {
  if (end < 20) return undefined
  const locator = viewOf(await reader.read(end - 20, 20, 'the locator'))
  if (locator.getUint32(0, true) !== LOCATOR64) return undefined
  const at = Number(locator.getBigUint64(8, true))
  const record = viewOf(await reader.read(at, 56, 'the end of the directory'))
  if (record.getUint32(0, true) !== END64) throw reader.fail('the end of the directory is broken')
  return {
    count: Number(record.getBigUint64(32, true)),
    size: Number(record.getBigUint64(40, true)),
    offset: Number(record.getBigUint64(48, true)),
  }
}

/** The 64-bit values that stand in an extra field for those that are saturated, in their order. */
function extra64(reader: Reader, extra: DataView, fields: number[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const id = extra.getUint16(at, true)
    const length = extra.getUint16(at + 2, true)
    if (id === 1) {
      let next = at + 4
      const end = Math.min(next + length, extra.byteLength)
      return fields.map((field) => {
        if (field !== 0xffffffff) return field
        if (next + 8 > end) throw reader.fail('an extra field is truncated')
        next += 8
        return Number(extra.getBigUint64(next - 8, true))
      })
    }
    at += 4 + length
  }
  return fields
}

/** The fixed part of a directory entry. */
const CENTRAL_SIZE = 46

/** A zip file of which only the directory has been read. */
export class ZipFile {
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly #reader: Reader

  private constructor(reader: Reader, entries: ReadonlyMap<string, ZipEntry>) {
    this.#reader = reader
    this.entries = entries
  }

  /**
   * Reads the directory.
   *
   * @throws FormatError for broken, encrypted and ambiguous archives.
   */
  static async open(input: ByteInput, format: string): Promise<ZipFile> {
    const reader = new Reader(input, format)
    const { count, size, offset } = await locate(reader)
    const bytes = await reader.read(offset, size, 'the directory')
    const view = viewOf(bytes)
    const entries = new Map<string, ZipEntry>()
    let at = 0
    for (let i = 0; i < count; i++) {
      if (at + CENTRAL_SIZE > size || view.getUint32(at, true) !== CENTRAL) {
        throw reader.fail('the directory is broken')
      }
      const nameLength = view.getUint16(at + 28, true)
      const extraLength = view.getUint16(at + 30, true)
      const end = at + CENTRAL_SIZE + nameLength + extraLength + view.getUint16(at + 32, true)
      if (end > size) throw reader.fail('the directory is broken')
      const nameStart = at + CENTRAL_SIZE
      const name = new TextDecoder().decode(bytes.subarray(nameStart, nameStart + nameLength))
      const extraStart = nameStart + nameLength
      const extra = viewOf(bytes.subarray(extraStart, extraStart + extraLength))
      const [uncompressed, compressedSize, localOffset] = extra64(reader, extra, [
        view.getUint32(at + 24, true),
        view.getUint32(at + 20, true),
        view.getUint32(at + 42, true),
      ])
      if (view.getUint16(at + 8, true) & 1) throw reader.fail(`'${name}' is encrypted`)
      if (entries.has(name)) throw reader.fail(`'${name}' is there twice`)
      entries.set(name, {
        name,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        compressedSize,
        size: uncompressed,
        offset: localOffset,
      })
      at = end
    }
    return new ZipFile(reader, entries)
  }

  /**
   * The contents of an entry.
   *
   * @throws FormatError if they are broken, or the sum is wrong.
   */
  async read(entry: ZipEntry): Promise<Uint8Array> {
    const reader = this.#reader
    const { name, method, size, compressedSize, offset } = entry
    const local = viewOf(await reader.read(offset, 30, `the header of '${name}'`))
    if (local.getUint32(0, true) !== LOCAL) throw reader.fail(`the header of '${name}' is broken`)
    const start = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true)
    if (method !== 0 && method !== 8) {
      throw reader.fail(`'${name}' is compressed by method ${method}; only deflate is known`)
    }
    if (method === 0 ? size !== compressedSize : size > compressedSize * MAX_RATIO) {
      throw reader.fail(
        `'${name}' can't have ${size} bytes: it takes ${compressedSize} in the file`,
      )
    }
    const stored = await reader.read(start, compressedSize, `'${name}'`)
    const contents = method === 0 ? stored : this.#inflate(name, stored, size)
    if (contents.length !== size || crc32(contents) !== entry.crc) {
      throw reader.fail(`'${name}' is corrupted: its checksum is wrong`)
    }
    return contents
  }

  #inflate(name: string, bytes: Uint8Array, size: number): Uint8Array {
    try {
      return inflateSync(bytes, { out: new Uint8Array(size) })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw this.#reader.fail(`'${name}' can't be inflated: ${reason}`, { cause: error })
    }
  }
}
