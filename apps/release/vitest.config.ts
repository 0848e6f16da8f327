import { mergeConfig } from 'vitest/config'
import { packageTests } from '../../vitest.shared.ts'

export default mergeConfig(packageTests('app-release'), {
  test: { globalSetup: ['test/support/setup.ts'] },
})
