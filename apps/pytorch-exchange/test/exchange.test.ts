import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { init, tensor } from 'sconce'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handOver } from '../src/hand-over.ts'
import { models } from '../src/models.ts'
import { difference, having, pass } from '../src/pass.ts'
import { findTorch } from '../src/python.ts'
import { fromTorch, toTorch } from '../src/weights.ts'

/** PyTorch takes its time to start, most of all in several processes. */
const timeout = 300_000

const torch = await findTorch()
const missing = 'missing' in torch
if (missing) console.log(`skipped: ${torch.missing}`)

let folder: string
beforeAll(async () => {
  await init('cpu')
  folder = await mkdtemp(join(tmpdir(), 'sconce-exchange-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Differences of nothing would show nothing. */
const near = (value: number) => expect(value).toBeLessThan(1e-5)

describe.skipIf(missing)('with PyTorch', { timeout }, () => {
  it.each(['picture', 'rows'] as const)('weights of %s go both ways', async (name) => {
    for (const exchange of [toTorch, fromTorch]) {
      const { output, gradients } = await exchange(name, folder)
      near(output)
      near(gradients)
    }
  })

  it('training is handed over to two processes and brought back', async () => {
    const { processes, losses, broughtBack, weights } = await handOver(folder)
    expect(processes).toBe(2)
    near(losses)
    near(broughtBack)
    near(weights)
  })
})

describe('the comparison', () => {
  it('finds differences, and names that are missing', async () => {
    const a = new Map([['x', tensor([1, 2])]])
    expect(await difference(a, new Map([['x', tensor([1, 2.5])]]))).toBe(0.5)
    await expect(difference(a, new Map())).rejects.toThrow('there are x here, but  there')
  })

  it('has the output and a gradient for every parameter', () => {
    const results = pass(models.rows.make(), tensor([[1, 2, 3, 4, 5]]))
    expect([...having(results, 'output').keys()]).toEqual(['output'])
    expect([...having(results, 'grad.').keys()]).toEqual(
      ['hidden', 'norm', 'out'].flatMap((name) => [`grad.${name}.weight`, `grad.${name}.bias`]),
    )
  })
})
