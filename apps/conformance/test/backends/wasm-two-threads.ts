import { createWasmBackend } from '@sconce/backend-wasm'

/** Even the smallest kernel is shared. */
export const backend = createWasmBackend({ threads: 2, shareFrom: 0 })
