/**
 * Runs an application of the repository on the sources: `node scripts/app.mjs bench --suite kernels`.
 * Prints nothing of its own unless the installation or making the wasm binaries fails.
 */
import { existsSync } from 'node:fs'
import { generate, install } from './prepare.mjs'
import { root, run } from './run.mjs'

export const app = (name, args) => {
  const main = `${root}apps/${name}/src/main.ts`
  if (!existsSync(main)) {
    console.error(`there is no application '${name}': apps/${name}/src/main.ts does not exist`)
    return 1
  }
  const runner = ['--conditions=@sconce/source', '--import', import.meta.resolve('tsx')]
  return run(process.execPath, [...runner, main, ...args], { show: true }).status
}

if (import.meta.filename === process.argv[1]) {
  const quiet = { quiet: true }
  const [name, ...args] = process.argv.slice(2)
  process.exitCode = install(quiet) && generate(quiet) ? app(name, args) : 1
}
