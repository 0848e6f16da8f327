import {
  isFloat,
  type Kernel,
  type MapKernel,
  type Operand,
  UnsupportedKernel,
} from '@sconce/backend'
import { runAttention } from './attention.ts'
import { runConv, supportsConv } from './conv/index.ts'
import { copy } from './copy.ts'
import type { Host } from './host.ts'
import { runMatmul } from './matmul.ts'
import { runNormalize } from './normalize.ts'
import { runReduce, supportsReduce } from './positions.ts'
import { runScan, supportsScan } from './scan.ts'
import { runSoftmax } from './softmax.ts'
import { runSort } from './sort.ts'

/** Whether a map copies its only operand, whatever the layouts: reshaping and transposing copies. */
const isCopy = ({ inputs, values }: MapKernel): boolean =>
  inputs.length === 1 && values.length === 1 && values[0].op === 'input'

/** Whether `runStatic` takes this kernel, whatever the layouts of its operands. */
export function supportsStatic(kernel: Kernel): boolean {
  switch (kernel.kind) {
    case 'matmul':
    case 'softmax':
    case 'normalize':
    case 'attention':
      return isFloat(kernel.dtype)
    case 'conv':
      return isFloat(kernel.dtype) && supportsConv(kernel)
    case 'reduce':
      return supportsReduce(kernel)
    case 'scan':
      return supportsScan(kernel)
    case 'sort':
      return true
    case 'map':
      return isCopy(kernel)
    case 'scatter':
      return false
    default:
      return kernel satisfies never
  }
}

/**
 * Runs a kernel that `supportsStatic` accepts: through `host.dispatch`, and `host.map` for conversions and
 * for epilogues that the library has not fused.
 */
export function runStatic(
  host: Host,
  kernel: Kernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  switch (kernel.kind) {
    case 'matmul':
      runMatmul(host, kernel, inputs, outputs, scalars)
      return
    case 'conv':
      runConv(host, kernel, inputs, outputs, scalars)
      return
    case 'softmax':
      runSoftmax(host, kernel, inputs, outputs)
      return
    case 'normalize':
      runNormalize(host, kernel, inputs, outputs, scalars)
      return
    case 'attention':
      runAttention(host, kernel, inputs, outputs, scalars)
      return
    case 'reduce':
      runReduce(host, kernel, inputs, outputs, scalars)
      return
    case 'scan':
      runScan(host, kernel, inputs, outputs, scalars)
      return
    case 'sort':
      runSort(host, kernel, inputs, outputs)
      return
    case 'map':
      copy(host, inputs[0], outputs[0])
      return
    case 'scatter':
      throw new UnsupportedKernel(`the static library has no ${kernel.kind}`)
    default:
      kernel satisfies never
  }
}
