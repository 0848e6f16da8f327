import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One project per package, and a second one (vitest.config.browser.ts) where it has tests for browsers.
    projects: [
      '{packages,apps,examples}/*/vitest.config{,.browser}.ts',
      'scripts/vitest.config.ts',
    ],
  },
})
