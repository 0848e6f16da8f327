import { fileURLToPath } from 'node:url'
import { runSingle } from './single.ts'

/** The kit over everything; what is wrong with the arguments is told. */
async function runEverything(args: readonly string[]): Promise<number> {
  const { readAllOptions, usage } = await import('./all/options.ts')
  let options: ReturnType<typeof readAllOptions>
  try {
    options = readAllOptions(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  const { everything } = await import('./all/everything.ts')
  return everything(options, fileURLToPath(import.meta.url))
}

const args = process.argv.slice(2)
process.exitCode = await (args.includes('--all') ? runEverything(args) : runSingle(args))
