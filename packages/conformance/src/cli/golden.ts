import { fileURLToPath } from 'node:url'
import { folderSource } from '../golden/files.ts'
import { openFolder } from '../golden/folder.ts'
import type { Golden } from '../golden/golden.ts'
import { openPacked } from '../golden/packed.ts'
import { shippedDataUrl } from '../shipped.ts'

/** The folder of the packed results that this package ships. */
export const shippedFolder = (): string => fileURLToPath(shippedDataUrl)

/** Opens the recorded PyTorch results that this package ships. */
export const shippedGolden = (): Promise<Golden> =>
  openPacked({ ...folderSource(shippedFolder()), root: 'shipped' })

/** Opens any folder in the recorded format. */
export const goldenFolder = (folder: string): Promise<Golden> => openFolder(folderSource(folder))
