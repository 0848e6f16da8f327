import { RuntimeError } from '@sconce/core'
import type { Index } from '../fetch.ts'
import { unpack } from './pack.ts'
import type { EpochStart, Reply, SentError, WorkerPort, Workers } from './port.ts'

/** How the batches of an epoch are shared out. */
export interface Sharing {
  readonly start: EpochStart
  /** Batches that are under way at a time, per worker. */
  readonly perWorker: number
  /** Seconds to wait for a batch; 0 for ever. */
  readonly timeout: number
}

/** A worker's error where the batch was wanted: its name, its words and where it came about. */
function raised(error: SentError, worker: number): Error {
  const caught = new RuntimeError(
    `Caught ${error.name} in DataLoader worker ${worker}.\nOriginal stack:\n${error.stack}`,
    { cause: error },
  )
  caught.name = error.name
  return caught
}

interface Task {
  readonly worker: number
  reply?: Extract<Reply, { task?: number }>
}

/** An epoch under way: PyTorch's order of handing out and of receiving. */
class Epoch {
  readonly tasks = new Map<number, Task>()
  readonly active: boolean[]
  readonly #ports: readonly WorkerPort[]
  readonly #indices: Iterator<Index>
  readonly #number: number
  #exhausted = false
  #sent = 0
  #turn = 0

  constructor(
    ports: readonly WorkerPort[],
    indices: Iterator<Index>,
    number: number,
    start: EpochStart,
  ) {
    this.#ports = ports
    this.#indices = indices
    this.#number = number
    this.active = ports.map(() => true)
    for (const port of ports) port.post({ type: 'start', epoch: number, ...start })
  }

  get sent(): number {
    return this.#sent
  }

  /** Hands the next task to the next worker that is still active. */
  assign(): void {
    if (this.#exhausted || !this.active.includes(true)) return
    const { done, value: index } = this.#indices.next()
    if (done) {
      this.#exhausted = true
      return
    }
    while (!this.active[this.#turn]) this.#turn = (this.#turn + 1) % this.#ports.length
    const worker = this.#turn
    this.#turn = (worker + 1) % this.#ports.length
    const task = this.#sent++
    this.tasks.set(task, { worker })
    this.#ports[worker].post({ type: 'fetch', epoch: this.#number, task, index })
  }
}

/** Workers of a loader, which load batches in parallel; they come in the order of the sampler. */
export class WorkerPool {
  readonly #ports: readonly WorkerPort[]
  #epochs = 0
  #current: Epoch | undefined
  #failure: Error | undefined
  #wake: () => void = () => undefined

  constructor(workers: Workers, seed: bigint) {
    const { count } = workers
    this.#ports = Array.from({ length: count }, (_, id) => workers.start(id))
    this.#ports.forEach((port, id) => {
      port.listen(
        (reply) => this.#receive(id, reply),
        (reason) => this.#fail(reason),
      )
      port.post({ type: 'init', id, count, seed })
    })
  }

  /** Whether a worker can't go on, so that the pool is of no more use. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  #fail(reason: Error): void {
    this.#failure ??= reason
    this.#wake()
  }

  #receive(worker: number, reply: Reply): void {
    if (reply.type === 'error' && reply.task === undefined) {
      this.#fail(raised(reply.error, worker))
      return
    }
    // An epoch that was left early may still get answers.
    const epoch = this.#current
    if (epoch === undefined || reply.epoch !== this.#epochs) return
    const task = reply.task === undefined ? undefined : epoch.tasks.get(reply.task)
    if (task === undefined) return
    if (reply.type === 'end') {
      epoch.active[worker] = false
      epoch.assign()
    } else {
      task.reply = reply
    }
    this.#wake()
  }

  /** Waits for the next answer. */
  async #news(timeout: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve
      if (timeout > 0) {
        timer = setTimeout(
          () => reject(new RuntimeError(`DataLoader timed out after ${timeout} seconds`)),
          timeout * 1000,
        )
      }
    })
    clearTimeout(timer)
  }

  /** The batches of an epoch. */
  async *epoch(indices: Iterator<Index>, sharing: Sharing): AsyncGenerator<unknown, void> {
    const { perWorker, timeout, start } = sharing
    const epoch = new Epoch(this.#ports, indices, ++this.#epochs, start)
    this.#current = epoch
    for (const port of this.#ports) port.hold?.(true)
    try {
      for (let i = 0; i < perWorker * this.#ports.length; i++) epoch.assign()
      for (let received = 0; received < epoch.sent; ) {
        if (this.#failure) throw this.#failure
        const task = epoch.tasks.get(received)
        if (task?.reply === undefined) {
          if (task !== undefined && epoch.active[task.worker]) {
            await this.#news(timeout)
          } else {
            epoch.tasks.delete(received++)
          }
          continue
        }
        epoch.tasks.delete(received++)
        epoch.assign()
        if (task.reply.type === 'error') throw raised(task.reply.error, task.worker)
        if (task.reply.type === 'batch') yield unpack(task.reply.batch)
      }
    } finally {
      this.#current = undefined
      for (const port of this.#ports) port.hold?.(false)
    }
  }

  /** Ends the workers. */
  close(): void {
    for (const port of this.#ports) port.terminate()
  }
}
