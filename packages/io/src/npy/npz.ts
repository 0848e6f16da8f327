import type { Tensor } from '@sconce/core'
import type { ReadOptions } from '../elements.ts'
import { entriesOf, type NamedTensors } from '../named-tensors.ts'
import { type ByteInput, concat } from '../source.ts'
import { ZipFile } from '../zip/read.ts'
import { zipChunks } from '../zip/write.ts'
import { npyChunks, readNpy } from './npy.ts'

const SUFFIX = '.npy'

/**
 * Reads an `.npz` file, as `numpy.savez` and `savez_compressed` write them; `numpy.load`.
 *
 * @throws FormatError for broken files, and for arrays that are no tensors.
 */
export async function readNpz(
  input: ByteInput,
  options?: ReadOptions,
): Promise<Map<string, Tensor>> {
  const zip = await ZipFile.open(input, 'npz')
  const arrays = new Map<string, Tensor>()
  for (const entry of zip.entries.values()) {
    if (!entry.name.endsWith(SUFFIX)) continue
    arrays.set(entry.name.slice(0, -SUFFIX.length), await readNpy(await zip.read(entry), options))
  }
  return arrays
}

/** Options of writing npz files. */
export interface NpzOptions {
  /** Deflate, as `numpy.savez_compressed`. Default: false. */
  compress?: boolean
}

/** The bytes of an `.npz` file, chunk by chunk. */
export function npzChunks(
  tensors: NamedTensors,
  options?: NpzOptions,
): AsyncGenerator<Uint8Array, void> {
  const files = entriesOf(tensors).map(([name, tensor]) => ({
    name: name + SUFFIX,
    chunks: npyChunks(tensor),
  }))
  return zipChunks(files, options)
}

/**
 * The bytes of an `.npz` file; `numpy.savez`.
 *
 * @throws TypeError for bfloat16, ValueError beyond 4 GiB.
 */
export const encodeNpz = (
  tensors: NamedTensors,
  options?: NpzOptions,
): Promise<Uint8Array<ArrayBuffer>> => concat(npzChunks(tensors, options))
