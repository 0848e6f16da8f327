import type { Heap } from '../memory/heap.ts'
import { type Entry, entryNames, scratchBytes } from '../static/index.ts'
import { closed, controlLength, messageLength, word } from './control.ts'
import { canSleep, startWorker, type ThreadsOff, type WorkerHandle } from './platform.ts'

/** What all threads are to run. */
export interface Job {
  /** The function, in this thread. */
  readonly run: Entry
  /** Position of a library entry, or -1 for a program. */
  readonly entry: number
  /** Number of the program, and its binary in memory. */
  readonly program: number
  readonly bytes: number
  readonly bytesLength: number
}

/** Looks at a word so often before sleeping on it. */
const patience = 2000

/**
 * Workers that share the calling thread's kernels. A job is announced by one word in shared memory;
 * nothing is posted. The caller works like the others and returns when all that joined are done.
 */
export class ThreadPool {
  /** Threads, the caller included. */
  readonly threads: number
  /** Why workers could not be started. */
  failure: ThreadsOff | undefined
  readonly #heap: Heap
  readonly #words: Int32Array
  readonly #control: number
  readonly #mayBlock = canSleep()
  readonly #library: () => WebAssembly.Module
  #workers: WorkerHandle[] | undefined

  /** `library` gives the compiled static library. */
  constructor(heap: Heap, threads: number, library: () => WebAssembly.Module) {
    this.threads = threads
    this.#heap = heap
    this.#library = library
    this.#control = heap.reserve(controlLength).address
    this.#words = new Int32Array(heap.memory.buffer, this.#control, word.message)
    this.#words.fill(0)
    this.#words[word.state] = closed
  }

  /** Workers that have started so far. */
  get started(): number {
    return Atomics.load(this.#words, word.started)
  }

  /** Starts the workers, unless that has been done. They join jobs as soon as they run. */
  start(): void {
    if (this.#workers) return
    const library = this.#library()
    this.#workers = []
    try {
      for (let i = 1; i < this.threads; i++) {
        const scratch = this.#heap.reserve(scratchBytes).address
        const setup = {
          ...{ memory: this.#heap.memory, library, entryNames: [...entryNames] },
          ...{ control: this.#control, scratch },
        }
        this.#workers.push(startWorker(setup, (reason) => this.#failed(reason)))
      }
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error))
    }
  }

  #failed(why: string): void {
    this.failure = {
      reason: `threads are off: workers could not be started: ${why}`,
      mend: 'a Content-Security-Policy must allow worker-src blob:',
    }
  }

  /**
   * Runs a job on all threads: `units` of work, of which each takes `grain` at a time.
   *
   * @throws Error if it failed in any thread.
   */
  run(job: Job, args: number, units: number, grain: number, scratch: number): void {
    this.start()
    const words = this.#words
    words[word.entry] = job.entry
    words[word.program] = job.program
    words[word.bytes] = job.bytes
    words[word.bytesLength] = job.bytesLength
    words[word.args] = args
    words[word.units] = units
    words[word.grain] = grain
    words[word.failed] = 0
    Atomics.store(words, word.next, 0)
    Atomics.store(words, word.state, 0)
    Atomics.add(words, word.generation, 1)
    Atomics.notify(words, word.generation)
    try {
      for (;;) {
        const begin = Atomics.add(words, word.next, grain)
        if (begin >= units) break
        job.run(args, begin, Math.min(begin + grain, units), scratch)
      }
    } finally {
      Atomics.or(words, word.state, closed)
      this.#wait()
    }
    if (Atomics.load(words, word.failed) !== 0) throw this.#error()
  }

  /** Until all that joined have left. */
  #wait(): void {
    const words = this.#words
    let left = patience
    for (;;) {
      const state = Atomics.load(words, word.state)
      if (state === closed) return
      if (left > 0 || !this.#mayBlock) left--
      else Atomics.wait(words, word.state, state, 100)
    }
  }

  #error(): Error {
    const at = this.#control + 4 * word.message
    const text = new Uint16Array(this.#heap.memory.buffer, at, messageLength)
    const length = Math.min(this.#words[word.failed], messageLength)
    const message = String.fromCharCode(...text.subarray(0, length))
    return new Error(`a kernel failed in a worker thread: ${message}`)
  }

  dispose(): void {
    Atomics.store(this.#words, word.stop, 1)
    Atomics.add(this.#words, word.generation, 1)
    Atomics.notify(this.#words, word.generation)
    for (const worker of this.#workers ?? []) worker.terminate()
    this.#workers = []
  }
}
