import { getPlugin, registerBackend, registeredBackends } from '@sconce/backend'

/**
 * Registers a stock backend by name: its package is only loaded when the backend is asked for, and then
 * takes the place of this entry. One that was imported before is there already.
 */
function registerLazily(name: string, priority: number, load: () => Promise<unknown>): void {
  if (registeredBackends().some((plugin) => plugin.name === name)) return
  registerBackend({
    name,
    priority,
    probe: async () => {
      await load()
      return getPlugin(name).probe()
    },
    create: async () => {
      await load()
      return getPlugin(name).create()
    },
  })
}

registerLazily('webgl', 20, () => import('@sconce/backend-webgl'))
registerLazily('wasm', 10, () => import('@sconce/backend-wasm'))
