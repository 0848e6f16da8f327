import type { Heap } from './memory/heap.ts'
import type { Program } from './program.ts'
import {
  type EntryName,
  entryNames,
  instantiateLibrary,
  type Library,
  libraryBytes,
  scratchBytes,
} from './static/index.ts'
import { ThreadPool } from './threads/pool.ts'

/** Parts per thread: several, so that a thread that came late does fewer. */
const partsPerThread = 4

/** Positions in memory are 32-bit words; sums of them must not overflow. */
const mostUnits = 2 ** 30

export interface LauncherOptions {
  readonly heap: Heap
  readonly relaxed: boolean
  readonly shared: boolean
  /** Threads, the calling one included. */
  readonly threads: number
  /** Nanoseconds of work in one thread from which on others are called in. */
  readonly shareFrom: number
  /** Byte address of the argument block. */
  readonly args: number
}

/** Runs compiled functions whose arguments are in place, on one thread or on all. */
export class Launcher {
  readonly pool: ThreadPool | undefined
  readonly #heap: Heap
  readonly #relaxed: boolean
  readonly #shared: boolean
  readonly #args: number
  readonly #shareFrom: number
  #module: WebAssembly.Module | undefined
  #library: Library | undefined
  #scratch = 0

  constructor({ heap, relaxed, shared, threads, shareFrom, args }: LauncherOptions) {
    this.#shareFrom = shareFrom
    this.#heap = heap
    this.#relaxed = relaxed
    this.#shared = shared
    this.#args = args
    this.pool = threads > 1 ? new ThreadPool(heap, threads, () => this.#compiled()) : undefined
  }

  /** Threads that share a kernel now. */
  get threads(): number {
    return this.pool && !this.pool.failure ? this.pool.threads : 1
  }

  /** Whether so many nanoseconds of work are worth more than one thread. */
  shares(cost: number): boolean {
    return cost >= this.#shareFrom && this.threads > 1
  }

  /**
   * Runs a program over `count` iterations of its split loop, each of `work` elements, on several
   * threads if it is `divisible` and large.
   */
  program(program: Program, count: number, work: number, divisible: boolean): void {
    const { pool } = this
    const cost = count * work * program.weight
    if (!divisible || count < 2 || count > mostUnits || !pool || !this.shares(cost)) {
      program.entry(this.#args, 0, count, 0)
      return
    }
    const job = {
      ...{ run: program.entry, entry: -1, program: program.id },
      ...{ bytes: this.#place(program), bytesLength: program.bytes.length },
    }
    // Whole cache lines, where the iterations are single elements.
    const unit = work === 1 ? 256 : 1
    const grain = Math.ceil(count / (partsPerThread * this.threads * unit)) * unit
    pool.run(job, this.#args, count, grain, 0)
  }

  /** Address of a program's binary in memory, where workers find it. */
  #place(program: Program): number {
    if (!program.block) {
      program.block = this.#heap.reserve(program.bytes.length)
      new Uint8Array(this.#heap.memory.buffer).set(program.bytes, program.block.address)
    }
    return program.block.address
  }

  /** Takes back what a program that is no longer kept had in memory. */
  forget(program: Program): void {
    if (program.block) this.#heap.release(program.block)
    program.block = undefined
  }

  /** Runs an entry of the static library on `units` of work, which take about `cost` nanoseconds. */
  entry(name: EntryName, units: number, cost: number): void {
    const library = this.#library ?? this.#load()
    const { pool } = this
    if (units < 2 || units > mostUnits || !pool || !this.shares(cost)) {
      library[name](this.#args, 0, units, this.#scratch)
      return
    }
    const job = {
      ...{ run: library[name], entry: entryNames.indexOf(name), program: 0 },
      ...{ bytes: 0, bytesLength: 0 },
    }
    const grain = Math.ceil(units / (partsPerThread * this.threads))
    pool.run(job, this.#args, units, grain, this.#scratch)
  }

  /** Compiles the static library, and starts the workers. */
  warmUp(): void {
    if (!this.#library) this.#load()
    this.pool?.start()
  }

  #compiled(): WebAssembly.Module {
    const features = { relaxed: this.#relaxed, shared: this.#shared }
    this.#module ??= new WebAssembly.Module(libraryBytes(features))
    return this.#module
  }

  #load(): Library {
    this.#library = instantiateLibrary(this.#compiled(), this.#heap.memory)
    this.#scratch = this.#heap.reserve(scratchBytes).address
    return this.#library
  }

  dispose(): void {
    this.pool?.dispose()
  }
}
