import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, type Ended, must, Outside } from './tarballs.ts'

const outside = new Outside()
let folder: string
let tested: Ended

beforeAll(async () => {
  await outside.pack()
  folder = await outside.copyExample('backend-template')
  tested = await command(
    folder,
    join(folder, 'node_modules/.bin/vitest'),
    'run',
    '--reporter=verbose',
  )
}, 600_000)

afterAll(() => outside.remove())

describe('a copy of the template', () => {
  it('compiles as it is', async () => {
    expect(await must(folder, join(folder, 'node_modules/.bin/tsc'), '-p', '.')).toBe('')
  })

  it('has a conformance test that fails', () => {
    expect(tested.status).toBe(1)
    expect(tested.output).toMatch(/Tests .*\d+ failed/)
  })

  it('passes what it has: memory and copies', () => {
    expect(tested.output).toMatch(/✓.*level 0: storage and layout > storage/)
    expect(tested.output).toMatch(/✓.*level 1: required kernels > map/)
  })

  it('says what is left to write, and where', () => {
    expect(tested.output).toContain('tanh on float32 is not written yet: see src/ops.ts')
    expect(tested.output).toContain('reduce is not written yet: see src/kernels/reduce.ts')
    expect(tested.output).toContain('scatter is not written yet: see src/kernels/scatter.ts')
  })
})
