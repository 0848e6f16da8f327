import type { Buffer, DType, TypedArray } from '@sconce/backend'
import type { Device } from './device.ts'
import { RuntimeError } from './errors.ts'

/**
 * Where the elements are: on the device, or spilled to the host. The device knows residents, never
 * storages, so that an unreachable storage can be collected.
 */
export class Resident {
  buffer: Buffer | undefined
  host: TypedArray | undefined = undefined
  lastUse: number
  /** Neighbours in the device's list. */
  before: Resident | undefined = undefined
  after: Resident | undefined = undefined
  /** Whether the device is told when the storage is collected. */
  watched = false
  /** Whether the backend keeps a copy on the host against the loss of the device. */
  kept = false
  /** Whether the contents are gone with an earlier life of the device; then no bytes are counted. */
  lost = false

  constructor(buffer: Buffer, epoch: number) {
    this.buffer = buffer
    this.lastUse = epoch
  }
}

/** The elements that views share. */
export class Storage {
  readonly device: Device
  readonly dtype: DType
  readonly length: number
  readonly resident: Resident
  /** Tensors and saved tensors that claim this storage; see `memory.ts`. */
  owners = 0

  constructor(device: Device, resident: Resident, dtype: DType, length: number) {
    this.device = device
    this.resident = resident
    this.dtype = dtype
    this.length = length
  }

  /** The buffer on the device, brought back if it was spilled. */
  use(): Buffer {
    const { resident } = this
    resident.lastUse = this.device.epoch
    return resident.buffer ?? this.#restore()
  }

  #restore(): Buffer {
    const { device, resident } = this
    const { host } = resident
    if (!host) throw new RuntimeError('this tensor was disposed: its storage has been freed')
    return device.restore(this, resident, host)
  }

  /** Frees the elements now; later uses throw. */
  free(): void {
    this.device.free(this.resident)
  }
}

/** Whether tensors are made in inference mode; switched by the autograd package. */
export const inference = { on: false }

/** Counts in-place changes; shared by a tensor, its views and its detached aliases. */
export class VersionCounter {
  value = 0
  /** Made in inference mode: autograd must not rely on the count. */
  readonly inference = inference.on
}
