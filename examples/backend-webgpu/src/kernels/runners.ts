import { type Kernel, type KernelKind, UnsupportedKernel } from '@sconce/backend'
import type { Engine, Runner } from './engine.ts'
import { runMap } from './map.ts'
import { runMatmul } from './matmul.ts'
import { runReduce } from './reduce.ts'
import { runScatter } from './scatter.ts'

/** The kinds that run on programs of our own. The caller lowers all others to these. */
export const nativeKinds: readonly KernelKind[] = ['map', 'reduce', 'scatter', 'matmul']

/** Integer products are rare: they are lowered to a reduction. */
export const isNative = (kernel: Kernel): boolean =>
  kernel.kind === 'matmul' ? kernel.dtype === 'float32' : nativeKinds.includes(kernel.kind)

type Arguments = Parameters<Runner<Kernel>> extends [Engine, Kernel, ...infer Rest] ? Rest : never

/**
 * Runs a kernel of a native kind.
 * @throws UnsupportedKernel for all others
 */
export function runKernel(engine: Engine, kernel: Kernel, ...rest: Arguments): void {
  if (kernel.kind === 'map') runMap(engine, kernel, ...rest)
  else if (kernel.kind === 'reduce') runReduce(engine, kernel, ...rest)
  else if (kernel.kind === 'scatter') runScatter(engine, kernel, ...rest)
  else if (kernel.kind === 'matmul' && isNative(kernel)) runMatmul(engine, kernel, ...rest)
  else throw new UnsupportedKernel(`webgpu: ${kernel.kind} runs as its lowering`)
}
