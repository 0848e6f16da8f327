import type { ReduceKernel } from '@sconce/backend'
import type { Call } from '../expressions.ts'
import { NotWritten } from '../not-written.ts'

/**
 * TODO 5a: reductions.
 *
 * 1. The iteration shape is that of the outputs. Its last `reducedRank(call.outputs[0])` dims are
 *    collapsed; the outputs have stride 0 there.
 * 2. For each position of the dims that stay: evaluate `reduction.value` at all positions of the others,
 *    and accumulate: sum, prod, min, max, argmin, argmax, any, all. A sum is taken by halves or in blocks.
 * 3. Evaluate `kernel.values`, where `acc(k)` is the k-th result, at position 0 of the collapsed dims, and
 *    store them.
 *
 * Ties, NaN, and what comes out of nothing stand at `ReduceKernel` in @sconce/backend.
 */
export function runReduce(_kernel: ReduceKernel, _call: Call): void {
  throw new NotWritten('reduce', 'src/kernels/reduce.ts')
}
