import { Tensor } from '@sconce/core'
import type { ReadOptions } from '../elements.ts'
import { type ByteInput, Reader } from '../source.ts'
import { ZipFile } from '../zip/read.ts'
import { type StorageRef, storageOf, torchGlobals } from './globals.ts'
import { isLegacy, readLegacy } from './legacy.ts'
import { Materializer, type TorchValue } from './materialize.ts'
import { Truncated, Unpickler } from './unpickler.ts'

const FORMAT = 'PyTorch file'

async function readZip(input: ByteInput, options: ReadOptions): Promise<TorchValue> {
  const zip = await ZipFile.open(input, FORMAT)
  const fail = (message: string) => new Reader(input, FORMAT).fail(message)
  const pickle = [...zip.entries.values()].find(({ name }) => /^[^/]*\/data\.pkl$/.test(name))
  if (!pickle) throw fail('the archive has no data.pkl')
  const folder = pickle.name.slice(0, -'data.pkl'.length)
  if (zip.entries.has(`${folder}constants.pkl`)) {
    throw fail('a TorchScript archive: save `model.state_dict()` with `torch.save` instead')
  }
  const order = zip.entries.get(`${folder}byteorder`)
  const little = !order || new TextDecoder().decode(await zip.read(order)) !== 'big'
  const machine = new Unpickler(FORMAT, await zip.read(pickle), torchGlobals, (id) =>
    storageOf(id, fail),
  )
  let raw: unknown
  try {
    raw = machine.load()
  } catch (error) {
    if (error instanceof Truncated) throw fail('data.pkl is truncated')
    throw error
  }
  const storages = {
    little,
    async read(storage: StorageRef) {
      const entry = zip.entries.get(`${folder}data/${storage.key}`)
      const size = storage.length * storage.kind.size
      if (!entry) throw fail(`storage '${storage.key}' is missing`)
      // An empty storage may have a record of any size.
      if (entry.size < size) {
        throw fail(`storage '${storage.key}' has ${entry.size} bytes instead of ${size}`)
      }
      return (await zip.read(entry)).subarray(0, size)
    },
  }
  return new Materializer(FORMAT, storages, options).value(raw)
}

/**
 * Reads what `torch.save` wrote; `torch.load`. Nothing of the file is executed: only tensors, plain
 * values and collections of them are known, and tensors that shared a storage share it again. All
 * tensors go to the default device, or to `device`, wherever they were.
 *
 * @throws FormatError for broken files, and for those that hold objects of other classes.
 */
export async function readTorch(input: ByteInput, options: ReadOptions = {}): Promise<TorchValue> {
  const reader = new Reader(input, FORMAT)
  return (await isLegacy(reader)) ? readLegacy(reader, options) : readZip(input, options)
}

/**
 * The state dict in a file that `torch.save(model.state_dict(), path)` wrote, or under `key` in one that
 * holds more.
 *
 * @throws FormatError if it is none: a dict from names to tensors.
 */
export async function readTorchStateDict(
  input: ByteInput,
  { key, ...options }: ReadOptions & { key?: string } = {},
): Promise<Map<string, Tensor>> {
  const whole = await readTorch(input, options)
  const value = key === undefined ? whole : whole instanceof Map ? whole.get(key) : undefined
  const fail = (what: string) =>
    new Reader(input, FORMAT).fail(
      `${key === undefined ? 'the file' : `'${key}'`} is no state dict: ${what}`,
    )
  if (!(value instanceof Map)) throw fail('no dict')
  const state = new Map<string, Tensor>()
  for (const [name, tensor] of value) {
    if (typeof name !== 'string') throw fail(`the key ${String(name)} is no string`)
    if (!(tensor instanceof Tensor)) throw fail(`'${name}' is no tensor`)
    state.set(name, tensor)
  }
  return state
}
