import { mergeConfig } from 'vitest/config'
import { browserTests } from '../../vitest.shared.ts'

interface Soak {
  readonly steps: number
  /** Bytes that the device may hold; small for few steps, so that even they have to give way. */
  readonly budget: number
  /** Where the curve is written to, below this package; empty for nowhere. */
  readonly file: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly soak: Soak
  }
}

const soak: Soak = process.env.SCONCE_SOAK
  ? { steps: 10_000, budget: 2 ** 30, file: process.env.SCONCE_SOAK }
  : { steps: 800, budget: 2 ** 22, file: '' }

// To measure what is really held, tests of memory ask for a collection and for exact numbers.
const flags = ['--js-flags=--expose-gc', '--enable-precise-memory-info']

export default mergeConfig(browserTests('backend-webgl', flags), { test: { provide: { soak } } })
