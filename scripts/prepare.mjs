import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pnpm, root, run, step } from './run.mjs'

/** Where runs leave what they want to find again; goes when node_modules goes. */
export const cache = `${root}node_modules/.cache/sconce/`

const installed = `${cache}installed-lockfile.yaml`
const built = `${cache}built`

const remember = (file, text) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Installs what the lockfile says, unless that has been done. */
export const install = (options) => {
  const lockfile = readFileSync(`${root}pnpm-lock.yaml`, 'utf8')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lockfile) return true
  const ok = step('install', () => pnpm('install', '--frozen-lockfile'), options)
  if (ok) remember(installed, lockfile)
  return ok
}

const notSources = new Set(['node_modules', 'dist', 'generated', 'test', '.turbo'])

/** When a file or folder under `path` was last changed. */
const changed = (path) => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const inside = readdirSync(path).filter((name) => !notSources.has(name))
  return Math.max(0, ...inside.map((name) => changed(join(path, name))))
}

const packages = () => readdirSync(`${root}packages`).map((name) => `${root}packages/${name}`)

const isBuilt = () =>
  existsSync(built) &&
  packages().every((path) => existsSync(`${path}/dist`)) &&
  [...packages(), `${root}tsup.shared.ts`, `${root}tsconfig.base.json`].every(
    (path) => changed(path) < statSync(built).mtimeMs,
  )

/** Builds every package whose sources have changed. */
export const build = (options) => {
  if (isBuilt()) return true
  // Sources that change during the build are newer than this and are built the next time.
  const begin = Date.now()
  const turbo = ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--concurrency=100%']
  const ok = step('build', () => pnpm(...turbo), options)
  if (ok) remember(built, String(begin))
  return ok
}

const wasm = `${root}packages/backend-wasm/`
const generated = `${cache}generated`

const isGenerated = () =>
  existsSync(generated) &&
  existsSync(`${wasm}src/generated/library.ts`) &&
  ['assembly', 'scripts'].every((path) => changed(wasm + path) < statSync(generated).mtimeMs)

/** Makes the one thing that running from the sources needs and the sources lack: the wasm binaries. */
export const generate = (options) => {
  if (isGenerated()) return true
  const script = `${wasm}scripts/static.mjs`
  const ok = step('wasm binaries', () => run(process.execPath, [script]), options)
  if (ok) remember(generated, '')
  return ok
}

/** The browser of the tests: the system's. */
const chromium = process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium'

/** Installs Debian's Chromium if there is none. */
export const browser = () => {
  if (existsSync(chromium)) return true
  return step('install chromium', () => {
    const update = run('apt-get', ['update', '-q'])
    const { ok, output } = run('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'])
    const mend = `No browser for the tests: install Debian's chromium as root, or name one in SCONCE_CHROMIUM.\n`
    return { ok: ok && existsSync(chromium), output: `${update.output}${output}${mend}` }
  })
}
