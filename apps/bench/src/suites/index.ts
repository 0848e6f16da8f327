import type { SuiteName } from '../options.ts'
import type { Suite } from './suite.ts'

/** The suites, each loaded with its contestants only when it is run. */
export const suites: Readonly<Record<SuiteName, Suite>> = {
  overhead: async (request) => (await import('./overhead.ts')).overhead(request),
  kernels: async (request) => (await import('./kernels.ts')).kernels(request),
  models: async (request) => (await import('./models.ts')).models(request),
  webgl: async (request) => (await import('./webgl.ts')).webgl(request),
  browser: async (request) => (await import('./browser.ts')).browser(request),
  size: async (request) => (await import('./size.ts')).size(request),
}
