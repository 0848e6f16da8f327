import {
  contiguousStrides,
  type DType,
  dtypes,
  elementCount,
  type Kernel,
  type MapKernel,
  type Operand,
} from '@sconce/backend'
import type { Heap, WasmBuffer } from './memory/heap.ts'
import {
  type Arguments,
  type EntryName,
  type Host,
  instantiateLibrary,
  type Library,
  libraryBytes,
  runStatic,
  scratchBytes,
} from './static/index.ts'

/** What the static library needs of the backend. */
export interface StaticRuntime {
  readonly heap: Heap
  readonly relaxed: boolean
  readonly shared: boolean
  readonly threads: number
  /** Byte address of the argument block. */
  readonly args: number
  runMap(
    kernel: MapKernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void
}

/** The static library on this backend's memory; compiled when first used. */
export class StaticHost implements Host {
  readonly threads: number
  readonly #runtime: StaticRuntime
  readonly #temporaries: WasmBuffer[] = []
  #library: Library | undefined
  #scratch = 0

  constructor(runtime: StaticRuntime) {
    this.#runtime = runtime
    this.threads = runtime.threads
  }

  get memory(): WebAssembly.Memory {
    return this.#runtime.heap.memory
  }

  /** Runs a kernel that the library supports. */
  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    try {
      runStatic(this, kernel, inputs, outputs, scalars)
    } finally {
      for (const buffer of this.#temporaries) this.#runtime.heap.free(buffer)
      this.#temporaries.length = 0
    }
  }

  address({ buffer, dtype, offset }: Operand): number {
    return (buffer as WasmBuffer).address + offset * dtypes[dtype].size
  }

  temporary(dtype: DType, shape: readonly number[]): Operand {
    const buffer = this.#runtime.heap.allocate(dtype, elementCount(shape))
    this.#temporaries.push(buffer)
    return { buffer, dtype, shape, strides: contiguousStrides(shape), offset: 0 }
  }

  map(
    kernel: MapKernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.#runtime.runMap(kernel, inputs, outputs, scalars)
  }

  dispatch(entry: EntryName, { words, length }: Arguments, units: number, _cost: number): void {
    const { heap, args } = this.#runtime
    const library = this.#library ?? this.#load()
    const base = args >> 2
    for (let i = 0; i < length; i++) heap.words[base + i] = words[i]
    library[entry](args, 0, units, this.#scratch)
  }

  #load(): Library {
    const { heap, relaxed, shared } = this.#runtime
    const module = new WebAssembly.Module(libraryBytes({ relaxed, shared }))
    const library = instantiateLibrary(module, heap.memory)
    this.#scratch = heap.reserve(scratchBytes).address
    this.#library = library
    return library
  }
}
