import type { MapKernel } from '@sconce/backend'
import { type Call, evaluate } from '../expressions.ts'
import { positionsOf, store } from '../storage.ts'

/**
 * Each element of each output is an expression of the inputs' elements at the same position. All values of a
 * position are there before the first is stored: an output may be one of the inputs.
 */
export function runMap(kernel: MapKernel, call: Call): void {
  for (const position of positionsOf(call.outputs[0].shape)) {
    const values = evaluate(kernel.values, call, position)
    call.outputs.forEach((output, k) => {
      store(output, position, values[k])
    })
  }
}
