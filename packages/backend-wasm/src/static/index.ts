/**
 * The static library: hand-tuned kernels, compiled from assembly/ when the package is built. A backend
 * loads it (`libraryBytes`, `instantiateLibrary`), gives it a `Host`, asks `supportsStatic` and calls `runStatic`.
 */
export { Arguments } from './arguments.ts'
export { copy } from './copy.ts'
export type { Host } from './host.ts'
export {
  type Entry,
  type EntryName,
  entryNames,
  type Features,
  hasRelaxedSimd,
  instantiateLibrary,
  type Library,
  libraryBytes,
  scratchBytes,
} from './library.ts'
export { runStatic, supportsStatic } from './run.ts'
