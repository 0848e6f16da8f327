/** The kit inside vitest: `describeBackend(backend)` in a test file of the backend's own. */
import type { Backend } from '@sconce/backend'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeSuite } from './execute/suite.ts'
import type { Golden } from './golden/golden.ts'
import { libraryKnownFailures } from './known-failures.ts'
import { groupBy } from './report/group.ts'
import { isFailing, levelNames, levels, type Result } from './report/result.ts'
import { type RunOptions, run, selectCases } from './runner.ts'

/** Options of `describeBackend`. */
export interface DescribeOptions extends Omit<RunOptions, 'onProgress'> {
  /** Recorded results to use instead of the shipped ones. */
  readonly golden: Golden | Promise<Golden>
  /** Milliseconds for the whole run. Default: ten minutes. */
  readonly runTimeoutMilliseconds?: number
}

const RUN_TIMEOUT = 600_000

/**
 * A test per op and level for a backend. All cases run once, in the order of the levels, before the first
 * test; a test fails with what failed of its op, and is skipped where nothing was claimed or something
 * below is broken.
 * @param start the backend, or what makes it
 */
export function describeBackend(
  name: string,
  start: () => Backend | Promise<Backend>,
  { golden, runTimeoutMilliseconds = RUN_TIMEOUT, ...options }: DescribeOptions,
): void {
  describe(`conformance of ${name}`, async () => {
    const backend = await start()
    const only = typeof options.only === 'string' ? [options.only] : options.only
    const suite = await makeSuite(backend, await golden, only)
    const knownFailures = { ...libraryKnownFailures, ...options.knownFailures }
    const results = new Map<string, Result>()
    const stale: Result[] = []
    beforeAll(async () => {
      const ids = new Set(suite.cases.map(({ id }) => id))
      for await (const result of run(suite, {
        checkKnownFailures: only === undefined,
        ...options,
        knownFailures,
      }))
        if (ids.has(result.id)) results.set(result.id, result)
        else stale.push(result)
    }, runTimeoutMilliseconds)

    const selected = selectCases(suite, options)
    for (const level of levels) {
      const here = selected.filter((member) => member.level === level)
      if (here.length === 0) continue
      describe(`level ${level}: ${levelNames[level]}`, () => {
        for (const [op, members] of groupBy(here, (member) => member.op))
          test(op, ({ skip }) => {
            const found = members.flatMap(({ id }) => results.get(id) ?? [])
            const failed = found.filter(({ status }) => isFailing(status))
            expect(failed.map(({ id, message }) => `${id}: ${message}`)).toEqual([])
            if (!found.some(({ status }) => status === 'pass'))
              skip(found[0]?.message ?? 'nothing was run')
          })
      })
    }
    test('every known failure is of a case that there is', () => {
      expect(stale.map(({ message }) => message)).toEqual([])
    })
  })
}
