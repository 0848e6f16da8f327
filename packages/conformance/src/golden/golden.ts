import type { OpFile, ProgramFile, RngFile } from './types.ts'

/** Recorded results, wherever they lie. Files are read when they are asked for. */
export interface Golden {
  /** For people: where the data comes from. */
  readonly origin: string
  /** Version of the PyTorch that was recorded, where it is told. */
  readonly torch?: string
  /** Names of the op files, sorted. */
  readonly ops: readonly string[]
  /** Themes of the program files, sorted. */
  readonly programs: readonly string[]
  /** @throws Error for a name that is not in `ops` */
  op(name: string): Promise<OpFile>
  /** @throws Error for a theme that is not in `programs` */
  program(theme: string): Promise<ProgramFile>
  /** The random streams, or undefined where there are none. */
  rng(): Promise<RngFile | undefined>
}

/** Reads files below one root: the file system in Node, fetch in a browser. */
export interface FileSource {
  /** The root, for people. */
  readonly root: string
  /** @throws Error where the file can't be read */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>
}

/** A source that can also tell which files it has. */
export interface FolderSource extends FileSource {
  /** Names in a folder below the root (`''` is the root); none where the folder does not exist. */
  list(folder: string): Promise<string[]>
}

/** Files below a URL, by fetch. */
export const urlSource = (base: string | URL): FileSource => ({
  root: String(base),
  async read(path) {
    const url = new URL(path, base)
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  },
})
