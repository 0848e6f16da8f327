import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.ts'

interface Manifest {
  readonly name: string
  readonly bin?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly bin?: Readonly<Record<string, string>> }
  readonly scripts?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

const packages = readdirSync(join(root, 'packages')).map((name) => manifest(`packages/${name}`))

/** Commands that the published packages bring. */
const bins = new Set(
  packages.flatMap(({ bin, publishConfig }) => Object.keys({ ...bin, ...publishConfig?.bin })),
)

const scripts = new Set(Object.keys(manifest('.').scripts ?? {}))

/** Tools that `npx` finds, here or at home. */
const tools = new Set(['vitest', 'changeset', 'biome', 'typedoc', 'tsx'])

/**
 * What is wrong with a line of a shell block: a script or command that does not exist.
 * @returns undefined where nothing is
 */
export function wrongCommand(line: string): string | undefined {
  const [command, ...words] = line
    .replace(/#.*$/, '')
    .trim()
    .split(/\s+/)
    .filter((word) => !/^[A-Z_]+=/.test(word))
  const args = words.filter((word) => !word.startsWith('-'))
  switch (command) {
    case 'npm': {
      const [verb, what] = args
      if (['install', 'i', 'create', 'init'].includes(verb)) return undefined
      const script = verb === 'run' ? what : verb
      return scripts.has(script) ? undefined : `no script '${script}'`
    }
    case 'npx':
      if (args[0].startsWith('pnpm@')) return undefined
      return bins.has(args[0]) || tools.has(args[0]) ? undefined : `no command '${args[0]}'`
    case 'node':
    case 'cd':
    case 'cp':
    case 'git':
    case undefined:
    case '':
      return undefined
    default:
      return `what is '${command}'?`
  }
}
