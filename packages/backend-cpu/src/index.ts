import { available, registerBackend } from '@sconce/backend'
import { CpuBackend, type CpuBackendOptions } from './backend.ts'

export { CpuBackend, type CpuBackendOptions } from './backend.ts'
export { CpuBuffer } from './memory.ts'

/** Makes a cpu backend of one's own: another name, engine or pool. */
export const createCpuBackend = (options?: CpuBackendOptions): CpuBackend => new CpuBackend(options)

registerBackend({
  name: 'cpu',
  priority: 0,
  probe: () => available('JavaScript'),
  create: () => new CpuBackend(),
})
