import { CpuBackend } from '@sconce/backend-cpu'
import { shippedGolden } from '../src/node.ts'
import { describeBackend } from '../src/vitest.ts'

// What a backend's own tests look like; the first two levels and an op are enough to try it.
describeBackend('a backend', () => new CpuBackend({ name: 'described' }), {
  golden: shippedGolden(),
  only: ['storage/*', 'layout/*', 'expr/add/*', 'ops/addmm/*'],
})
