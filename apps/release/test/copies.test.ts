import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from '../src/run.ts'

interface Found {
  readonly expected: readonly number[]
  /** Losses of both copies, step by step. */
  readonly inTurns: readonly (readonly number[])[]
  readonly shared: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly sameKernel: boolean
  readonly distinctIds: boolean
  readonly mixedTensors: string
  readonly unknownHere: string
  readonly mixedParameters: string
}

const folder = inject('consumer')
let found: Found

beforeAll(async () => {
  for (const copy of ['one', 'two']) {
    const place = join(folder, 'copies', copy, 'node_modules')
    cpSync(join(folder, 'node_modules'), place, { recursive: true })
  }
  found = JSON.parse(await run(process.execPath, ['copies.mjs'], folder))
})

describe('two copies of the library', () => {
  it('train in turns as one does alone', () => {
    expect(found.inTurns).toEqual(found.expected.map((loss) => [loss, loss]))
  })

  it.each(['cpu', 'closures', 'wasm'])('share a %s backend that one of them brought', (name) => {
    for (const [i, losses] of found.shared[name].entries()) {
      for (const loss of losses) expect(loss).toBeCloseTo(found.expected[i], 4)
      expect(losses[0]).toBe(losses[1])
    }
  })

  it('have the same kernels, and ids that are not confused', () => {
    expect(found.sameKernel).toBe(true)
    expect(found.distinctIds).toBe(true)
  })

  it('say what is wrong where their tensors are mixed', () => {
    expect(found.mixedTensors).toContain('They are of two copies of the library')
    expect(found.mixedParameters).toContain('optimizer can only optimize Tensors')
  })

  it('say why a plug-in of the other copy is not known', () => {
    expect(found.unknownHere).toContain('registered with another copy of @sconce/backend')
  })
})
