import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What of a manifest matters for publishing. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** A package that is published. */
export interface PublicPackage {
  /** Its folder below `packages`. */
  readonly folder: string
  readonly name: string
  /** What can be imported: `sconce`, `@sconce/io/node`; patterns and files of data left out. */
  readonly entries: readonly string[]
}

const entriesOf = ({ name, exports }: Manifest): string[] =>
  Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([entry]) => name + entry.slice(1))

/** All packages that are published. */
export const publicPackages: readonly PublicPackage[] = readdirSync(join(root, 'packages')).map(
  (folder) => {
    const text = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')
    const manifest: Manifest = JSON.parse(text)
    return { folder, name: manifest.name, entries: entriesOf(manifest) }
  },
)
