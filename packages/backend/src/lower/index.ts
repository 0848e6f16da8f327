import { UnsupportedKernel } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { lowerConv } from './conv.ts'
import { lowerMatmul } from './matmul.ts'
import { lowerAttention, lowerNormalize, lowerSoftmax } from './rows.ts'
import { lowerScan } from './scan.ts'
import { lowerSort } from './sort.ts'
import type { Call, Step, Temporary } from './step.ts'

/**
 * A kernel of an optional kind as a sequence of calls of simpler kernels, in the end of `map`,
 * `reduce` and `scatter`, which every backend has.
 */
export function lower(kernel: Kernel, call: Call, temporary: Temporary): Iterable<Step> {
  switch (kernel.kind) {
    case 'map':
    case 'reduce':
    case 'scatter':
      throw new UnsupportedKernel(`a backend must support every ${kernel.kind} kernel`)
    case 'matmul':
      return lowerMatmul(kernel, call)
    case 'conv':
      return lowerConv(kernel, call)
    case 'scan':
      return lowerScan(kernel, call, temporary)
    case 'sort':
      return lowerSort(kernel, call, temporary)
    case 'softmax':
      return lowerSoftmax(kernel, call, temporary)
    case 'normalize':
      return lowerNormalize(kernel, call, temporary)
    case 'attention':
      return lowerAttention(kernel, call, temporary)
    default:
      return kernel satisfies never
  }
}
