import { mergeConfig } from 'vitest/config'
import { browserTests } from '../../vitest.shared.ts'

// Threads need a page that is cross-origin isolated.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default mergeConfig(browserTests('backend-wasm'), { server: { headers } })
