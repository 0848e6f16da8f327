import type { ScatterKernel } from '@sconce/backend'
import type { Call } from '../expressions.ts'
import { NotWritten } from '../not-written.ts'

/**
 * TODO 5b: scattering.
 *
 * 1. Walk the shape of the *first input* in row-major order.
 * 2. Evaluate the coordinates `kernel.at`; those outside of the output's shape are dropped.
 * 3. Evaluate `kernel.value`, convert it to the output's dtype, and write or combine it there. Of duplicates
 *    `assign` keeps the last, whatever order your device works in; all others combine every one of them.
 */
export function runScatter(_kernel: ScatterKernel, _call: Call): void {
  throw new NotWritten('scatter', 'src/kernels/scatter.ts')
}
