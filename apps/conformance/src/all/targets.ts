import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { registeredBackends } from 'sconce'
import type { Outsider } from '../repository.ts'

export const places = ['Node', 'Chromium'] as const
/** Where cases run. */
export type Place = (typeof places)[number]

/** One run of the kit. */
export interface Target {
  /** The backend's name in reports, with what was chosen of it: `wasm, 2 threads`. */
  readonly name: string
  readonly place: Place
  /** What the kit's `--backend` takes. */
  readonly backend: string
  readonly knownFailures?: string
}

/** A backend that can't run in a place, as it says itself. */
export interface Skipped {
  readonly name: string
  readonly place: Place
  readonly reason: string
}

const variant = (file: string): string => {
  const path = fileURLToPath(new URL(`../variants/${file}`, import.meta.url))
  if (!existsSync(path)) throw new Error(`no such variant: ${path}`)
  return path
}

/** Backends that are run in more than one way. */
const variants: Readonly<Record<string, readonly Omit<Target, 'place'>[]>> = {
  wasm: [
    { name: 'wasm, 1 thread', backend: variant('wasm-1-thread.ts') },
    { name: 'wasm, 2 threads', backend: variant('wasm-2-threads.ts') },
  ],
}

/** Imports a module, and returns the name that it registers. */
async function registeredBy(module: string): Promise<string> {
  const before = new Set(registeredBackends())
  await import(pathToFileURL(module).href)
  const added = registeredBackends().filter((plugin) => !before.has(plugin))
  if (added.length !== 1) throw new Error(`${module} registers ${added.length} backends, not one`)
  return added[0].name
}

/** Why a registered backend can't run in this process. */
async function unavailability(name: string): Promise<string | undefined> {
  const plugin = registeredBackends().find((member) => member.name === name)
  if (!plugin) throw new Error(`no backend ${name} is registered`)
  const probe = await plugin.probe()
  return probe.available ? undefined : `${probe.reason} (${probe.mend})`
}

/**
 * Every registered backend, in Node where it can run there, and in Chromium. Whether it can run in Chromium
 * shows when it is tried.
 * @param registered names, least demanding first
 */
export async function targetsOf(
  registered: readonly string[],
  outside: readonly Outsider[],
): Promise<{ targets: Target[]; skipped: Skipped[] }> {
  const targets: Target[] = []
  const skipped: Skipped[] = []
  const add = async (plugin: string, runs: readonly Omit<Target, 'place'>[]): Promise<void> => {
    const reason = await unavailability(plugin)
    for (const run of runs) {
      if (reason === undefined) targets.push({ ...run, place: 'Node' })
      else skipped.push({ name: run.name, place: 'Node', reason })
      targets.push({ ...run, place: 'Chromium' })
    }
  }
  for (const name of registered) await add(name, variants[name] ?? [{ name, backend: name }])
  for (const { module, knownFailures } of outside) {
    const name = await registeredBy(module)
    await add(name, [{ name, backend: module, knownFailures }])
  }
  return { targets, skipped }
}
