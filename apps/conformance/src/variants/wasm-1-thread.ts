import { createWasmBackend } from '@sconce/backend-wasm'

/** All work in the calling thread, as in a page that is not cross-origin isolated. */
export const backend = createWasmBackend({ name: 'wasm 1 thread', threads: 1 })
