import type { DType, TypedArray } from './dtype.ts'
import type { Kernel, KernelKind } from './kernel.ts'
import type { Buffer, Operand } from './layout.ts'

/** How well a backend does a dtype. */
export interface DTypeSupport {
  /** Tensors of this dtype can be held. */
  readonly storage: boolean
  /** Kernels may compute in it (half precision computes in float32 and counts as arithmetic). */
  readonly arithmetic: boolean
}

/** Known deviations of a device's arithmetic, shown in reports; never a licence to loosen a tolerance. */
export interface Numerics {
  /** Subnormal float32 are kept. */
  readonly subnormals?: boolean
  /** NaN and infinities travel through arithmetic and comparisons. */
  readonly specials?: boolean
  /** Worst error in ULP of the float32 functions, by op. */
  readonly ulp?: Readonly<Record<string, number>>
  /** Anything else, in a sentence each. */
  readonly notes?: readonly string[]
}

/** What a device is made of, as far as it can be known; for people, and for choosing between devices. */
export interface Hardware {
  /** Threads that share a large kernel, the calling one included. */
  readonly threads?: number
  /** Vector instructions: `SIMD`, `relaxed SIMD`. */
  readonly simd?: string
  /** The GPU's name, as its driver gives it. */
  readonly gpu?: string
  /** Limits by the names that the device's own documentation has for them. */
  readonly limits?: Readonly<Record<string, number>>
}

/** The author's claims. Each is an obligation that the conformance kit checks. */
export interface BackendInfo {
  readonly dtypes: Readonly<Partial<Record<DType, DTypeSupport>>>
  /** Kernel kinds that run natively; `supports` decides for a kernel. */
  readonly native: readonly KernelKind[]
  /** Most elements in one buffer. */
  readonly maxLength: number
  /** Most outputs of one map or reduce kernel; core splits what has more. Default: no limit. */
  readonly maxOutputs?: number
  /** What the device is, for people: `WebAssembly SIMD, 2 threads`. */
  readonly description: string
  readonly hardware?: Hardware
  /**
   * `free`: reading is a memory access (the device is the host). `stall`: `readSync` waits for the
   * device. `none`: only the asynchronous `read` exists.
   */
  readonly readSync: 'free' | 'stall' | 'none'
  /** Buffers are ordinary JS objects: the JS engine collects them, nothing need be counted. */
  readonly collected?: boolean
  /** Bytes after which core moves long-unused buffers to host memory. Default: no limit. */
  readonly budget?: number
  readonly numerics?: Numerics
}

/** What a plug-in implements. All calls happen in order; `run` may only enqueue. */
export interface Backend {
  /** The device's name: `tensor(data, { device: name })`. */
  readonly name: string
  readonly info: BackendInfo
  /** Whether `run` takes this kernel. `map`, `reduce` and `scatter` must be supported. */
  supports(kernel: Kernel): boolean
  /** A buffer with unspecified contents. Throws `OutOfMemory`. */
  allocate(dtype: DType, length: number): Buffer
  free(buffer: Buffer): void
  /** Copies `data` to the elements from `offset` on. */
  write(buffer: Buffer, data: TypedArray, offset?: number): void
  /** A fresh copy of elements `offset … offset + length`. */
  read(buffer: Buffer, offset: number, length: number): Promise<TypedArray>
  /** As `read`, at once; absent where `info.readSync` is `none`. */
  readSync?(buffer: Buffer, offset: number, length: number): TypedArray
  /**
   * The whole contents of several buffers, as by `readSync`, but with one wait for the device: core moves
   * many buffers to the host at once. Undefined for one whose contents were lost.
   */
  readAllSync?(buffers: readonly Buffer[]): (TypedArray | undefined)[]
  /**
   * Enqueues a kernel. An output may be exactly the same view as an input; other overlaps never
   * reach a backend. `scalars[i]` is the value of `scalar(i)`; it is not kept after the call.
   */
  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void
  /** Resolves when all enqueued work is done; rejects with device errors. */
  synchronize(): Promise<void>
  /**
   * Whether to keep a copy of the buffer's contents on the host, from which they come back after the
   * device was lost: as of the last whole `write` or the last `synchronize()`, which brings all copies to
   * the same moment. Absent where contents can't be lost.
   */
  keepHostCopy?(buffer: Buffer, keep?: boolean): void
  /**
   * Bytes that the device takes in all, by what they are: `{ linear: 67108864 }`. For people and for tests
   * of memory, which must find it flat.
   */
  usage?(): Readonly<Record<string, number>>
  /** Compiles ahead of time. */
  warmUp?(
    kernels: readonly Kernel[],
    progress?: (done: number, total: number) => void,
  ): Promise<void>
  dispose(): void
}
