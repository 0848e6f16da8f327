import {
  acc,
  type Backend,
  type Buffer,
  contiguousStrides,
  elementCount,
  execute,
  input,
  type Kernel,
  kernels,
  type Operand,
} from '@sconce/backend'

/** Something small that backends are timed on. */
export interface Workload {
  readonly name: string
  kernel(): Kernel
  /** Shapes of the inputs, float32. */
  readonly inputs: readonly (readonly number[])[]
  readonly output: readonly number[]
}

// Made when asked for: importing the library must not make kernels.
const sum = (): Kernel => kernels.map([input(0, 'float32').add(input(1, 'float32'))])
const square = [256, 256]
const million = [2 ** 20]
const tiny = [4]

/** What training is made of: large products, memory traffic, and many small steps. */
export const workloads = [
  {
    name: 'matmul 256',
    kernel: () => kernels.matmul('float32', acc(0, 'float32')),
    inputs: [square, square],
    output: square,
  },
  { name: 'map 1M', kernel: sum, inputs: [million, million], output: million },
  { name: 'tiny op', kernel: sum, inputs: [tiny, tiny], output: tiny },
] as const satisfies readonly Workload[]

export type WorkloadName = (typeof workloads)[number]['name']

/** A workload whose operands are on a device. */
export interface Prepared {
  run(): void
  close(): void
}

/** Puts the operands of a workload on a device. */
export function prepare(backend: Backend, { kernel: make, inputs, output }: Workload): Prepared {
  const kernel = make()
  const buffers: Buffer[] = []
  const operand = (shape: readonly number[]): Operand => {
    const buffer = backend.allocate('float32', elementCount(shape))
    buffers.push(buffer)
    return { buffer, dtype: 'float32', shape, strides: contiguousStrides(shape), offset: 0 }
  }
  const close = () => {
    for (const buffer of buffers) backend.free(buffer)
  }
  try {
    const sources = inputs.map(operand)
    for (const { buffer } of sources) {
      backend.write(
        buffer,
        Float32Array.from({ length: buffer.length }, (_, i) => (i % 7) - 3),
      )
    }
    const targets = [operand(output)]
    return { run: () => execute(backend, kernel, sources, targets, []), close }
  } catch (error) {
    close()
    throw error
  }
}
