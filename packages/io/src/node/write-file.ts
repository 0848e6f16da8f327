import { open, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Path } from './file-source.ts'

let written = 0

/**
 * Writes chunks to a file. It appears under its name only when it is whole: a process that ends in
 * the middle, or a full disk, leaves the old file as it was.
 */
export async function writeChunks(path: Path, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const target = path instanceof URL ? fileURLToPath(path) : path
  const temporary = `${target}.${process.pid}.${written++}.tmp`
  const file = await open(temporary, 'wx')
  try {
    try {
      for await (const chunk of chunks) {
        for (let done = 0; done < chunk.length; ) {
          const { bytesWritten } = await file.write(chunk, done, chunk.length - done)
          done += bytesWritten
        }
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
