/** The whole kit over the stock backends, and a part of it over the smallest backend there can be. */

import type { Backend } from '@sconce/backend'
import { createCpuBackend } from '@sconce/backend-cpu'
import { createWasmBackend } from '@sconce/backend-wasm'
import { describe, expect, it } from 'vitest'
import type { Case } from '../../src/case.ts'
import type { Env } from '../../src/execute/context.ts'
import { makeSuite } from '../../src/execute/suite.ts'
import { libraryKnownFailures } from '../../src/known-failures.ts'
import { shippedGolden } from '../../src/node.ts'
import { isFailing } from '../../src/report/result.ts'
import { run } from '../../src/runner.ts'
import { backend as narrow } from './narrow.ts'
import { backend as toy } from './toy.ts'

const golden = await shippedGolden()

interface Found {
  passed: number
  failed: string[]
}

async function runKit(
  backend: Backend,
  select: (cases: readonly Case<Env>[]) => readonly Case<Env>[] = (cases) => cases,
): Promise<Found> {
  const suite = await makeSuite(backend, golden)
  const selected = { ...suite, cases: select(suite.cases) }
  const found: Found = { passed: 0, failed: [] }
  for await (const { id, status, message } of run(selected, {
    knownFailures: libraryKnownFailures,
    checkKnownFailures: false,
    timeoutMilliseconds: 120_000,
  })) {
    if (status === 'pass') found.passed++
    if (isFailing(status)) found.failed.push(`${id}: ${message}`)
  }
  return found
}

/** The first forward case of each op, with its gradients. */
function oneOfEachOp(cases: readonly Case<Env>[]): Case<Env>[] {
  const first = new Map<string, string>()
  return cases.filter(({ id, op }) => {
    if (!id.startsWith('ops/') || id.includes('/error-')) return false
    const stem = id.split('/').slice(0, 3).join('/')
    if (!first.has(op)) first.set(op, stem)
    return first.get(op) === stem
  })
}

describe('the kit', { timeout: 900_000 }, () => {
  it('passes on cpu', async () => {
    const { passed, failed } = await runKit(createCpuBackend())
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(10_000)
  })

  it('passes on wasm', async () => {
    const { passed, failed } = await runKit(createWasmBackend())
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(10_000)
  })

  it('passes on a device without 64-bit dtypes, whose elements are dear to read: all programs', async () => {
    const { passed, failed } = await runKit(narrow, (cases) =>
      cases.filter(({ id }) => /^(programs|rng)\//.test(id)),
    )
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(1000)
  })

  it('passes on three kinds of kernels: every op, forward and backward, by its lowering', async () => {
    const { passed, failed } = await runKit(toy, oneOfEachOp)
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(800)
  })
})
