import { readFile } from 'node:fs/promises'
import { makeSuite } from '../execute/suite.ts'
import type { Golden } from '../golden/golden.ts'
import { libraryKnownFailures } from '../known-failures.ts'
import { claimsOf, type Facts } from '../report/report.ts'
import { run } from '../runner.ts'
import { shippedDataUrl } from '../shipped.ts'
import { loadBackend } from './backends.ts'
import { goldenFolder, shippedGolden } from './golden.ts'
import type { Job } from './main.ts'
import { type BackendModules, moduleUrl } from './modules.ts'
import type { CliOptions } from './options.ts'

/** Versions that a report names. */
export async function versionsOf({ torch }: Golden): Promise<Facts> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', shippedDataUrl), 'utf8'))
  const versions = { conformance: `${manifest.version}` }
  return torch === undefined ? versions : { ...versions, torch }
}

/** The recorded results that the options name. */
export const goldenOf = ({ golden }: CliOptions): Promise<Golden> =>
  golden ? goldenFolder(golden) : shippedGolden()

/**
 * The kit over one backend, in this process.
 * @param modules backends that have a name
 */
export async function createJob(options: CliOptions, modules: BackendModules): Promise<Job> {
  const golden = await goldenOf(options)
  const url = moduleUrl(options.backend, modules)
  const loaders = Object.hasOwn(modules, options.backend)
    ? { [options.backend]: () => import(url) }
    : {}
  const backend = await loadBackend(options.backend, loaders, () => import(url))
  const suite = await makeSuite(backend, golden, options.only)
  return {
    backend: backend.name,
    run: (runOptions) => run(suite, runOptions),
    claims: claimsOf(backend),
    golden: golden.origin,
    versions: await versionsOf(golden),
    knownFailures: libraryKnownFailures,
  }
}
