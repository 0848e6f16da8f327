import type { Kernel } from '@sconce/backend'
import type { Engine, Program } from './engine.ts'
import type { Pool } from './memory.ts'
import { convProgram } from './native/conv.ts'
import { matmulProgram } from './native/matmul.ts'
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
    case 'map':
    case 'reduce':
    case 'scatter':
      return true
    default:
      return false
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
    default:
      throw new Error(kernel.kind)
  }
}
