/**
 * Files that PyTorch wrote before 1.6: pickles one after the other (a magic number, the version, the
 * machine, the value, the keys of the storages), then the storages, each with its length before it.
 */
import type { ReadOptions } from '../elements.ts'
import { type Reader, viewOf } from '../source.ts'
import { type StorageRef, storageOf, torchGlobals } from './globals.ts'
import { Materializer, type TorchValue } from './materialize.ts'
import { Truncated, Unpickler } from './unpickler.ts'

/** `pickle.dumps(0x1950a86a20f9469cfc6c, protocol=2)`. */
const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
const PROTOCOL_VERSION = 1001

/** Bytes that the pickles are looked for in; more if they don't end there. */
const WINDOW = 2 ** 20

/** Whether a file starts as those do. */
export async function isLegacy(reader: Reader): Promise<boolean> {
  if (reader.size < MAGIC.length) return false
  const head = await reader.read(0, MAGIC.length, 'the magic number')
  return MAGIC.every((byte, i) => byte === head[i])
}

interface Pickles {
  readonly value: unknown
  readonly keys: readonly string[]
  readonly little: boolean
  readonly storages: ReadonlyMap<string, StorageRef>
  /** Where the storages start. */
  readonly end: number
}

function unpickle(reader: Reader, bytes: Uint8Array): Pickles {
  const storages = new Map<string, StorageRef>()
  const fail = (message: string) => reader.fail(message)
  const machine = new Unpickler(reader.format, bytes, torchGlobals, (id) => {
    const found = storageOf(id, fail)
    const view = Array.isArray(id) ? id[5] : undefined
    if (view !== null && view !== undefined) throw fail('views of storages are not supported')
    const known = storages.get(found.key)
    if (known && known.kind !== found.kind) throw fail(`storage '${found.key}' has two types`)
    storages.set(found.key, known ?? found)
    return known ?? found
  })
  machine.load()
  if (machine.load() !== PROTOCOL_VERSION) throw fail('an unknown version')
  const system = machine.load()
  const little = !(system instanceof Map) || system.get('little_endian') !== false
  const value = machine.load()
  const keys = machine.load()
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw fail('the keys of the storages are no list of strings')
  }
  return { value, keys, little, storages, end: machine.reader.position }
}

/** The pickles at the start of a file, of which only as much is read as they take. */
async function readPickles(reader: Reader): Promise<Pickles> {
  for (let window = WINDOW; ; window *= 8) {
    const bytes = await reader.read(0, Math.min(window, reader.size), 'the pickles')
    try {
      return unpickle(reader, bytes)
    } catch (error) {
      if (!(error instanceof Truncated)) throw error
      if (bytes.length === reader.size) throw reader.fail('truncated: the pickles have no end')
    }
  }
}

/**
 * Reads such a file.
 *
 * @throws FormatError as `readTorch`.
 */
export async function readLegacy(reader: Reader, options: ReadOptions): Promise<TorchValue> {
  const { value, keys, little, storages, end } = await readPickles(reader)
  const places = new Map<string, number>()
  let position = end
  for (const key of keys) {
    const storage = storages.get(key)
    if (!storage) throw reader.fail(`storage '${key}' belongs to no tensor`)
    const what = `storage '${key}'`
    const count = viewOf(await reader.read(position, 8, what)).getBigInt64(0, little)
    if (count !== BigInt(storage.length)) {
      throw reader.fail(`${what} has ${count} elements instead of ${storage.length}`)
    }
    places.set(key, position + 8)
    position += 8 + storage.length * storage.kind.size
  }
  const read = (storage: StorageRef) => {
    const place = places.get(storage.key)
    if (place === undefined) throw reader.fail(`storage '${storage.key}' is missing`)
    return reader.read(place, storage.length * storage.kind.size, `storage '${storage.key}'`)
  }
  return new Materializer(reader.format, { read, little }, options).value(value)
}
