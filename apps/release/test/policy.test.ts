import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launch, outcomeOf } from '../src/browse.ts'

interface Trained {
  readonly device: string
  readonly first: number
  readonly last: number
  readonly exact: boolean
  readonly threads: number
}

interface Found {
  readonly outcomes: Readonly<Record<string, unknown>>
  readonly violations: readonly string[]
}

const folder = inject('consumer')
const site = join(folder, 'policy')

let browser: Browser
beforeAll(async () => {
  browser = await launch()
  await build({
    ...{ bundle: true, format: 'esm', platform: 'browser', splitting: true, minify: true },
    ...{ entryPoints: [join(folder, 'policy.ts')], outdir: site },
  })
  const html = '<!doctype html><title>page</title><script type="module" src="policy.js"></script>'
  writeFileSync(join(site, 'index.html'), html)
})
afterAll(() => browser?.close())

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const under = (policy: string, headers: Record<string, string> = {}): Promise<Found> =>
  outcomeOf<Found>(browser, site, { 'Content-Security-Policy': policy, ...headers })

const trained = (device: string, threads: unknown = 0) => ({
  ...{ device, exact: true, threads },
  first: expect.any(Number),
  last: expect.any(Number),
  bytes: expect.any(Number),
})

/** What guides recommend, strictest first. */
describe('a page with a Content-Security-Policy', () => {
  it("of default-src 'self' trains on cpu and webgl; wasm says what it needs", async () => {
    const { outcomes, violations } = await under("default-src 'self'")
    expect(outcomes).toEqual({
      webgl: trained('webgl'),
      wasm: {
        available: false,
        reason: 'a Content-Security-Policy forbids WebAssembly',
        mend: "add 'wasm-unsafe-eval' to its script-src, or use the cpu backend",
      },
      cpu: trained('cpu'),
    })
    // Whether code may be generated is only known by trying; both are asked once.
    expect(new Set(violations)).toEqual(new Set(['script-src eval', 'script-src wasm-eval']))
    for (const { first, last } of [outcomes.webgl, outcomes.cpu] as Trained[]) {
      expect(last).toBeLessThan(first / 2)
    }
  })

  it("with 'wasm-unsafe-eval' has wasm too, without 'unsafe-eval'", async () => {
    const { outcomes, violations } = await under(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    )
    expect(outcomes.wasm).toEqual(trained('wasm'))
    expect(outcomes.cpu).toEqual(trained('cpu'))
    expect(new Set(violations)).toEqual(new Set(['script-src eval']))
  })

  it('with worker-src blob: and isolation has threads', async () => {
    const policy =
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:"
    const { outcomes } = await under(policy, isolation)
    const { threads } = outcomes.wasm as Trained
    expect(threads).toBeGreaterThan(0)
  })

  it('without worker-src blob: has one thread and right results', async () => {
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
    const { outcomes } = await under(policy, isolation)
    expect(outcomes.wasm).toEqual(trained('wasm'))
  })
})
