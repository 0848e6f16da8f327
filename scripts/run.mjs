import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

const env = {
  ...process.env,
  // Never ask: there may be nobody at the terminal.
  CI: process.env.CI ?? 'true',
  DEBIAN_FRONTEND: 'noninteractive',
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  // Browsers come from the system.
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
}

/** Runs a command to its end. With `show` its output goes to the terminal, else it is returned. */
export const run = (command, args, { show = false } = {}) => {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  const output = error ? `${error.message}\n` : `${stdout ?? ''}${stderr ?? ''}`
  return { ok: status === 0, status: status ?? (signal ? 130 : 1), output }
}

/** The pinned pnpm, which npx fetches once: nothing must be installed by hand. */
export const pnpm = (...args) => run('npx', ['-y', manifest.packageManager, ...args])

/** A tool of the root's devDependencies. */
export const tool = (name, args, options) => run(`${root}node_modules/.bin/${name}`, args, options)

/** Does one piece of work with a line of progress, and shows its output if it fails. */
export const step = (title, work, { quiet = false } = {}) => {
  const begin = performance.now()
  const { ok, output } = work()
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  if (!ok) process.stderr.write(`${output.trimEnd()}\n`)
  if (!ok || !quiet) (ok ? console.log : console.error)(`${ok ? '✓' : '✗'} ${title} (${seconds} s)`)
  return ok
}
