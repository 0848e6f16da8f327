import { playwright } from '@vitest/browser-playwright'
import { defineProject } from 'vitest/config'

/** Packages are tested on their sources, so that a test never sees a stale build. */
const conditions = ['@sconce/source', 'module', 'import', 'development|production', 'default']

/** Far longer than any test takes: only what hangs fails by it. */
const testTimeout = 60_000

/** The browser of the tests: the system's. */
export const chromium = process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium'

/** WebGL on the processor, where there is no GPU. */
export const chromiumFlags = [
  '--no-sandbox',
  '--ignore-gpu-blocklist',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** The tests of a package that run in Node. */
export const packageTests = (name: string) =>
  defineProject({
    resolve: { conditions: [...conditions, 'node'] },
    ssr: { resolve: { conditions: [...conditions, 'node'] } },
    test: {
      name,
      environment: 'node',
      include: ['test/**/*.test.ts'],
      exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
      // Tests of memory ask for a collection, to measure what is really held.
      execArgv: ['--expose-gc'],
      testTimeout,
    },
  })

/** The tests of a package that run in Chromium: `*.browser.test.ts`. */
export const browserTests = (name: string, flags: readonly string[] = []) =>
  defineProject({
    resolve: { conditions: [...conditions, 'browser'] },
    test: {
      name: `${name}:browser`,
      include: ['test/**/*.browser.test.ts'],
      testTimeout,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath: chromium, args: [...chromiumFlags, ...flags] },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  })
