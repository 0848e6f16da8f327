import { isFloat, type Kernel, type Operand, UnsupportedKernel } from '@sconce/backend'
import { runConv, supportsConv } from './conv/index.ts'
import type { Host } from './host.ts'
import { runMatmul } from './matmul.ts'
import { runSoftmax } from './softmax.ts'

/** Whether `runStatic` takes this kernel, whatever the layouts of its operands. */
export function supportsStatic(kernel: Kernel): boolean {
  switch (kernel.kind) {
    case 'matmul':
    case 'softmax':
      return isFloat(kernel.dtype)
    case 'conv':
      return isFloat(kernel.dtype) && supportsConv(kernel)
    default:
      return false
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
    default:
      throw new UnsupportedKernel(`the static library has no ${kernel.kind}`)
  }
}
