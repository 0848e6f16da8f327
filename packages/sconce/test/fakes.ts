import { available, type Backend, type BackendPlugin } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'

/** A backend that counts how often it was disposed of. */
export function fakeBackend(name: string, info: Partial<Backend['info']> = {}) {
  const backend = new CpuBackend({ name })
  const disposals = { count: 0 }
  const dispose = () => {
    disposals.count++
  }
  return {
    backend: Object.assign(backend, { dispose, info: { ...backend.info, ...info } }),
    disposals,
  }
}

export const plugin = (
  name: string,
  create: BackendPlugin['create'],
  probe: BackendPlugin['probe'] = () => available(name),
): BackendPlugin => ({ name, priority: 5, probe, create })
