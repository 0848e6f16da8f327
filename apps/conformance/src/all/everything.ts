import { join } from 'node:path'
import { registeredBackends } from 'sconce'
import { outsiders, repository } from '../repository.ts'
import { inProcess } from './child.ts'
import type { AllOptions } from './options.ts'
import { runAll } from './run-all.ts'
import { targetsOf } from './targets.ts'

export const summaryFile = join(repository, 'apps/conformance/data/summary.json')
export const readmeFile = join(repository, 'README.md')

/** Runs every backend that the umbrella or an example registers. */
export async function everything(options: AllOptions, main: string): Promise<number> {
  const registered = registeredBackends().map(({ name }) => name)
  return runAll(options, {
    ...(await targetsOf(registered.reverse(), outsiders())),
    command: inProcess(main, process.stdout),
    out: (text) => process.stdout.write(text),
    readme: readmeFile,
    summary: summaryFile,
  })
}
