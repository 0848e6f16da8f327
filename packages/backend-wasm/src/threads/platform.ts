import type { WorkerSetup } from './control.ts'
import { workerSource } from './worker-source.ts'

/** Why there is no second thread, and what would change that. */
export interface ThreadsOff {
  readonly reason: string
  readonly mend: string
}

/** A built-in module of Node, where this is Node. */
function builtin<T>(name: string): T | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function')
    return undefined
  // The caller names the module and its type together.
  return process.getBuiltinModule(name) as T | undefined
}

const workerThreads = () => builtin<typeof import('node:worker_threads')>('node:worker_threads')

/** Processors that threads can run on. */
export function processors(): number {
  const os = builtin<typeof import('node:os')>('node:os')
  if (os) return os.availableParallelism()
  return typeof navigator === 'object' ? (navigator.hardwareConcurrency ?? 1) : 1
}

/** What stands in the way of threads, if something does. */
export function threadsOff(): ThreadsOff | undefined {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false) {
    return {
      reason: 'threads are off: the page is not cross-origin isolated',
      mend: 'send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    }
  }
  if (typeof Worker === 'undefined' && !workerThreads()) {
    return {
      reason: 'threads are off: this environment has no workers',
      mend: 'use Node 20.19 or newer, or a browser window or worker',
    }
  }
  return undefined
}

export interface WorkerHandle {
  terminate(): void
}

/** Starts a worker that doesn't keep the process alive. `failed` is called if it can't start. */
export function startWorker(setup: WorkerSetup, failed: (reason: string) => void): WorkerHandle {
  const node = typeof Worker === 'undefined' ? workerThreads() : undefined
  if (node) {
    const worker = new node.Worker(workerSource, {
      eval: true,
      workerData: setup,
      name: 'sconce-wasm',
      env: node.SHARE_ENV,
      // Loaders of the main thread are nothing to the worker.
      execArgv: [],
    })
    worker.on('error', (error) => failed(error.message))
    worker.unref()
    return { terminate: () => void worker.terminate() }
  }
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  const worker = new Worker(url, { name: 'sconce-wasm' })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    failed(event.message ?? 'a Content-Security-Policy without worker-src blob:')
  })
  worker.postMessage(setup)
  return {
    terminate() {
      worker.terminate()
      URL.revokeObjectURL(url)
    },
  }
}

/** Whether this thread may sleep: a browser's main thread may not. */
export function canSleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
    return true
  } catch {
    return false
  }
}
