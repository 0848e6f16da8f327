import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../pages.ts'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly '@sconce/source'?: string }>>
}

/** The order of the site: what users import comes first. */
const order = [
  ...['sconce', 'core', 'autograd', 'nn', 'optim', 'data', 'io', 'backend'],
  ...['backend-cpu', 'backend-wasm', 'backend-webgl', 'conformance'],
]

const rank = (folder: string): number => {
  const at = order.indexOf(folder)
  return at < 0 ? order.length : at
}

const folders = readdirSync(join(root, 'packages')).sort((a, b) => rank(a) - rank(b))

/** Source files of everything that can be imported, by what is written to import it. */
export const entryPoints: Readonly<Record<string, string>> = Object.fromEntries(
  folders.flatMap((folder) => {
    const path = join(root, 'packages', folder)
    const { name, exports }: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    return Object.entries(exports).flatMap(([entry, target]) => {
      const source = typeof target === 'string' ? undefined : target['@sconce/source']
      return source === undefined ? [] : [[name + entry.slice(1), join(path, source)]]
    })
  }),
)
