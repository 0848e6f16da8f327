import { asynchronous } from '@sconce/core'
import type { Env } from './context.ts'

/** Whether the device has no synchronous read, so that what reads has to be awaited. */
export const readsLater = ({ backend }: Pick<Env, 'backend'>): boolean =>
  backend.info.readSync === 'none'

/**
 * Runs what may have to read elements: once, or, on a device that can only be read asynchronously, from the
 * start after every read. So it makes its own arguments, which it may then change.
 */
export const awaited = async <T>(env: Pick<Env, 'backend'>, run: () => T): Promise<T> =>
  readsLater(env) ? asynchronous(run)() : run()
