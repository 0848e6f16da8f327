import { registerBackend } from '@sconce/backend'
import { plugin } from './plugin.ts'

export { WebglBackend, type WebglBackendOptions, type WebglStatistics } from './backend.ts'
export { createWebglBackend, plugin } from './plugin.ts'
export { WebglBuffer } from './storage.ts'

registerBackend(plugin)
