import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages, root } from './packages.ts'
import { run } from './run.ts'

/** Where the tarball of each package is, by the package's name. */
export type Tarballs = Readonly<Record<string, string>>

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Packs every public package as it would be published; they have to be built. */
export async function pack(folder: string): Promise<Tarballs> {
  const filter = ['--recursive', '--filter', './packages/*']
  await run('npx', ['-y', packageManager, ...filter, 'pack', '--pack-destination', folder], root)
  const { version } = JSON.parse(readFileSync(join(root, 'packages/sconce/package.json'), 'utf8'))
  const file = (name: string) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
  return Object.fromEntries(publicPackages.map(({ name }) => [name, join(folder, file(name))]))
}
