import { type Availability, available, registerBackend, unavailable } from '@sconce/backend'
import { WasmBackend, type WasmBackendOptions } from './backend.ts'
import { defaultThreads, describe } from './description.ts'
import { hasRelaxedSimd } from './static/index.ts'
import { threadsOff } from './threads/platform.ts'
import { canCompile, hasSimd } from './wasm/features.ts'

export { WasmBackend, type WasmBackendOptions } from './backend.ts'

/** Makes a wasm backend of one's own: another name, memory limit or number of threads. */
export const createWasmBackend = (options?: WasmBackendOptions): WasmBackend =>
  new WasmBackend(options)

function probe(): Availability {
  if (!hasSimd()) {
    return unavailable(
      'this JavaScript engine has no WebAssembly SIMD',
      'use Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or newer, or the cpu backend',
    )
  }
  if (!canCompile()) {
    return unavailable(
      'a Content-Security-Policy forbids WebAssembly',
      "add 'wasm-unsafe-eval' to its script-src, or use the cpu backend",
    )
  }
  return available(describe(hasRelaxedSimd(), defaultThreads(), threadsOff()))
}

registerBackend({ name: 'wasm', priority: 10, probe, create: () => new WasmBackend() })
