import type { Index } from '../fetch.ts'

/** How an epoch is loaded. */
export interface EpochStart {
  readonly batchSize: number | null
  readonly autoCollation: boolean
  readonly dropLast: boolean
  /** Whether the worker collates; otherwise it sends the items. */
  readonly collate: boolean
}

/** An error on its way between threads. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** What is sent to a worker. */
export type Request =
  | { readonly type: 'init'; readonly id: number; readonly count: number; readonly seed: bigint }
  | ({ readonly type: 'start'; readonly epoch: number } & EpochStart)
  | {
      readonly type: 'fetch'
      readonly epoch: number
      readonly task: number
      readonly index: Index
    }

/** What a worker answers. */
export type Reply =
  | {
      readonly type: 'batch'
      readonly epoch: number
      readonly task: number
      readonly batch: unknown
    }
  | { readonly type: 'end'; readonly epoch: number; readonly task: number }
  | {
      readonly type: 'error'
      /** Absent if the worker could not start. */
      readonly epoch?: number
      readonly task?: number
      readonly error: SentError
    }

/** One end of the line to a worker: a thread of Node, a Web Worker or something of your own. */
export interface WorkerPort {
  post(request: Request): void
  /** `reply` takes what the worker sends; `failed` is called when it can't go on. */
  listen(reply: (reply: Reply) => void, failed: (reason: Error) => void): void
  terminate(): void
  /** Whether the process has to wait for this worker. */
  hold?(on: boolean): void
}

/** Workers that a loader may start. */
export interface Workers {
  readonly count: number
  start(id: number): WorkerPort
}

/** The worker's own end of the line. */
export interface ServerPort {
  post(reply: Reply, transfer: ArrayBuffer[]): void
  listen(request: (request: Request) => void): void
}
