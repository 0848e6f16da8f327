import { registerBackend } from '@sconce/backend'
import { plugin } from './plugin.ts'

registerBackend(plugin)

export { MyBackend } from './backend.ts'
export { plugin } from './plugin.ts'
