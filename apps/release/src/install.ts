import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tarballs } from './pack.ts'
import { run } from './run.ts'

/** The programs of a stranger who uses the packages. */
const consumer = fileURLToPath(new URL('../consumer', import.meta.url))

/**
 * Makes a project outside of the workspace, with every package installed from its tarball by npm. What
 * they depend on comes from npm's cache, else from the registry.
 */
export async function installConsumer(folder: string, tarballs: Tarballs): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const dependencies = Object.fromEntries(
    Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]),
  )
  // Of each other the packages ask for a version that no registry has before the release.
  const overrides = Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`]))
  const manifest = { name: 'stranger', private: true, type: 'module', dependencies, overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', '--ignore-scripts', '--omit=peer', ...quiet], folder)
  cpSync(consumer, folder, { recursive: true })
}
