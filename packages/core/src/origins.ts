import { bytesOf, type DType } from '@sconce/backend'
import type { Storage } from './storage.ts'

/** A storage that lives, and where it was made. */
export interface LiveStorage {
  readonly device: string
  readonly dtype: DType
  /** Elements. */
  readonly length: number
  readonly bytes: number
  /** On the device, or spilled to host memory. */
  readonly where: 'device' | 'host'
  /** Tensors and graph nodes that claim it. */
  readonly owners: number
  /** The calls that led to it, innermost first, as the JS engine words them. */
  readonly stack: string
}

interface Origin {
  readonly storage: WeakRef<Storage>
  readonly stack: string
}

/** The library's own frames come first: with the usual ten the user's might not be among them. */
const FRAMES = 50

interface StackErrors {
  stackTraceLimit?: number
}

/** The calls that led here, without those of this file. */
function currentStack(): string {
  const errors: StackErrors = Error
  const { stackTraceLimit } = errors
  errors.stackTraceLimit = FRAMES
  const stack = new Error().stack ?? ''
  errors.stackTraceLimit = stackTraceLimit
  // Chromium and Node begin with the error's own line.
  const frames = stack.split('\n').filter((line) => !/^Error\b/.test(line) && line.trim() !== '')
  return frames
    .slice(2)
    .map((line) => line.trim())
    .join('\n')
}

/** Notes where storages are made, for as long as they live. */
class Origins {
  readonly #origins = new Set<Origin>()
  readonly #collected = new FinalizationRegistry<Origin>((origin) => this.#origins.delete(origin))

  readonly record = (storage: Storage): void => {
    const origin = { storage: new WeakRef(storage), stack: currentStack() }
    this.#origins.add(origin)
    this.#collected.register(storage, origin)
  }

  list(): LiveStorage[] {
    const live: LiveStorage[] = []
    for (const origin of this.#origins) {
      const storage = origin.storage.deref()
      const { buffer, host } = storage?.resident ?? {}
      if (!storage || (!buffer && !host)) {
        this.#origins.delete(origin)
        continue
      }
      const { dtype, length, owners, device } = storage
      live.push({
        ...{ device: device.name, dtype, length, bytes: bytesOf(storage) },
        ...{ where: buffer ? 'device' : 'host', owners, stack: origin.stack },
      })
    }
    return live
  }
}

let origins: Origins | undefined

/** What is told of each new storage; undefined while nobody wants to know. */
export const originRecorder = (): ((storage: Storage) => void) | undefined => origins?.record

/**
 * Switches on noting where storages are made, or off, which forgets what was noted. Makes every new tensor
 * dearer by a stack trace: for finding what holds memory, not for production. Compare
 * `torch.cuda.memory._record_memory_history`.
 */
export function debugMemory(on = true): void {
  if (!on) origins = undefined
  else origins ??= new Origins()
}

/**
 * The storages that live among those made since `debugMemory()`, oldest first, on all devices. What is
 * unreachable but not collected yet counts as living. Compare `torch.cuda.memory_snapshot`.
 */
export const liveStorages = (): LiveStorage[] => origins?.list() ?? []
