import { registerBackend } from '@sconce/backend'
import { plugin } from './plugin.ts'

registerBackend(plugin)

export { WebgpuBackend, type WebgpuOptions } from './backend.ts'
export { createWebgpuBackend, plugin, probe } from './plugin.ts'
