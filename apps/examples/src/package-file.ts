import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** A file of an installed package, relative to the package's entry point. */
export const packageFile = (name: string, path: string): URL =>
  new URL(path, pathToFileURL(createRequire(import.meta.url).resolve(name)))
