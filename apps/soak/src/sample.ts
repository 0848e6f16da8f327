import { memory } from 'sconce'

/** What was held at a step; bytes unless said otherwise. */
export interface Sample {
  readonly step: number
  /** Milliseconds since 1970. */
  readonly time: number
  /** What tensors hold on the device, and how many storages those are. */
  readonly device: number
  readonly storages: number
  /** The linear memory, or all textures; what the backend calls its own. */
  readonly taken: number
  /** Of the JS engine: objects. */
  readonly heap: number
  /** Of the process; in a browser it is looked at from outside. */
  readonly resident?: number
}

/** What Chromium adds to `performance`. */
interface MemoryInfo {
  readonly memory?: { readonly usedJSHeapSize: number }
}

const heapInBrowser = (): number => {
  const { memory: info }: MemoryInfo = performance as MemoryInfo
  return info?.usedJSHeapSize ?? Number.NaN
}

/** What the process, or the page, and a device hold now. */
export function sample(step: number, name: string): Sample {
  const { bytes, storages, usage } = memory()[name]
  const { used: _, ...taken } = usage
  const held = {
    ...{ step, time: Date.now(), device: bytes, storages },
    taken: Object.values(taken).reduce((sum, value) => sum + value, 0),
  }
  if (typeof process === 'undefined' || !process.memoryUsage) {
    return { ...held, heap: heapInBrowser() }
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { ...held, heap: heapUsed, resident: rss }
}
