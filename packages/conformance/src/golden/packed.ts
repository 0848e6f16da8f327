import { decodeGroup, gunzip } from './container.ts'
import type { FileSource, Golden } from './golden.ts'
import type { OpFile, ProgramFile, RngFile } from './types.ts'

/** `manifest.json` beside the groups: what lies where. */
export interface PackedManifest {
  format: 'sconce-golden-1'
  /** Version of the PyTorch that was recorded. */
  torch: string
  groups: PackedGroup[]
}

/** One file of the packed form, and what is in it. */
export interface PackedGroup {
  /** The file beside the manifest. */
  file: string
  kind: 'ops' | 'programs' | 'rng'
  /** Op names or themes, in the order of the container. */
  names: string[]
}

/**
 * Opens the packed form. Groups are fetched and unzipped when the first of their files is asked for.
 * @throws Error where the manifest is missing or of another format
 */
export async function openPacked(source: FileSource): Promise<Golden> {
  const text = new TextDecoder().decode(await source.read('manifest.json'))
  const manifest: PackedManifest = JSON.parse(text)
  if (manifest.format !== 'sconce-golden-1')
    throw new Error(`${source.root}: unknown format ${manifest.format} of packed results`)
  const loaded = new Map<PackedGroup, Promise<unknown[]>>()
  const load = (group: PackedGroup): Promise<unknown[]> => {
    let files = loaded.get(group)
    if (!files) {
      files = source.read(group.file).then(gunzip).then(decodeGroup)
      loaded.set(group, files)
    }
    return files
  }
  const names = (kind: PackedGroup['kind']): string[] =>
    manifest.groups.flatMap((group) => (group.kind === kind ? group.names : [])).sort()
  const find = async <T>(kind: PackedGroup['kind'], name: string): Promise<T> => {
    for (const group of manifest.groups) {
      const index = group.kind === kind ? group.names.indexOf(name) : -1
      if (index >= 0) return (await load(group))[index] as T
    }
    throw new Error(`${source.root} has no ${kind}/${name}`)
  }
  return {
    origin: source.root,
    torch: manifest.torch,
    ops: names('ops'),
    programs: names('programs'),
    op: (name) => find<OpFile>('ops', name),
    program: (theme) => find<ProgramFile>('programs', theme),
    rng: async () => (names('rng').length > 0 ? find<RngFile>('rng', 'rng') : undefined),
  }
}
