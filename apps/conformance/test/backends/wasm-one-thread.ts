import { createWasmBackend } from '@sconce/backend-wasm'

export const backend = createWasmBackend({ threads: 1 })
