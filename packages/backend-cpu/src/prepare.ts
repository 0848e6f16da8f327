import { isFloat, type Kernel } from '@sconce/backend'
import type { Engine, Program } from './engine.ts'
import type { Pool } from './memory.ts'
import { attentionProgram } from './native/attention.ts'
import { convProgram } from './native/conv.ts'
import { matmulProgram } from './native/matmul.ts'
import { normalizeProgram } from './native/normalize.ts'
import { scanProgram } from './native/scan.ts'
import { softmaxProgram } from './native/softmax.ts'
import { sortProgram } from './native/sort.ts'
import type { Tools } from './native/tools.ts'
import type { ProgramCache } from './programs.ts'
import { prepareMap, prepareReduce, prepareScatter } from './required.ts'

/** Whether a kernel runs natively; what doesn't is lowered. */
export function isNative(kernel: Kernel): boolean {
  switch (kernel.kind) {
    case 'matmul':
    case 'conv':
      // Their epilogues are run on blocks, where an index would be that within the block.
      return !kernel.positional && kernel.dtype !== 'bool'
    case 'attention':
      return isFloat(kernel.dtype)
    default:
      return true
  }
}

/** A kernel, ready to run on any layout. */
export function prepare(kernel: Kernel, engine: Engine, cache: ProgramCache, pool: Pool): Program {
  const tools: Tools = { map: (step) => prepareMap(step, engine, cache), pool }
  switch (kernel.kind) {
    case 'map':
      return prepareMap(kernel, engine, cache)
    case 'reduce':
      return prepareReduce(kernel, engine, cache)
    case 'scatter':
      return prepareScatter(kernel, engine, cache)
    case 'matmul':
      return matmulProgram(kernel, tools)
    case 'conv':
      return convProgram(kernel, tools)
    case 'scan':
      return scanProgram(kernel, tools)
    case 'sort':
      return sortProgram(kernel)
    case 'softmax':
      return softmaxProgram(kernel)
    case 'normalize':
      return normalizeProgram(kernel)
    case 'attention':
      return attentionProgram(kernel, tools)
    default:
      return kernel satisfies never
  }
}
