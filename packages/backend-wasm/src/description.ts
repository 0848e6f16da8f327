import { processors, type ThreadsOff, threadsOff } from './threads/platform.ts'

/** Beyond this more threads wait for memory rather than work. */
const mostThreads = 8

/** Threads that a backend uses unless told otherwise. */
export const defaultThreads = (): number =>
  threadsOff() ? 1 : Math.min(Math.max(processors(), 1), mostThreads)

/** What the device is, and why it has no more threads where it could have. */
export function describe(relaxed: boolean, threads: number, off: ThreadsOff | undefined): string {
  const kind = `WebAssembly ${relaxed ? 'relaxed ' : ''}SIMD`
  const shown = `${kind}, ${threads} thread${threads > 1 ? 's' : ''}`
  return off ? `${shown} (${off.reason}; ${off.mend})` : shown
}
