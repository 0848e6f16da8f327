/** What needs Node: files and the command line. */
import { fileURLToPath } from 'node:url'
import { folderSource } from './golden/files.ts'
import { openFolder } from './golden/folder.ts'
import type { Golden } from './golden/golden.ts'
import { openPacked } from './golden/packed.ts'
import { shippedDataUrl } from './shipped.ts'

export { folderSource } from './golden/files.ts'

/** Opens the recorded PyTorch results that this package ships. */
export const shippedGolden = (): Promise<Golden> =>
  openPacked({ ...folderSource(fileURLToPath(shippedDataUrl)), root: 'shipped' })

/** Opens any folder in the recorded format. */
export const goldenFolder = (folder: string): Promise<Golden> => openFolder(folderSource(folder))

export { type CliServices, type Job, runCli } from './cli/main.ts'
export { type CliOptions, parseArguments } from './cli/options.ts'
export { progressDisplay } from './cli/progress.ts'
