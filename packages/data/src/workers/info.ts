/** What a worker knows of itself; `torch.utils.data.get_worker_info()`. */
export interface WorkerInfo {
  /** From 0. */
  readonly id: number
  readonly numWorkers: number
  /** What the default generator of this worker was seeded with. */
  readonly seed: bigint
}

let current: WorkerInfo | null = null

/** The worker that this code runs in, or null outside of workers; a stream shares its items out by it. */
export const getWorkerInfo = (): WorkerInfo | null => current

export function setWorkerInfo(info: WorkerInfo): void {
  current = info
}
