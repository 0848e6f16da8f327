import { manualSeed } from '@sconce/core'
import { collateWith, convertWith, type HostTensor } from '../collate.ts'
import type { AnyDataset } from '../dataset.ts'
import { type Conversion, END, type Fetch, fetcher } from '../fetch.ts'
import { setWorkerInfo, type WorkerInfo } from './info.ts'
import { pack } from './pack.ts'
import type { EpochStart, Reply, Request, SentError, ServerPort } from './port.ts'

/** What a worker serves. */
export interface Served {
  /** The dataset, or what makes it; called once the worker knows who it is. */
  readonly dataset:
    | AnyDataset<unknown>
    | ((info: WorkerInfo) => AnyDataset<unknown> | Promise<AnyDataset<unknown>>)
  /** Collates in the worker. Default: `defaultCollate`, which then needs no backend for numbers and arrays. */
  readonly collate?: (items: never[]) => unknown
}

export function sentError(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  return { name, message, stack: stack ?? `${name}: ${message}` }
}

/** Elements stay on the host: they are uploaded where the batch is used. */
const keep = (elements: HostTensor): unknown => elements

function conversionOf(collate: Served['collate'], start: EpochStart): Conversion {
  if (!start.collate) {
    return { batch: (items) => items, single: (item) => item, isDefault: false }
  }
  // The items are those of the module that also gave the function.
  const custom = collate as ((items: unknown) => unknown) | undefined
  return {
    batch: custom ?? ((items) => collateWith(items, keep)),
    single: custom ?? ((item) => convertWith(item, keep)),
    isDefault: custom === undefined,
  }
}

/** Answers requests of a loader, one after the other. */
export function serve(port: ServerPort, load: () => Served | Promise<Served>): void {
  let served: Promise<{ dataset: AnyDataset<unknown>; collate: Served['collate'] }> | undefined
  let fetch: Fetch | undefined

  const init = async (info: WorkerInfo) => {
    setWorkerInfo(info)
    manualSeed(info.seed)
    const { dataset, collate } = await load()
    return { dataset: typeof dataset === 'function' ? await dataset(info) : dataset, collate }
  }

  const answer = async (request: Request): Promise<void> => {
    if (request.type === 'init') {
      const { id, count, seed } = request
      served = init({ id, numWorkers: count, seed: seed + BigInt(id) })
      await served
    } else if (request.type === 'start') {
      if (served === undefined) return
      const { dataset, collate } = await served
      fetch = fetcher(dataset, request, conversionOf(collate, request))
    } else if (fetch !== undefined) {
      const { epoch, task, index } = request
      const batch = await fetch(index)
      if (batch === END) return port.post({ type: 'end', epoch, task }, [])
      const { message, transfer } = await pack(batch)
      port.post({ type: 'batch', epoch, task, batch: message }, transfer)
    }
  }

  const failure = (request: Request, error: unknown): Reply =>
    request.type === 'fetch'
      ? { type: 'error', epoch: request.epoch, task: request.task, error: sentError(error) }
      : { type: 'error', error: sentError(error) }

  let previous = Promise.resolve()
  port.listen((request) => {
    previous = previous
      .then(() => answer(request))
      .catch((error) => port.post(failure(request, error), []))
  })
}
