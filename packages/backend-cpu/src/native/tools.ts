import {
  type Buffer,
  canonicalize,
  contiguousStrides,
  type DType,
  type MapKernel,
  type Operand,
} from '@sconce/backend'
import type { Program } from '../engine.ts'
import { CpuBuffer, type Pool } from '../memory.ts'

/** What native kernels are built from. */
export interface Tools {
  /** A map kernel as a program. */
  map(kernel: MapKernel): Program
  /** Where temporaries come from. */
  readonly pool: Pool
}

/** A view that is moved along without being made anew. */
export class View implements Operand {
  buffer: Buffer
  dtype: DType
  readonly shape: number[] = []
  readonly strides: number[] = []
  offset = 0

  constructor(dtype: DType) {
    this.dtype = dtype
    this.buffer = empty
  }

  /** Lets go of the buffer: it is collected when nobody reaches it. */
  release(): void {
    this.buffer = empty
  }
}

const empty: Buffer = new CpuBuffer('uint8', new Uint8Array(0))

/** A contiguous operand on a buffer. */
export const plain = (buffer: Buffer, shape: readonly number[]): Operand => ({
  buffer,
  dtype: buffer.dtype,
  shape,
  strides: contiguousStrides(shape),
  offset: 0,
})

/** A map kernel that is run as one step of a native kernel, on layouts that are first simplified. */
export function mapStep(tools: Tools, kernel: MapKernel): Program {
  const program = tools.map(kernel)
  return (inputs, outputs, scalars) => {
    const simple = canonicalize(kernel, inputs, outputs)
    program(simple.inputs, simple.outputs, scalars)
  }
}

/** Runs `use` with temporaries, which are freed after it. */
export function withScratch<R>(
  { pool }: Tools,
  wanted: readonly (readonly [DType, number])[],
  use: (...buffers: CpuBuffer[]) => R,
): R {
  const buffers = wanted.map(([dtype, length]) => pool.allocate(dtype, length))
  try {
    return use(...buffers)
  } finally {
    for (const buffer of buffers) pool.free(buffer)
  }
}
