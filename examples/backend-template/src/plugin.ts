import { available, type BackendPlugin } from '@sconce/backend'
import { MyBackend } from './backend.ts'

/**
 * TODO 1: the name by which people ask for your device, how much `init()` should prefer it (cpu has 0,
 * wasm 10, webgl 20), and what is needed for it to run. Where something is missing, say what would mend
 * it: `unavailable('there is no such device here', 'plug one in')`.
 */
export const plugin: BackendPlugin = {
  name: 'mine',
  priority: 1,
  probe: () => available('my device'),
  create: () => new MyBackend(),
}
