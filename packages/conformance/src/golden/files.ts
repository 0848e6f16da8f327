import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FolderSource } from './golden.ts'

/** Files below a folder, by Node's file system. */
export const folderSource = (root: string): FolderSource => ({
  root,
  async read(path) {
    return new Uint8Array(await readFile(join(root, path)))
  },
  async list(folder) {
    try {
      return await readdir(join(root, folder))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
})
