/**
 * The words, in shared memory, by which threads agree on a job. A job is open while others may join it;
 * `state` counts those who have, so that nobody waits for a thread that never woke up.
 */
export const word = {
  /** Counts jobs; workers sleep on it. */
  generation: 0,
  /** Threads that have joined the job; `closed` is added when nobody may any more. */
  state: 1,
  /** The first unit of work that nobody has taken. */
  next: 2,
  /** Units of work. */
  units: 3,
  /** Units that a thread takes at a time. */
  grain: 4,
  /** Position of a library entry, or -1 for a program. */
  entry: 5,
  /** Number of the program, and where its binary is. */
  program: 6,
  bytes: 7,
  bytesLength: 8,
  /** Address of the argument block. */
  args: 9,
  /** Not 0 when workers are to end. */
  stop: 10,
  /** Length of the message of an error in a worker, as UTF-16 behind these words. */
  failed: 11,
  /** Workers that have started. */
  started: 12,
  message: 16,
} as const

/** Bit of `state`. */
export const closed = 1 << 30

/** Most characters of an error message. */
export const messageLength = 240

/** Bytes of the control block. */
export const controlLength = 4 * word.message + 2 * messageLength

/** What a worker is told when it starts. */
export interface WorkerSetup {
  readonly memory: WebAssembly.Memory
  readonly library: WebAssembly.Module
  readonly entryNames: readonly string[]
  /** Byte address of the control block. */
  readonly control: number
  /** Byte address of this worker's scratch memory. */
  readonly scratch: number
}
