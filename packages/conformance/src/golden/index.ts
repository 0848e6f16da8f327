export { openFolder } from './folder.ts'
export { type FileSource, type FolderSource, type Golden, urlSource } from './golden.ts'
export { openPacked, type PackedGroup, type PackedManifest } from './packed.ts'
export type * from './types.ts'
