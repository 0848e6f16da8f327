import type { Backend } from './backend.ts'
import { canonicalize } from './canonical.ts'
import type { DType } from './dtype.ts'
import type { Kernel } from './kernel.ts'
import { type Buffer, contiguousStrides, elementCount, type Operand } from './layout.ts'
import { lower } from './lower/index.ts'

/**
 * Runs a kernel, its layouts made canonical: natively where the backend supports it, else as its lowering, with temporaries that
 * are freed when the lowering is done.
 */
export function execute(
  backend: Backend,
  kernel: Kernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  if (backend.supports(kernel)) {
    const operands = canonicalize(kernel, inputs, outputs)
    backend.run(kernel, operands.inputs, operands.outputs, scalars)
    return
  }
  const buffers: Buffer[] = []
  const temporary = (dtype: DType, shape: readonly number[]): Operand => {
    const buffer = backend.allocate(dtype, elementCount(shape))
    buffers.push(buffer)
    return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 }
  }
  try {
    for (const step of lower(kernel, { inputs, outputs, scalars }, temporary)) {
      execute(backend, step.kernel, step.inputs, step.outputs, step.scalars)
    }
  } finally {
    for (const buffer of buffers) backend.free(buffer)
  }
}
