import { RuntimeError } from '@sconce/core'
import type { AnyDataset } from '../dataset.ts'
import type { Reply, Request, WorkerPort, Workers } from './port.ts'
import { type Served, serve } from './serve.ts'

/**
 * Web Workers for a loader. Their script calls `serveDataset`; bundlers find it when it is written as
 *
 *     webWorkers(() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }), 2)
 */
export function webWorkers(create: () => Worker, count: number): Workers {
  return {
    count,
    start(): WorkerPort {
      const worker = create()
      return {
        post: (request) => worker.postMessage(request),
        listen(reply, failed) {
          worker.addEventListener('message', (event: MessageEvent<Reply>) => reply(event.data))
          worker.addEventListener('error', (event) => {
            event.preventDefault()
            failed(new RuntimeError(`a DataLoader worker failed: ${event.message}`))
          })
          worker.addEventListener('messageerror', () =>
            failed(new RuntimeError('a DataLoader worker sent what can’t be read')),
          )
        },
        terminate: () => worker.terminate(),
      }
    },
  }
}

/** The script of a Web Worker: answers a loader's requests for `dataset`. */
export function serveDataset(
  dataset: Served['dataset'] | AnyDataset<unknown>,
  options: Pick<Served, 'collate'> = {},
): void {
  const early: Request[] = []
  let receive = (request: Request): void => {
    early.push(request)
  }
  globalThis.addEventListener('message', (event: MessageEvent<Request>) => receive(event.data))
  serve(
    {
      // The DOM's types take `globalThis` for a window, whose postMessage wants an origin.
      post: (reply, transfer) => globalThis.postMessage(reply, { transfer }),
      listen(request) {
        receive = request
        early.forEach(request)
      },
    },
    () => ({ dataset, ...options }),
  )
}
