/** A device that can only be read asynchronously: cpu, but for its synchronous reads. */
import type { Backend } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { expect, it } from 'vitest'
import { run } from '../../src/index.ts'
import { shippedGolden } from '../../src/node.ts'
import type { Result } from '../../src/report/result.ts'

const far = (): Backend => {
  const near = new CpuBackend({ name: 'far' })
  return {
    name: 'far',
    info: { ...near.info, readSync: 'none' },
    supports: (kernel) => near.supports(kernel),
    allocate: (dtype, length) => near.allocate(dtype, length),
    free: (buffer) => near.free(buffer),
    write: (buffer, data, offset) => near.write(buffer, data, offset),
    read: (buffer, offset, length) => near.read(buffer, offset, length),
    run: (...args) => near.run(...args),
    synchronize: () => near.synchronize(),
    dispose: () => near.dispose(),
  }
}

const only = [
  'ops/nonzero/*',
  'ops/masked_select/*',
  'ops/linalg.lu_factor/*',
  'ops/linalg.det.singular/*',
  'ops/index_put/*/inplace',
  'programs/printing/*',
  'programs/optim/LBFGS_0*',
  'programs/promotion/unique/*',
]

it('runs ops and programs that read, as well as on any other device', async () => {
  const results: Result[] = []
  for await (const result of run(far(), { golden: shippedGolden(), only })) results.push(result)
  const wrong = results.filter(({ status }) => status !== 'pass' && status !== 'unclaimed')
  expect(wrong.map(({ id, status, message }) => `${id}: ${status}, ${message}`)).toEqual([])
  for (const pattern of only) {
    const start = pattern.split('*')[0]
    expect(
      results.filter(({ id, status }) => id.startsWith(start) && status === 'pass'),
    ).not.toEqual([])
  }
}, 300_000)
