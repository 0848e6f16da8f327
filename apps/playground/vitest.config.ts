import { mergeConfig } from 'vitest/config'
import { packageTests } from '../../vitest.shared.ts'

export default mergeConfig(packageTests('app-playground'), {
  test: { globalSetup: ['test/support/site.ts'] },
})
