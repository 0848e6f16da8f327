/** The kit in Chromium, from the command line: a part of it, as the whole takes long without a GPU. */
import { describe, expect, it } from 'vitest'
import { conformance } from './run.ts'

/** Kernels but for those of ever the same shape in other dtypes; of PyTorch's results, an eighth. */
const part = [
  ...['storage/*', 'layout/*', 'expr/*', 'map/*', 'scatter/*', 'kernel/*'],
  ...['reduce/*/float32', 'reduce/*/int32', 'reduce/*/bool'],
  ...['ops/*/0*', 'ops/*/8*', 'generated/large*'],
]

/** What only makes sense where it is the whole: training, printing, random numbers, claims. */
const programs = ['programs/autograd/*', 'programs/training/*', 'programs/module_*', 'rng/*']
const robustness = ['robustness/claims', 'robustness/unclaimed*', 'robustness/leaks*']
const order = ['robustness/reads*', 'robustness/out of memory', 'robustness/a long chain*']

describe('the kit in Chromium', { timeout: 1_300_000 }, () => {
  it.each([
    // Where 64-bit dtypes are missing there is less to pass.
    { backend: 'webgl', description: /^WebGL2, /, passed: 1100 },
    { backend: 'cpu', description: /./, passed: 1400 },
  ])('passes on $backend', ({ backend, description, passed }) => {
    const cases = [...part, ...programs, ...robustness, ...order]
    const { claims, environment, totals, level } = conformance(process.execPath, backend, cases, [
      '--browser',
    ])
    expect(environment.runtime).toContain('Chrom')
    expect(claims.description).toMatch(description)
    expect(totals.pass).toBeGreaterThan(passed)
    expect(level).toBe(5)
  })
})
