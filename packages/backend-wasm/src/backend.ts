import {
  type Backend,
  type BackendInfo,
  type Buffer,
  type DType,
  dtypes,
  type Kernel,
  type Operand,
  optionalKinds,
  requiredKinds,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { defaultThreads, describe } from './description.ts'
import { Launcher } from './launcher.ts'
import { worstUlp } from './math/index.ts'
import { Heap, type WasmBuffer } from './memory/heap.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { Emitted, Program } from './program.ts'
import { ProgramCache } from './programs.ts'
import type { Runtime } from './runner.ts'
import { hasRelaxedSimd, supportsStatic } from './static/index.ts'
import { StaticHost } from './static-host.ts'
import { threadsOff } from './threads/platform.ts'

/** Options of `createWasmBackend`. */
export interface WasmBackendOptions {
  /** The device's name. Default: `wasm`. */
  readonly name?: string
  /** Whether to use relaxed SIMD (fused multiply-add). Default: where the engine has it. */
  readonly relaxed?: boolean
  /** Threads, the calling one included. Default: one per processor, at most 8. */
  readonly threads?: number
  /** Nanoseconds of work in one thread from which on the others are called in. Default: 60 000. */
  readonly shareFrom?: number
  /** Most bytes that the memory may grow to. Default: 4 GiB, the most there can be. */
  readonly memoryLimit?: number
  /** Bytes after which long-unused tensors are moved out of the memory. Default: 1 GiB. */
  readonly budget?: number
  /** Compiled programs that are kept. Default: 2048. */
  readonly programs?: number
}

/** Bytes of the argument block. */
const argsLength = 32768

const isEmitted = (kernel: Kernel): kernel is Emitted =>
  kernel.kind === 'map' || kernel.kind === 'reduce' || kernel.kind === 'scatter'

/** WebAssembly SIMD: kernels are turned into small modules on one linear memory. */
export class WasmBackend implements Backend {
  readonly name: string
  readonly info: BackendInfo
  readonly #heap: Heap
  readonly #cache: ProgramCache
  readonly #runtime: Runtime
  readonly #static: StaticHost
  readonly #launcher: Launcher
  /** By kernel id: a short cut, since kernels of another copy of the library may have the same ids. */
  #byId: (Prepared | undefined)[] = []
  readonly #prepared = new Map<Kernel, Prepared>()

  constructor(options: WasmBackendOptions = {}) {
    this.name = options.name ?? 'wasm'
    const relaxed = options.relaxed ?? hasRelaxedSimd()
    const off = threadsOff()
    const threads = off ? 1 : Math.max(1, Math.floor(options.threads ?? defaultThreads()))
    const shared = threads > 1
    const limit = options.memoryLimit ?? 2 ** 32
    this.#heap = new Heap({ limit, initial: 1 << 24, shared })
    const args = this.#heap.reserve(argsLength).address
    const heap = this.#heap
    this.#launcher = new Launcher({
      ...{ heap, relaxed, shared, threads, args },
      shareFrom: options.shareFrom ?? 60_000,
    })
    const forget = (program: Program) => this.#launcher.forget(program)
    this.#cache = new ProgramCache(options.programs ?? 2048, forget)
    const run = this.run.bind(this)
    this.#static = new StaticHost({ heap, launcher: this.#launcher, args, runMap: run })
    this.#runtime = {
      ...{ heap, launcher: this.#launcher, cache: this.#cache, args, argsLength },
      ...{ host: this.#static, target: { memory: heap.memory, relaxed, shared }, run },
    }
    const support = { storage: true, arithmetic: true }
    const launcher = this.#launcher
    this.info = {
      dtypes: Object.fromEntries(Object.keys(dtypes).map((dtype) => [dtype, support])),
      native: [...requiredKinds, ...optionalKinds],
      maxLength: 2 ** 31 - 1,
      get description() {
        return describe(relaxed, launcher.threads, off ?? launcher.pool?.failure)
      },
      get hardware() {
        return { threads: launcher.threads, simd: relaxed ? 'relaxed SIMD' : 'SIMD' }
      },
      readSync: 'free',
      budget: options.budget ?? Math.min(2 ** 30, Math.floor(heap.limit * 0.75)),
      numerics: { subnormals: true, specials: true, ulp: worstUlp },
    }
  }

  /** Threads that share large kernels, the calling one included. */
  get threads(): number {
    return this.#launcher.threads
  }

  /** Worker threads that have come up so far; they are started by the first large kernel. */
  get workersStarted(): number {
    return this.#launcher.pool?.started ?? 0
  }

  /** Programs compiled so far: constant once every kernel has met its classes of layouts. */
  get compiled(): number {
    return this.#cache.compiled
  }

  /** Programs that are kept. */
  get programs(): number {
    return this.#cache.size
  }

  /** Bytes in use by buffers and by the backend itself. */
  get bytes(): number {
    return this.#heap.used
  }

  usage(): { readonly linear: number; readonly used: number } {
    return { linear: this.#heap.size, used: this.#heap.used }
  }

  supports(kernel: Kernel): boolean {
    return isEmitted(kernel) || supportsStatic(kernel)
  }

  allocate(dtype: DType, length: number): Buffer {
    return this.#heap.allocate(dtype, length)
  }

  free(buffer: Buffer): void {
    this.#heap.free(buffer as WasmBuffer)
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    this.#heap.write(buffer as WasmBuffer, data, offset)
  }

  readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    return this.#heap.read(buffer as WasmBuffer, offset, length)
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
    const known = this.#byId[kernel.id]
    const prepared = known?.kernel === kernel ? known : this.#prepare(kernel)
    prepared.run(inputs, outputs, scalars)
  }

  #prepare(kernel: Kernel): Prepared {
    let prepared = this.#prepared.get(kernel)
    if (!prepared) {
      prepared = isEmitted(kernel) ? prepare(kernel, this.#runtime) : this.#prepareStatic(kernel)
      this.#prepared.set(kernel, prepared)
      this.#byId[kernel.id] = prepared
    }
    return prepared
  }

  #prepareStatic(kernel: Kernel): Prepared {
    if (!supportsStatic(kernel)) {
      throw new UnsupportedKernel(`${this.name}: this ${kernel.kind} kernel runs as its lowering`)
    }
    return {
      kernel,
      run: (inputs, outputs, scalars) => this.#static.run(kernel, inputs, outputs, scalars),
      warmUp: () => this.#launcher.warmUp(),
    }
  }

  /** Compiles the kernels for contiguous operands, and for them the static library and its workers. */
  async warmUp(
    kernels: readonly Kernel[],
    progress?: (done: number, total: number) => void,
  ): Promise<void> {
    for (let i = 0; i < kernels.length; i++) {
      const kernel = kernels[i]
      if (this.supports(kernel)) this.#prepare(kernel).warmUp?.()
      progress?.(i + 1, kernels.length)
    }
  }

  async synchronize(): Promise<void> {}

  dispose(): void {
    this.#launcher.dispose()
    this.#byId = []
    this.#prepared.clear()
  }
}
