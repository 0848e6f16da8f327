import { type Backend, type BackendPlugin, getPlugin, registeredBackends } from '@sconce/backend'

/** How backends with a name are loaded: importing the module registers it. */
export type BackendLoaders = Readonly<Record<string, () => Promise<unknown>>>

const isPlugin = (value: unknown): value is BackendPlugin =>
  typeof value === 'object' && value !== null && 'create' in value && 'probe' in value

const isBackend = (value: unknown): value is Backend =>
  typeof value === 'object' && value !== null && 'run' in value && 'allocate' in value

async function start(plugin: BackendPlugin): Promise<Backend> {
  const probe = await plugin.probe()
  if (!probe.available) throw new Error(`${plugin.name}: ${probe.reason} (${probe.mend})`)
  return plugin.create()
}

/** What a module is about: a backend or a plug-in that it exports, else the one that it registered. */
async function fromModule(specifier: string, load: () => Promise<unknown>): Promise<Backend> {
  const before = new Set(registeredBackends())
  const module = await load()
  const exported = typeof module === 'object' && module !== null ? Object.values(module) : []
  const backend = exported.find(isBackend)
  if (backend) return backend
  const added = registeredBackends().filter((plugin) => !before.has(plugin))
  const plugins = added.length > 0 ? added : exported.filter(isPlugin)
  if (plugins.length === 1) return start(plugins[0])
  const names = plugins.map(({ name }) => name).join(', ')
  throw new Error(
    plugins.length === 0
      ? `${specifier} neither registers nor exports a backend`
      : `${specifier} has several backends: ${names}. Register just one.`,
  )
}

/**
 * Starts a backend by name, or from a module that registers or exports it.
 * @param loaders of the backends that have a name before they are loaded
 * @param load imports the module that `name` is, if it is no such name
 * @throws Error that says why it can't run here
 */
export async function loadBackend(
  name: string,
  loaders: BackendLoaders,
  load: () => Promise<unknown>,
): Promise<Backend> {
  if (Object.hasOwn(loaders, name)) await loaders[name]()
  if (registeredBackends().some((plugin) => plugin.name === name)) return start(getPlugin(name))
  return fromModule(name, load)
}
