import type { Backend } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'

/** The cpu backend, as a GPU would be: no 64-bit dtypes, and elements that are not looked at for checks. */
export function narrowBackend(): Backend {
  const backend = new CpuBackend({ name: 'narrow' })
  const { int64, float64, float16, bfloat16, ...dtypes } = backend.info.dtypes
  return Object.assign(backend, { info: { ...backend.info, dtypes, readSync: 'stall' } })
}

export const backend = narrowBackend()
