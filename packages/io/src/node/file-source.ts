import { type FileHandle, open } from 'node:fs/promises'
import type { ByteSource } from '../source.ts'

/** How a file is named. */
export type Path = string | URL

/** Reads until `length` bytes have come, or the file ends. */
async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** An open file to read from; `close` it in the end. */
export async function fileSource(
  path: Path,
): Promise<ByteSource & Required<Pick<ByteSource, 'close'>>> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    size,
    read: (offset, length) => readFully(file, offset, length),
    close: () => file.close(),
  }
}

/** Opens a file for the time of `body`. */
export async function withFile<T>(
  path: Path,
  body: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const source = await fileSource(path)
  try {
    return await body(source)
  } finally {
    await source.close()
  }
}
