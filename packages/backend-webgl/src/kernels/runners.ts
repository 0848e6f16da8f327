import type { DType, Kernel, KernelKind, Operand } from '@sconce/backend'
import type { Engine, Execute } from '../engine.ts'
import { isComputable } from './check.ts'
import { runConv } from './conv.ts'
import { runLowered } from './lowered.ts'
import { runMap } from './map.ts'
import { runMatmul } from './matmul.ts'
import { withPlainOutputs } from './plain.ts'
import { runReduce } from './reduce.ts'
import { runNormalize, runSoftmax } from './rows.ts'
import { runScan } from './scan.ts'
import { runScatter } from './scatter.ts'
import { runSort } from './sort.ts'

type RunnerOf<K extends Kernel> = (
  engine: Engine,
  kernel: K,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** A kind that runs natively. */
interface Native {
  readonly run: Execute
  /** Whether this kernel of the kind does. */
  readonly accepts: (kernel: Kernel) => boolean
}

const isOf = <Kind extends KernelKind>(
  kind: Kind,
  kernel: Kernel,
): kernel is Extract<Kernel, { kind: Kind }> => kernel.kind === kind

/** An entry for one kind, seen as one of any kind: only kernels of that kind are led to it. */
const native = <Kind extends KernelKind>(
  kind: Kind,
  run: RunnerOf<Extract<Kernel, { kind: Kind }>>,
  accepts: (kernel: Extract<Kernel, { kind: Kind }>) => boolean = () => true,
): Native => ({
  run: (engine, kernel, inputs, outputs, scalars) => {
    if (!isOf(kind, kernel)) throw new TypeError(`a ${kernel.kind} kernel is no ${kind} kernel`)
    run(engine, kernel, inputs, outputs, scalars)
  },
  accepts: (kernel) => isOf(kind, kernel) && accepts(kernel),
})

const onFloats = ({ dtype }: { dtype: DType }): boolean => dtype === 'float32'

/** The kinds that run natively. */
export const natives: Partial<Record<KernelKind, Native>> = {
  map: native('map', runMap),
  reduce: native('reduce', runReduce),
  scatter: native('scatter', runScatter),
  matmul: native('matmul', runMatmul, onFloats),
  conv: native('conv', runConv, onFloats),
  scan: native('scan', runScan),
  sort: native('sort', runSort),
  softmax: native('softmax', runSoftmax, onFloats),
  normalize: native('normalize', runNormalize, onFloats),
}

/** Whether a kernel runs without being lowered. */
export const isNative = (kernel: Kernel): boolean =>
  natives[kernel.kind]?.accepts(kernel) === true && isComputable(kernel)

/** Runs a kernel natively where there is a runner for it, else as its lowering. */
export const executeKernel: Execute = (engine, kernel, inputs, outputs, scalars) => {
  const entry = natives[kernel.kind]
  if (entry?.accepts(kernel)) {
    withPlainOutputs(engine, kernel, outputs, (plain) =>
      entry.run(engine, kernel, inputs, plain, scalars),
    )
    return
  }
  runLowered(engine, kernel, { inputs, outputs, scalars })
}
