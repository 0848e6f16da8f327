import {
  type Call,
  canonicalize,
  contiguousStrides,
  elementCount,
  type Kernel,
  lower,
} from '@sconce/backend'
import type { Engine } from '../engine.ts'
import type { WebglBuffer } from '../storage.ts'

/** Runs a kernel as its lowering, with temporaries that are freed when it is done. */
export function runLowered(engine: Engine, kernel: Kernel, call: Call): void {
  const buffers: WebglBuffer[] = []
  try {
    const steps = lower(kernel, call, (dtype, shape) => {
      const buffer = engine.allocate(dtype, elementCount(shape))
      buffers.push(buffer)
      return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 }
    })
    for (const step of steps) {
      const { inputs, outputs } = canonicalize(step.kernel, step.inputs, step.outputs)
      engine.execute(step.kernel, inputs, outputs, step.scalars)
    }
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}
