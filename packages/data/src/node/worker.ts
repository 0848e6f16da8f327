/** The script of a thread: loads the user's module and answers requests. */
import { parentPort, workerData } from 'node:worker_threads'
import { TypeError_ } from '@sconce/core'
import type { AnyDataset } from '../dataset.ts'
import type { WorkerInfo } from '../workers/info.ts'
import { type Served, serve } from '../workers/serve.ts'
import type { ThreadData } from './threads.ts'

/** What the user's module exports. */
interface DatasetModule {
  default?: AnyDataset<unknown> | ((options: unknown, info: WorkerInfo) => AnyDataset<unknown>)
  collate?: Served['collate']
}

async function load({ module, options }: ThreadData): Promise<Served> {
  const { default: dataset, collate }: DatasetModule = await import(module)
  if (dataset === undefined) {
    throw new TypeError_(`the module of the workers has no default export: ${module}`)
  }
  return {
    dataset: typeof dataset === 'function' ? (info) => dataset(options, info) : dataset,
    ...(collate && { collate }),
  }
}

const port = parentPort
if (port) {
  serve(
    {
      post: (reply, transfer) => port.postMessage(reply, transfer),
      listen: (request) => void port.on('message', request),
    },
    // `threadWorkers` is the only one to start this script.
    () => load(workerData as ThreadData),
  )
}
