import { activeDevices, getDevice } from './device.ts'
import { check } from './errors.ts'

/** What lives on a device. */
export interface DeviceMemory {
  /** Bytes of the elements of all storages; `torch.cuda.memory_allocated`. */
  readonly bytes: number
  readonly storages: number
  /** The most that `bytes` has been; `torch.cuda.max_memory_allocated`. */
  readonly peakBytes: number
  /** Bytes that were moved to host memory so far to make room, and back because they were needed. */
  readonly spilledBytes: number
  readonly restoredBytes: number
  /** What the device itself takes, by what it is, where the backend tells: `{ textures: 67108864 }`. */
  readonly usage: Readonly<Record<string, number>>
}

/**
 * What lives on each device that has been used. A device whose buffers are ordinary JS objects (cpu) counts
 * nothing: the JS engine alone knows which are still reachable.
 */
export const memory = (): Record<string, DeviceMemory> =>
  Object.fromEntries(
    activeDevices().map((device) => [
      device.name,
      {
        bytes: device.bytes,
        storages: device.residents.size,
        peakBytes: device.peakBytes,
        spilledBytes: device.spilledBytes,
        restoredBytes: device.restoredBytes,
        usage: device.backend.usage?.() ?? {},
      },
    ]),
  )

/**
 * Says how many bytes a device (default: the default device) may hold before tensors that were not used
 * for long are moved to host memory. Without it a device starts with little, and takes more by itself where
 * what it holds turns out to be in use, up to the backend's budget. Compare
 * `torch.cuda.set_per_process_memory_fraction`.
 *
 * @throws RuntimeError unless `bytes` is positive; infinity is allowed.
 */
export function setMemoryLimit(bytes: number, device?: string): void {
  check(bytes > 0, () => `a memory limit must be positive, but got ${bytes}`)
  getDevice(device).memoryLimit = bytes
}
