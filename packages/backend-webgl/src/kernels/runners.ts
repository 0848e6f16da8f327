import {
  canonicalize,
  contiguousStrides,
  elementCount,
  type Kernel,
  type KernelKind,
  lower,
  type Operand,
} from '@sconce/backend'
import type { Engine, Execute } from '../engine.ts'
import type { WebglBuffer } from '../storage.ts'
import { isComputable } from './check.ts'
import { runMap } from './map.ts'
import { withPlainOutputs } from './plain.ts'
import { runReduce } from './reduce.ts'
import { runScatter } from './scatter.ts'

type RunnerOf<K extends Kernel> = (
  engine: Engine,
  kernel: K,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** A runner of one kind, as one of any kind: the table below leads only kernels of that kind to it. */
const only =
  <Kind extends KernelKind>(kind: Kind, run: RunnerOf<Extract<Kernel, { kind: Kind }>>): Execute =>
  (engine, kernel, inputs, outputs, scalars) => {
    if (!isOf(kind, kernel)) throw new TypeError(`a ${kernel.kind} kernel is no ${kind} kernel`)
    run(engine, kernel, inputs, outputs, scalars)
  }

const isOf = <Kind extends KernelKind>(
  kind: Kind,
  kernel: Kernel,
): kernel is Extract<Kernel, { kind: Kind }> => kernel.kind === kind

/** The kinds that run natively. */
export const runners: Partial<Record<KernelKind, Execute>> = {
  map: only('map', runMap),
  reduce: only('reduce', runReduce),
  scatter: only('scatter', runScatter),
}

/** Runs a kernel natively where there is a runner for it, else as its lowering. */
export const executeKernel: Execute = (engine, kernel, inputs, outputs, scalars) => {
  const runner = runners[kernel.kind]
  if (runner && isComputable(kernel)) {
    withPlainOutputs(engine, kernel, outputs, (plain) =>
      runner(engine, kernel, inputs, plain, scalars),
    )
    return
  }
  const buffers: WebglBuffer[] = []
  try {
    const steps = lower(kernel, { inputs, outputs, scalars }, (dtype, shape) => {
      const buffer = engine.allocate(dtype, elementCount(shape))
      buffers.push(buffer)
      return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 }
    })
    for (const step of steps) {
      const operands = canonicalize(step.kernel, step.inputs, step.outputs)
      engine.execute(step.kernel, operands.inputs, operands.outputs, step.scalars)
    }
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}
