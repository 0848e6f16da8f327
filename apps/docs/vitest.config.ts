import { mergeConfig } from 'vitest/config'
import { packageTests } from '../../vitest.shared.ts'

export default mergeConfig(packageTests('app-docs'), {
  // The compiler, browsers and the making of the site take long on a machine that is busy otherwise.
  test: { testTimeout: 300_000, hookTimeout: 600_000 },
})
