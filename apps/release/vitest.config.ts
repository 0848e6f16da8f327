import { mergeConfig } from 'vitest/config'
import { packageTests } from '../../vitest.shared.ts'

export default mergeConfig(packageTests('app-release'), {
  test: {
    globalSetup: ['test/support/setup.ts'],
    // Compilers, bundlers and browsers take long on a machine that is busy otherwise.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
