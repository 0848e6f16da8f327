/** `npx sconce`: the command for Node. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { command } from './command.ts'

/** A file below the working directory, or a package that is installed there. */
function load(module: string): Promise<unknown> {
  const file = resolve(module)
  if (existsSync(file)) return import(pathToFileURL(file).href)
  const here = createRequire(pathToFileURL(resolve('package.json')))
  return import(pathToFileURL(here.resolve(module)).href)
}

process.exitCode = await command(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  load,
})
