import {
  contiguousStrides,
  type DType,
  dtypes,
  elementCount,
  type Kernel,
  type MapKernel,
  type Operand,
} from '@sconce/backend'
import type { Launcher } from './launcher.ts'
import type { Heap, WasmBuffer } from './memory/heap.ts'
import { type Arguments, type EntryName, type Host, runStatic } from './static/index.ts'

/** What the static library needs of the backend. */
export interface StaticRuntime {
  readonly heap: Heap
  readonly launcher: Launcher
  /** Byte address of the argument block. */
  readonly args: number
  runMap(
    kernel: MapKernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void
}

/** The static library on this backend's memory. */
export class StaticHost implements Host {
  readonly #runtime: StaticRuntime
  readonly #temporaries: WasmBuffer[] = []

  constructor(runtime: StaticRuntime) {
    this.#runtime = runtime
  }

  get memory(): WebAssembly.Memory {
    return this.#runtime.heap.memory
  }

  get threads(): number {
    return this.#runtime.launcher.threads
  }

  /** Runs a kernel that the library supports. */
  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.lend(() => runStatic(this, kernel, inputs, outputs, scalars))
  }

  /** Runs `body` and frees the temporaries that it asked for. */
  lend(body: () => void): void {
    const mark = this.#temporaries.length
    try {
      body()
    } finally {
      for (const buffer of this.#temporaries.splice(mark)) this.#runtime.heap.free(buffer)
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

  dispatch(entry: EntryName, { words, length }: Arguments, units: number, cost: number): void {
    const { heap, args, launcher } = this.#runtime
    const base = args >> 2
    for (let i = 0; i < length; i++) heap.words[base + i] = words[i]
    launcher.entry(entry, units, cost)
  }
}
