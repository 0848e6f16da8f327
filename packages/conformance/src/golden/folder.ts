import type { FolderSource, Golden } from './golden.ts'
import type { OpFile, ProgramFile, RngFile } from './types.ts'

const OP_FORMAT = 'golden-op-1'
const PROGRAM_FORMAT = 'golden-program-1'

const jsonNames = (files: readonly string[]): string[] =>
  files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()

/**
 * Opens a folder in the recorded format: `ops/*.json`, `programs/*.json`, `rng.json`, each optional.
 * @throws Error where the folder has none of them; on reading, where a file is not of the format
 */
export async function openFolder(source: FolderSource): Promise<Golden> {
  const [ops, programs, top] = await Promise.all(
    ['ops', 'programs', ''].map(async (folder) => jsonNames(await source.list(folder))),
  )
  const hasRng = top.includes('rng')
  if (ops.length + programs.length === 0 && !hasRng)
    throw new Error(`${source.root} has neither ops/*.json, programs/*.json nor rng.json`)
  const parse = async (path: string): Promise<Record<string, unknown>> => {
    const text = new TextDecoder().decode(await source.read(path))
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new Error(`${source.root}/${path}: ${(error as Error).message}`)
    }
  }
  const read = async <T>(path: string, format: string): Promise<T> => {
    const file = await parse(path)
    if (file.format !== format)
      throw new Error(`${source.root}/${path}: expected the format ${format}, got ${file.format}`)
    return file as T
  }
  return {
    origin: source.root,
    ops,
    programs,
    op: (name) => read<OpFile>(`ops/${name}.json`, OP_FORMAT),
    program: (theme) => read<ProgramFile>(`programs/${theme}.json`, PROGRAM_FORMAT),
    async rng() {
      return hasRng ? ((await parse('rng.json')) as unknown as RngFile) : undefined
    },
  }
}
