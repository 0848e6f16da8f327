import { createWasmBackend } from '@sconce/backend-wasm'

/** Two threads, which share even small kernels. */
export const backend = createWasmBackend({ name: 'wasm 2 threads', threads: 2, shareFrom: 5000 })
