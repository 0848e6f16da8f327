import { shippedGolden } from '@sconce/conformance/node'
import { describeBackend } from '@sconce/conformance/vitest'
import { MyBackend } from '../src/index.ts'

/** Add a level when you have reached the one before: 0 to 5. */
const levels = [0, 1] as const

describeBackend('mine', () => new MyBackend(), { golden: shippedGolden(), levels })
