import type { DType, Kernel, Operand } from '@sconce/backend'
import type { Program } from './device/programs.ts'
import { compilingEngine, type Execute, type Parts, pretendedBuffer } from './engine.ts'
import { typicalShapes } from './typical.ts'

/** An operand without contents, on a buffer that is never touched. */
function pretended(
  dtype: DType,
  { shape, strides }: { shape: number[]; strides: number[] },
): Operand {
  const extent = shape.reduce((n, size, d) => n + (size - 1) * strides[d], 1)
  const buffer = pretendedBuffer(dtype, extent)
  return { buffer, dtype, shape, strides, offset: 0 }
}

/**
 * Starts compiling all programs that the kernels need for contiguous operands, then waits for them
 * without blocking. The layouts of later calls may still ask for others.
 */
export async function warmUp(
  parts: Parts,
  execute: Execute,
  kernels: readonly Kernel[],
  progress?: (done: number, total: number) => void,
): Promise<void> {
  const started = new Set<Program>()
  const engine = compilingEngine(parts, execute, started)
  for (const kernel of kernels) {
    for (const { inputs, outputs } of typicalShapes(kernel)) {
      engine.execute(
        kernel,
        kernel.inputs.map((dtype, i) => pretended(dtype, inputs[i])),
        kernel.outputs.map((dtype, i) => pretended(dtype, outputs[i])),
        new Array<number>(kernel.scalars).fill(1),
      )
    }
  }
  const total = started.size
  let waiting = [...started]
  while (true) {
    parts.device.check()
    waiting = waiting.filter((program) => !parts.programs.isReady(program))
    progress?.(total - waiting.length, total)
    if (waiting.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
}
