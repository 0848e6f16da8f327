/** What examples need of Node. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export { progress } from '@sconce/data/progress'

/** Where a file of an installed package is, relative to the package's entry point. */
const packagePath = (name: string, path: string): string =>
  fileURLToPath(new URL(path, pathToFileURL(createRequire(import.meta.url).resolve(name))))

/** The bytes of a file of an installed package, relative to the package's entry point. */
export const packageFile = async (name: string, path: string): Promise<Uint8Array> =>
  readFile(packagePath(name, path))

let directory: string | undefined

/** Writes a file to a new directory for such files; returns its path. */
export async function writeResult(name: string, bytes: Uint8Array): Promise<string> {
  directory ??= await mkdtemp(join(tmpdir(), 'sconce-examples-'))
  const path = join(directory, name)
  await writeFile(path, bytes)
  return path
}

/** The bytes of a file of `writeResult`. */
export const readResult = async (path: string): Promise<Uint8Array> => readFile(path)
