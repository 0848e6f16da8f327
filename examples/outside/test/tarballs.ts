import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

interface Manifest {
  name: string
  packageManager?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** How a command ended. */
export interface Ended {
  readonly status: number
  readonly output: string
}

/** Runs a command in a folder, as a user does: without what the test runner tells its children. */
export function command(folder: string, file: string, ...args: string[]): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|npm_|TEST$)/.test(name)),
  )
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...env, CI: 'true', NO_COLOR: '1' }, maxBuffer: 1 << 26 }
    execFile(file, args, options, (error, stdout, stderr) => {
      const status = error ? (typeof error.code === 'number' ? error.code : 1) : 0
      resolve({ status, output: `${stdout}${stderr}` })
    })
  })
}

/** As `command`, with an error where the command fails. */
export async function must(folder: string, file: string, ...args: string[]): Promise<string> {
  const { status, output } = await command(folder, file, ...args)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} in ${folder}:\n${output}`)
  return output
}

const pnpm = (folder: string, ...args: string[]): Promise<string> =>
  must(folder, 'npx', '-y', manifestOf(root).packageManager ?? 'pnpm', ...args)

/** Where the repository has a package of others, as seen from one of ours. */
function homeOf(name: string, from: string): string {
  const { paths } = createRequire(join(from, 'package.json')).resolve
  for (const folder of paths(name) ?? []) {
    const found = readdirSync(dirname(join(folder, name)), { withFileTypes: true }).some((entry) =>
      name.endsWith(entry.name),
    )
    if (found) return join(folder, name)
  }
  throw new Error(`${name} is not installed`)
}

/** A folder outside of the repository, with tarballs of all packages. */
export class Outside {
  readonly folder = mkdtempSync(join(tmpdir(), 'sconce-outside-'))
  readonly #tarballs: string
  /** What each package is taken from: its tarball, or the repository's copy. */
  readonly #sources: Record<string, string> = {}

  constructor() {
    this.#tarballs = join(this.folder, 'tarballs')
  }

  /** Packs all packages of the repository, which must have been built. */
  async pack(): Promise<void> {
    await pnpm(root, '-r', '--filter', './packages/*', 'pack', '--pack-destination', this.#tarballs)
    for (const name of readdirSync(join(root, 'packages'))) {
      const folder = join(root, 'packages', name)
      const manifest = manifestOf(folder)
      this.#addTarball(manifest.name)
      const { dependencies, peerDependencies } = manifest
      for (const other of Object.keys({ ...dependencies, ...peerDependencies }))
        if (!/^@?sconce/.test(other)) this.#sources[other] = `link:${homeOf(other, folder)}`
    }
  }

  /** A copy of an example, with everything that it depends on installed. */
  async copyExample(name: string): Promise<string> {
    const folder = join(this.folder, name)
    cpSync(join(root, 'examples', name), folder, {
      recursive: true,
      filter: (path) => !/node_modules|dist$|vitest\.config/.test(path),
    })
    await this.install(folder)
    return folder
  }

  /** Packs a package that was made here, for others to install. */
  async packOwn(folder: string): Promise<void> {
    await pnpm(folder, 'pack', '--pack-destination', this.#tarballs)
    this.#addTarball(manifestOf(folder).name)
  }

  /** Installs what the manifest of a folder asks for: no version is looked up, nothing is downloaded. */
  async install(folder: string): Promise<void> {
    const manifest = manifestOf(folder)
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    for (const name of wanted) this.#sources[name] ??= `link:${homeOf(name, root)}`
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ ...manifest, pnpm: { overrides: this.#sources } }, null, 2),
    )
    await pnpm(folder, 'install', '--offline', '--ignore-workspace', '--no-frozen-lockfile')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #addTarball(name: string): void {
    const start = `${name.replace('@', '').replace('/', '-')}-`
    const file = readdirSync(this.#tarballs).find(
      (other) => other.startsWith(start) && /^\d/.test(other.slice(start.length)),
    )
    if (!file) throw new Error(`${name} was not packed`)
    this.#sources[name] = `file:${join(this.#tarballs, file)}`
  }
}
