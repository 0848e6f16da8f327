import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Budget, budgets } from '../src/size/budgets.ts'
import { sizeOf } from '../src/size/measure-size.ts'

const folder = mkdtempSync(join(tmpdir(), 'sconce-size-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the size of a training program', () => {
  const list: [string, Budget][] = Object.entries(budgets)

  it.each(list)('on %s is within its budget', async (_, { program, loads, most }) => {
    const size = await sizeOf(program, join(folder, program), loads, [])
    expect(size).toBeLessThanOrEqual(most)
    // A budget that has become too wide is made narrower.
    expect(size).toBeGreaterThan(0.9 * most)
  })
})
