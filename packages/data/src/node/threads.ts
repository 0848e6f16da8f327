import { Worker, type WorkerOptions } from 'node:worker_threads'
import { RuntimeError } from '@sconce/core'
import type { Reply, WorkerPort, Workers } from '../workers/port.ts'

/** Options of `threadWorkers`. */
export interface ThreadOptions {
  /** Number of threads; PyTorch's `num_workers`. */
  count: number
  /** Handed to the module's function; what `postMessage` can send. */
  options?: unknown
  /** URLs of modules that a thread imports first, such as one that registers a compiler of TypeScript. */
  preload?: readonly (URL | string)[]
  /** Flags of Node for the threads. Default: those of the process. */
  execArgv?: string[]
}

/** What a thread is started with. */
export interface ThreadData {
  readonly module: string
  readonly options: unknown
  readonly preload: readonly string[]
  readonly script: string
}

// In the sources as in the package this file lies beside the thread's script, of the same kind.
const script = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
).href

/** Loads the script last: what it is written in may need what is loaded before. */
const bootstrap = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { workerData } from 'node:worker_threads'
    for (const url of workerData.preload) await import(url)
    await import(workerData.script)
  `)}`,
)

/**
 * Threads of Node (`worker_threads`) that load a dataset in parallel. The module exports as `default`
 * the dataset, or a function `(options, info) => dataset`, and may export `collate`. With tensors in the
 * items it also imports a backend.
 *
 *     new DataLoader(dataset, { workers: threadWorkers(new URL('./dataset.js', import.meta.url), { count: 2 }) })
 */
export function threadWorkers(
  module: URL | string,
  { count, options, preload = [], execArgv }: ThreadOptions,
): Workers {
  const workerData: ThreadData = {
    module: String(module),
    options,
    preload: preload.map(String),
    script,
  }
  const settings: WorkerOptions = { workerData, name: 'sconce-data', ...(execArgv && { execArgv }) }
  return {
    count,
    start(id): WorkerPort {
      const worker = new Worker(bootstrap, settings)
      worker.unref()
      let ended = false
      return {
        post: (request) => worker.postMessage(request),
        listen(reply, failed) {
          worker.on('message', (message: Reply) => reply(message))
          worker.on('error', failed)
          worker.on('messageerror', failed)
          worker.on('exit', (code) => {
            if (!ended) {
              failed(new RuntimeError(`DataLoader worker ${id} exited unexpectedly (code ${code})`))
            }
          })
        },
        terminate() {
          ended = true
          void worker.terminate()
        },
        hold: (on) => (on ? worker.ref() : worker.unref()),
      }
    },
  }
}
