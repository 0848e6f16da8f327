import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Env } from '../execute/context.ts'
import { makeSuite } from '../execute/suite.ts'
import { folderSource } from '../golden/files.ts'
import { openFolder } from '../golden/folder.ts'
import type { Golden } from '../golden/golden.ts'
import { openPacked } from '../golden/packed.ts'
import { libraryKnownFailures } from '../known-failures.ts'
import type { Facts } from '../report/report.ts'
import { shippedDataUrl } from '../shipped.ts'
import { type BackendModules, loadBackend } from './backends.ts'
import type { Job } from './main.ts'
import type { CliOptions } from './options.ts'

/** Opens the recorded PyTorch results that this package ships. */
export const shippedGolden = (): Promise<Golden> =>
  openPacked({ ...folderSource(fileURLToPath(shippedDataUrl)), root: 'shipped' })

/** Opens any folder in the recorded format. */
export const goldenFolder = (folder: string): Promise<Golden> => openFolder(folderSource(folder))

/** Imports a module by its name, or a file by its path from the working folder. */
const importModule = (specifier: string): Promise<unknown> =>
  import(/^[./]|\.[cm]?[jt]s$/.test(specifier) ? pathToFileURL(resolve(specifier)).href : specifier)

/** Versions that a report names. */
async function versionsOf(golden: Golden): Promise<Facts> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', shippedDataUrl), 'utf8'))
  const versions = { conformance: `${manifest.version}` }
  return golden.torch === undefined ? versions : { ...versions, torch: golden.torch }
}

/**
 * What the command runs: the kit over one backend.
 * @param modules backends that have a name before they are loaded
 */
export async function createJob(options: CliOptions, modules: BackendModules): Promise<Job<Env>> {
  const golden = await (options.golden ? goldenFolder(options.golden) : shippedGolden())
  const backend = await loadBackend(options.backend, modules, importModule)
  const { dtypes, native, description, numerics } = backend.info
  return {
    suite: await makeSuite(backend, golden, options.only),
    claims: { dtypes, native, description, numerics },
    golden: golden.origin,
    versions: await versionsOf(golden),
    knownFailures: libraryKnownFailures,
  }
}
