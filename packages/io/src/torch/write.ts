import { bytesOf } from '../elements.ts'
import { concat } from '../source.ts'
import type { ZipContents } from '../zip/write.ts'
import { zipChunks } from '../zip/write.ts'
import { Pickler } from './pickler.ts'

/** The folder inside the archive. */
const FOLDER = 'archive'

/** The version that PyTorch 1.6 and all later ones write. */
const VERSION = '3\n'

function* filesOf(pickle: Uint8Array, pickler: Pickler): Generator<ZipContents> {
  const text = (contents: string) => [new TextEncoder().encode(contents)]
  yield { name: `${FOLDER}/data.pkl`, chunks: [pickle] }
  yield { name: `${FOLDER}/byteorder`, chunks: text('little') }
  for (const [storage, { key, tensor }] of pickler.storages) {
    const whole = tensor.detach().asStrided([storage.length], [1], 0)
    yield { name: `${FOLDER}/data/${key}`, chunks: bytesOf(whole) }
  }
  yield { name: `${FOLDER}/version`, chunks: text(VERSION) }
}

/**
 * The bytes of a file that `torch.load` reads (also with `weights_only=True`), chunk by chunk;
 * `torch.save`. Numbers, texts, booleans, bigints, arrays, Maps, plain objects and tensors are written: Maps and plain
 * objects become dicts, with integers for the keys of plain objects that
 * look like some; integral numbers become ints, null and undefined None. Tensors that share a storage still do.
 *
 * @throws TypeError for values that are neither plain nor tensors; before the first chunk.
 */
export async function* torchChunks(value: unknown): AsyncGenerator<Uint8Array, void> {
  const pickler = new Pickler()
  const pickle = pickler.dump(value)
  yield* zipChunks(filesOf(pickle, pickler))
}

/** The bytes of a file that `torch.load` reads; see `torchChunks`. */
export const encodeTorch = (value: unknown): Promise<Uint8Array<ArrayBuffer>> =>
  concat(torchChunks(value))
