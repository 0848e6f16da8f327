import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Options, readOptions, usage } from './options.ts'
import { svg } from './report/svg.ts'
import { trialText } from './report/text.ts'
import { run } from './run.ts'
import { type Trial, verdictOf } from './trial.ts'

async function write(file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Runs what the options say; returns the exit status: 0 if all is flat and the same. */
async function soakAll(options: Options): Promise<number> {
  const trials: Trial[] = []
  let faults = 0
  for await (const trial of run(options)) {
    trials.push(trial)
    faults += verdictOf(trial).faults.length
    process.stdout.write(trialText(trial))
    // After each: a long soak that is ended leaves what it has.
    await write(options.json, `${JSON.stringify({ format: 'sconce-soak-1', trials })}\n`)
    await write(options.svg, svg(trials))
  }
  return faults > 0 ? 1 : 0
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return undefined
  }
}

const options = optionsOf(process.argv.slice(2))
process.exitCode = options ? await soakAll(options) : 2
