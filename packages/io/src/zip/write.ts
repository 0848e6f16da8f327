import { ValueError } from '@sconce/core'
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'

/** A file to put into an archive. */
export interface ZipContents {
  readonly name: string
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** fflate writes no archives that need fields of 64 bits. */
const LIMIT = 2 ** 32 - 1

/** The same archive for the same contents, whenever it is written. */
const EPOCH = new Date(1980, 0, 1)

/**
 * The bytes of a zip file, chunk by chunk.
 *
 * @throws ValueError beyond 4 GiB.
 */
export async function* zipChunks(
  files: AsyncIterable<ZipContents> | Iterable<ZipContents>,
  { compress = false }: { compress?: boolean } = {},
): AsyncGenerator<Uint8Array, void> {
  let ready: Uint8Array[] = []
  let failure: Error | null = null
  let size = 0
  const zip = new Zip((error, chunk) => {
    failure ??= error
    ready.push(chunk)
  })
  const take = (): Uint8Array[] => {
    if (failure !== null) throw failure
    const chunks = ready
    ready = []
    size += chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (size > LIMIT) {
      throw new ValueError('more than 4 GiB: write a safetensors file, which has no such limit')
    }
    return chunks
  }
  for await (const { name, chunks } of files) {
    const file = compress ? new ZipDeflate(name) : new ZipPassThrough(name)
    file.mtime = EPOCH
    zip.add(file)
    for await (const chunk of chunks) {
      file.push(chunk)
      yield* take()
    }
    file.push(new Uint8Array(0), true)
    yield* take()
  }
  zip.end()
  yield* take()
}
