/**
 * `npm test`: installs, builds, checks and tests everything. Its last line is `N passed, N failed`: the
 * tests of every package, and one failure more for each other step that failed.
 * Arguments go to vitest: `npm test -- packages/core`.
 */
import { readFileSync, rmSync } from 'node:fs'
import { browser, build, cache, install } from './prepare.mjs'
import { step, tool } from './run.mjs'

const results = `${cache}tests.json`

/** Tests that passed and failed; a file that could not be loaded is a failure too. */
const count = () => {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + broken.length }
}

const test = (args) => {
  rmSync(results, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
  const { ok } = tool('vitest', ['run', ...reporters, ...args], { show: true })
  const { passed, failed } = count()
  // An error outside of any test fails the run, but is in no test's result.
  return { passed, failed: ok ? failed : Math.max(failed, 1) }
}

const checks = [
  () => build(),
  () => step('format and lint', () => tool('biome', ['ci', '--error-on-warnings', '--colors=off'])),
  () => step('dependency rule', () => tool('depcruise', ['{packages,apps,examples}/*/src'])),
  () => step('types', () => tool('tsc', ['-p', '.'])),
  () => browser(),
]

const all = (args) => {
  if (!install()) return { passed: 0, failed: 1 }
  const broken = checks.filter((check) => !check()).length
  try {
    const { passed, failed } = test(args)
    return { passed, failed: failed + broken }
  } catch (error) {
    console.error(`the tests did not run: ${error.message}`)
    return { passed: 0, failed: broken + 1 }
  }
}

const { passed, failed } = all(process.argv.slice(2))
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
