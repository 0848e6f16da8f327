import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** The stock backends, loaded when they are asked for. */
export const stock: Readonly<Record<string, string>> = Object.fromEntries(
  ['cpu', 'wasm', 'webgl'].map((name) => [name, import.meta.resolve(`@sconce/backend-${name}`)]),
)

const PREFIX = 'backend-'

/** What a new backend is copied from: it is meant to fail until it is written. */
const TEMPLATE = 'backend-template'

/** A backend that is written outside of the library. */
export interface Outsider {
  readonly name: string
  readonly module: string
  /** What its author says that it fails, as the kit's `--known-failures` takes it. */
  readonly knownFailures: string | undefined
}

/** The backends among the examples: `examples/backend-*`, but for the template. */
export function outsiders(root = repository): Outsider[] {
  const folder = join(root, 'examples')
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return names.flatMap((name) => {
    const module = join(folder, name, 'src/index.ts')
    if (!name.startsWith(PREFIX) || name === TEMPLATE || !existsSync(module)) return []
    const list = join(folder, name, 'known-failures.json')
    const knownFailures = existsSync(list) ? list : undefined
    return [{ name: name.slice(PREFIX.length), module, knownFailures }]
  })
}
