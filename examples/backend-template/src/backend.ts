import {
  type Backend,
  type Buffer,
  type DType,
  type Kernel,
  type Operand,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { info } from './info.ts'
import { runMap } from './kernels/map.ts'
import { runReduce } from './kernels/reduce.ts'
import { runScatter } from './kernels/scatter.ts'
import { allocate, elementsOf } from './storage.ts'

/** A device of Sconce. See `Backend` in @sconce/backend for what each member promises. */
export class MyBackend implements Backend {
  readonly name = 'mine'
  readonly info = info

  /** TODO 6: kinds beyond the first three, for speed. What is not supported here runs as its lowering. */
  supports(kernel: Kernel): boolean {
    return info.native.includes(kernel.kind)
  }

  allocate(dtype: DType, length: number): Buffer {
    return allocate(dtype, length)
  }

  free(_buffer: Buffer): void {
    // The JS engine collects what `allocate` made.
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    // Both arrays are of the buffer's dtype: the caller's obligation, which no type can express.
    elementsOf(buffer).set(data as never, offset)
  }

  readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    return elementsOf(buffer).slice(offset, offset + length)
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return this.readSync(buffer, offset, length)
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    const call = { inputs, outputs, scalars }
    if (kernel.kind === 'map') runMap(kernel, call)
    else if (kernel.kind === 'reduce') runReduce(kernel, call)
    else if (kernel.kind === 'scatter') runScatter(kernel, call)
    else throw new UnsupportedKernel(`mine: ${kernel.kind} runs as its lowering`)
  }

  /** Resolves when all work is done, and rejects with what went wrong on the way. */
  async synchronize(): Promise<void> {}

  dispose(): void {}
}
