import { available, registerBackend, unavailable } from '@sconce/backend'
import { WasmBackend, type WasmBackendOptions } from './backend.ts'
import { defaultThreads, describe } from './description.ts'
import { hasRelaxedSimd } from './static/index.ts'
import { threadsOff } from './threads/platform.ts'
import { hasSimd } from './wasm/features.ts'

export { WasmBackend, type WasmBackendOptions } from './backend.ts'

/** Makes a wasm backend of one's own: another name, memory limit or number of threads. */
export const createWasmBackend = (options?: WasmBackendOptions): WasmBackend =>
  new WasmBackend(options)

registerBackend({
  name: 'wasm',
  priority: 10,
  probe: () =>
    hasSimd()
      ? available(describe(hasRelaxedSimd(), defaultThreads(), threadsOff()))
      : unavailable(
          'this JavaScript engine has no WebAssembly SIMD',
          'use Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or newer, or the cpu backend',
        ),
  create: () => new WasmBackend(),
})
