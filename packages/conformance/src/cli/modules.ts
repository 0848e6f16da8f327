import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The stock backends of an installation: the URLs of their modules by the names that people say. */
export type BackendModules = Readonly<Record<string, string>>

/** The module that a name or a path from the working folder stands for. */
export function moduleUrl(specifier: string, modules: BackendModules): string {
  if (Object.hasOwn(modules, specifier)) return modules[specifier]
  const path = resolve(specifier)
  return existsSync(path) ? pathToFileURL(path).href : specifier
}
