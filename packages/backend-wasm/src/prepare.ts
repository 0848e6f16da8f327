import {
  elementCount,
  type Kernel,
  type Operand,
  type ReduceKernel,
  reducedRank,
} from '@sconce/backend'
import type { Emitted } from './program.ts'
import { KernelRunner, type Runtime } from './runner.ts'
import { supportsStatic } from './static/index.ts'
import { runTwoSteps, type TwoSteps, twoSteps } from './two-steps.ts'

/** A kernel ready to run on any layout. */
export interface Prepared {
  readonly kernel: Kernel
  readonly run: (
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ) => void
  /** Compiles for contiguous operands. */
  readonly warmUp?: () => void
}

/** Whether all layouts of a map are one contiguous run, or a single element. */
function isFlat(
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  shape: readonly number[],
): boolean {
  if (shape.length > 1) return false
  if (shape.length === 0 || shape[0] === 1) return true
  for (let i = 0; i < inputs.length; i++) if (inputs[i].strides[0] !== 1) return false
  for (let i = 0; i < outputs.length; i++) if (outputs[i].strides[0] !== 1) return false
  return true
}

/** Nanoseconds that an element of a reduction takes at least. */
const leastWork = 0.1
/** Results that are few: threads could hardly share them. */
const fewResults = 64

/** Whether an operand's last dim is a long contiguous row: there the static library finds extremes faster. */
const isLongRow = ({ strides }: Operand, shape: readonly number[]): boolean =>
  strides[strides.length - 1] === 1 && shape[shape.length - 1] >= 512

function prepareReduce(
  kernel: ReduceKernel,
  runner: KernelRunner,
  runtime: Runtime,
): Prepared['run'] {
  const { launcher, heap, host } = runtime
  const searched = kernel.reductions[0].op.startsWith('arg') && supportsStatic(kernel)
  let steps: TwoSteps | undefined | null = null
  return (inputs, outputs, scalars) => {
    const { shape } = outputs[0]
    const reduced = reducedRank(outputs[0])
    const results = elementCount(shape.slice(0, shape.length - reduced))
    if (results === 0) return
    if (searched && isLongRow(inputs[0], shape)) {
      host.run(kernel, inputs, outputs, scalars)
      return
    }
    const parts = 4 * launcher.threads
    const divide =
      parts > 4 &&
      results < fewResults &&
      launcher.shares(elementCount(shape) * leastWork) &&
      shape[shape.length - reduced] > 16
    if (divide && steps === null) steps = twoSteps(kernel)
    if (divide && steps) {
      runTwoSteps(steps, heap, runtime.run, inputs, outputs, scalars, reduced, parts)
    } else {
      runner.run(inputs, outputs, scalars, shape, reduced)
    }
  }
}

/** Makes a kernel ready to run on any layout. */
export function prepare(kernel: Emitted, runtime: Runtime): Prepared {
  const runner = new KernelRunner(kernel, runtime)
  switch (kernel.kind) {
    case 'map':
      return {
        kernel,
        run(inputs, outputs, scalars) {
          const { shape } = outputs[0]
          if (!kernel.positional && isFlat(inputs, outputs, shape)) {
            const count = shape.length === 0 ? 1 : shape[0]
            if (count > 0) runner.runFlat(inputs, outputs, scalars, count)
          } else if (elementCount(shape) > 0) {
            runner.run(inputs, outputs, scalars, shape, 0)
          }
        },
        ...(kernel.positional ? {} : { warmUp: () => void runner.flat() }),
      }
    case 'reduce':
      return { kernel, run: prepareReduce(kernel, runner, runtime) }
    default:
      return {
        kernel,
        run(inputs, outputs, scalars) {
          const { shape } = inputs[0]
          if (elementCount(shape) > 0) runner.run(inputs, outputs, scalars, shape, 0)
        },
      }
  }
}
