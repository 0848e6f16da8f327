import type { Backend } from './backend.ts'
import { BackendUnavailable } from './errors.ts'
import { shared } from './shared.ts'

/** The answer of `probe`. */
export type Availability =
  | { readonly available: true; readonly description: string; readonly software?: boolean }
  | { readonly available: false; readonly reason: string; readonly mend: string }

/**
 * A backend that can run here. `software` marks an emulated device (a GPU rendered on the CPU), which
 * is never picked unless asked for by name.
 */
export const available = (description: string, software = false): Availability => ({
  available: true,
  description,
  software,
})
/** A backend that can't run here: why, and what would mend it. */
export const unavailable = (reason: string, mend: string): Availability => ({
  available: false,
  reason,
  mend,
})

/** A plug-in: four documented members. */
export interface BackendPlugin {
  /** The device's name; any string. */
  readonly name: string
  /** Higher is preferred by `init()` without names. cpu has 0. */
  readonly priority: number
  /** Whether the backend can run here, and if not, why not. Must be cheap and have no effect. */
  probe(): Availability | Promise<Availability>
  /** Makes the device. May be asynchronous. */
  create(): Backend | Promise<Backend>
}

const plugins = new Map<string, BackendPlugin>()

/** Those of other copies of this package too, to tell why a name is unknown here. */
const registries = shared('registries', () => new Set<ReadonlyMap<string, BackendPlugin>>())
registries.add(plugins)

/** Makes a backend known under its name; a later registration of the same name replaces the earlier. */
export function registerBackend(plugin: BackendPlugin): void {
  plugins.set(plugin.name, plugin)
}

/** Registered plug-ins, preferred first. */
export const registeredBackends = (): BackendPlugin[] =>
  [...plugins.values()].sort((a, b) => b.priority - a.priority)

const importIt = 'Import the package that registers it.'
const otherCopy =
  'It was registered with another copy of @sconce/backend: make the package that registers it depend on ' +
  'the same version, as a peer dependency.'

/** The plug-in of that name; throws `BackendUnavailable` with the names that exist. */
export function getPlugin(name: string): BackendPlugin {
  const plugin = plugins.get(name)
  if (!plugin) {
    const known = [...plugins.keys()].join(', ') || 'none'
    throw new BackendUnavailable(
      `Expected one of ${known} device type at start of device string: ${name}. ` +
        ([...registries].some((other) => other.has(name)) ? otherCopy : importIt),
    )
  }
  return plugin
}
