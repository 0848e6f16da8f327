/** Who watches the watchmen: the kit must notice every one of these. */
import type { Backend } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, test } from 'vitest'
import { shippedGolden } from '../../src/node.ts'
import { isFailing, type Result } from '../../src/report/result.ts'
import { run } from '../../src/run-backend.ts'
import { mutants } from './mutants.ts'

async function failuresOf(backend: Backend, only: readonly string[]): Promise<Result[]> {
  const failed: Result[] = []
  let cases = 0
  const options = { golden: shippedGolden(), only, checkKnownFailures: false }
  for await (const result of run(backend, options)) {
    cases++
    if (isFailing(result.status)) failed.push(result)
  }
  expect(cases).toBeGreaterThan(0)
  return failed
}

test('the backend that they are made of passes where they are to fail', async () => {
  const only = [...new Set(Object.values(mutants).flatMap((mutant) => mutant.only))]
  const failed = await failuresOf(new CpuBackend({ name: 'unbroken' }), only)
  expect(failed.map(({ id, message }) => `${id}: ${message}`)).toEqual([])
}, 120_000)

describe('a broken backend is noticed', () => {
  for (const [name, { make, only }] of Object.entries(mutants))
    test(name, async () => {
      expect(await failuresOf(make(name), only)).not.toEqual([])
    }, 120_000)
})
