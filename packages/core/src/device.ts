import {
  type Backend,
  type BackendPlugin,
  BackendUnavailable,
  type Buffer,
  bytesOf,
  ContentsLost,
  type DType,
  dtypes,
  getPlugin,
  OutOfMemory,
  registeredBackends,
  type TypedArray,
  UnsupportedDType,
} from '@sconce/backend'
import { RuntimeError } from './errors.ts'
import { originRecorder } from './origins.ts'
import { type Load, Pressure } from './pressure.ts'
import { CollectionWatch, ResidentList } from './residents.ts'
import { Resident, Storage } from './storage.ts'

const nothing: Load = { bytes: 0, storages: 0 }

/** A backend in use, with the account of what it holds. */
export class Device {
  readonly backend: Backend
  /** Bytes of the buffers that live on the device. */
  bytes = 0
  /** The most that `bytes` has been. */
  peakBytes = 0
  /** Bytes that were moved to the host so far, and back. */
  spilledBytes = 0
  restoredBytes = 0
  /** Counts launches and allocations; a buffer used in the current one is never spilled. */
  epoch = 0
  /** What lives on the device and can be spilled; only for devices whose buffers are not collected. */
  readonly residents = new ResidentList()
  readonly #collections: CollectionWatch | undefined
  readonly #pressure: Pressure
  #spillEpoch = 0

  constructor(backend: Backend) {
    this.backend = backend
    this.#pressure = new Pressure(backend.info)
    if (!backend.info.collected) {
      this.#collections = new CollectionWatch((resident) => this.free(resident))
    }
  }

  get name(): string {
    return this.backend.name
  }

  /** Bytes that may live here before some are spilled; see `setMemoryLimit`. */
  set memoryLimit(bytes: number) {
    this.#pressure.limit = bytes
  }

  /** Storage for `length` elements, contents unspecified. Throws `OutOfMemory`, `UnsupportedDType`. */
  allocate(dtype: DType, length: number): Storage {
    const { info } = this.backend
    if (!info.dtypes[dtype]?.storage) {
      throw new UnsupportedDType(
        `device '${this.name}' does not hold ${dtype}; it holds ${Object.keys(info.dtypes).join(', ')}. ` +
          `Convert the data first, for example with dtype: '${dtypes[dtype].kind === 'float' ? 'float32' : 'int32'}', or use another device.`,
      )
    }
    if (length > info.maxLength) {
      throw new OutOfMemory(
        `device '${this.name}' holds at most ${info.maxLength} elements in one tensor, but ${length} are needed`,
      )
    }
    this.epoch++
    const resident = new Resident(this.allocateBuffer(dtype, length), this.epoch)
    const storage = new Storage(this, resident, dtype, length)
    this.track(storage, resident)
    originRecorder()?.(storage)
    return storage
  }

  /** A buffer; makes room by spilling where the budget or the device asks for it. */
  allocateBuffer(dtype: DType, length: number) {
    const bytes = bytesOf({ dtype, length })
    const [total, storages] = [this.bytes + bytes, this.residents.size + 1]
    if (this.#pressure.isTooMuch(total, storages)) this.#relieve({ bytes: total, storages })
    let buffer: ReturnType<Backend['allocate']>
    try {
      buffer = this.backend.allocate(dtype, length)
    } catch (error) {
      this.makeRoom(error)
      buffer = this.backend.allocate(dtype, length)
    }
    // What the JS engine collects never comes back to be subtracted.
    if (!this.backend.info.collected) {
      this.bytes += bytes
      if (this.bytes > this.peakBytes) this.peakBytes = this.bytes
    }
    return buffer
  }

  /** Counts a storage's buffer as living on the device, to be freed when the storage is collected. */
  track(storage: Storage, resident: Resident): void {
    if (!this.#collections) return
    this.residents.add(resident)
    this.#collections.watch(storage)
  }

  /** Brings a spilled buffer back. */
  restore(storage: Storage, resident: Resident, host: TypedArray): Buffer {
    const buffer = this.allocateBuffer(storage.dtype, storage.length)
    if (resident.kept) this.backend.keepHostCopy?.(buffer)
    this.backend.write(buffer, host)
    resident.host = undefined
    resident.buffer = buffer
    this.track(storage, resident)
    this.restoredBytes += host.byteLength
    this.#pressure.restored({ bytes: host.byteLength, storages: 1 })
    return buffer
  }

  #relieve(wanted: Load): void {
    const target = this.#pressure.relief(wanted)
    if (target) this.#pressure.spilled(this.spill(target))
  }

  /**
   * Spills all that can go after an allocation failed, here or inside of a kernel, which may then be tried
   * again. Throws the error if it is another one, or nothing can go.
   */
  makeRoom(error: unknown): void {
    if (!(error instanceof OutOfMemory) || this.spill(nothing).storages === 0) throw error
  }

  /** Gives a buffer back. Safe to call twice. */
  free(resident: Resident): void {
    const { buffer } = resident
    resident.host = undefined
    if (!buffer) return
    resident.buffer = undefined
    if (this.#collections) {
      this.residents.delete(resident)
      this.#collections.unwatch(resident)
      if (!resident.lost) this.bytes -= bytesOf(buffer)
    }
    this.backend.free(buffer)
  }

  /**
   * Moves the least recently used buffers to host memory until at most `target` is left on the device.
   * The copies are ordinary JS objects: those of unreachable tensors the engine collects. Returns what
   * was moved.
   */
  spill(target: Load): Load {
    const { backend } = this
    const moved = { bytes: 0, storages: 0 }
    if (!backend.readSync) return moved
    // First what the younger half of the launches since the last spill left alone, then all.
    for (const cut of [(this.#spillEpoch + this.epoch) / 2, this.epoch]) {
      const leaving: Resident[] = []
      let { bytes } = this
      for (const resident of this.residents) {
        if (bytes <= target.bytes && this.residents.size - leaving.length <= target.storages) break
        const { buffer } = resident
        if (!buffer || resident.lost || resident.lastUse >= cut) continue
        leaving.push(resident)
        bytes -= bytesOf(buffer)
      }
      this.#move(leaving, moved)
    }
    this.#collections?.prune()
    this.#spillEpoch = this.epoch
    this.spilledBytes += moved.bytes
    return moved
  }

  /**
   * Moves buffers to the host. What was lost with an earlier life of the device stays, but takes no room:
   * whoever touches it is told.
   */
  #move(residents: readonly Resident[], moved: { bytes: number; storages: number }): void {
    const buffers = residents.flatMap(({ buffer }) => buffer ?? [])
    const copies = this.#copiesOf(buffers)
    residents.forEach((resident, i) => {
      const bytes = bytesOf(buffers[i])
      const copy = copies[i]
      if (!copy) {
        resident.lost = true
        this.bytes -= bytes
        return
      }
      this.free(resident)
      resident.host = copy
      moved.bytes += bytes
      moved.storages++
    })
  }

  /** What buffers hold; undefined for what was lost. */
  #copiesOf(buffers: readonly Buffer[]): (TypedArray | undefined)[] {
    const { backend } = this
    if (backend.readAllSync) return backend.readAllSync(buffers)
    return buffers.map((buffer) => {
      try {
        return backend.readSync?.(buffer, 0, buffer.length)
      } catch (error) {
        if (error instanceof ContentsLost) return undefined
        throw error
      }
    })
  }
}

const devices = new Map<string, Device>()
let defaultDevice: Device | undefined

const start = (backend: Backend): Device => {
  const device = new Device(backend)
  devices.set(backend.name, device)
  return device
}

/**
 * The device of that name, made if its backend starts synchronously.
 *
 * @throws RuntimeError for a name that no backend has registered; `BackendUnavailable` where the
 * backend starts asynchronously and `init` has not been awaited.
 */
export function getDevice(name?: string): Device {
  if (name === undefined) {
    defaultDevice ??= firstDevice()
    return defaultDevice
  }
  const known = devices.get(name)
  if (known) return known
  const made = getPlugin(name).create()
  if (made instanceof Promise) {
    // The promise is dropped: the caller has to await init(), which makes its own.
    made.then(
      (backend) => backend.dispose(),
      () => undefined,
    )
    throw new BackendUnavailable(
      `device '${name}' starts asynchronously: call \`await init('${name}')\` before using it`,
    )
  }
  return start(made)
}

/** Without a choice by the user: the least demanding backend, which is the embedded one. */
function firstDevice(): Device {
  const plugin = registeredBackends().at(-1)
  if (!plugin) {
    throw new BackendUnavailable(
      "no backend is registered: import one, for example '@sconce/backend-cpu'",
    )
  }
  return getDevice(plugin.name)
}

/** Name of the device where new tensors go; `torch.get_default_device`. */
export const getDefaultDevice = (): string => getDevice().name

/** Sets the device where new tensors go; `torch.set_default_device`. */
export function setDefaultDevice(name: string): void {
  defaultDevice = getDevice(name)
}

/** Devices that have been made so far. */
export const activeDevices = (): readonly Device[] => [...devices.values()]

/** Backends that are being started, so that none is started twice. */
const starting = new Map<string, Promise<Device>>()

/** The device of a plug-in, started if it isn't; throws where it can't run or start. */
async function started(plugin: BackendPlugin, byName: boolean): Promise<Device> {
  const known = devices.get(plugin.name)
  if (known) return known
  const probe = await plugin.probe()
  if (!probe.available) throw new BackendUnavailable(`${probe.reason} (${probe.mend})`)
  if (probe.software && !byName) {
    throw new BackendUnavailable(`${probe.description} is software; ask for it by name`)
  }
  const pending = starting.get(plugin.name) ?? Promise.resolve(plugin.create()).then(start)
  starting.set(plugin.name, pending)
  try {
    return await pending
  } finally {
    starting.delete(plugin.name)
  }
}

/**
 * Starts a backend and makes it the default: the first of `names` that works, or without names the
 * best that is available (a software-rendered GPU never is). Resolves to its name. When none works the
 * previous default stays.
 *
 * @throws BackendUnavailable with the reason of each; at once for a name that nobody has registered,
 * wherever it stands in the list: that is a mistake in the program, not a matter of where it runs.
 */
export async function init(...names: string[]): Promise<string> {
  const plugins = names.length > 0 ? names.map(getPlugin) : registeredBackends()
  const reasons: string[] = []
  for (const plugin of plugins) {
    try {
      defaultDevice = await started(plugin, names.length > 0)
      return plugin.name
    } catch (error) {
      reasons.push(`${plugin.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new BackendUnavailable(`no backend could be started. ${reasons.join('; ')}`)
}

/** Makes an existing backend object a device of its name; what the conformance kit and tests use. */
export function useBackend(backend: Backend): Device {
  return start(backend)
}

/**
 * Resolves when all work that was given to a device is done (default: the default device), without
 * blocking; `torch.cuda.synchronize`. Brings kept host copies up to date: see `keepHostCopy`.
 *
 * @throws DeviceLost where the device went away meanwhile.
 */
export const synchronize = (device?: string): Promise<void> =>
  getDevice(device).backend.synchronize()

/** Stops a device; its tensors become unusable. */
export function disposeDevice(name: string): void {
  const device = devices.get(name)
  if (!device) return
  devices.delete(name)
  if (defaultDevice === device) defaultDevice = undefined
  device.backend.dispose()
}

const sameName = ' They are of two copies of the library, or the device was stopped and made anew.'

/** Throws unless all tensors live on one device, in PyTorch's words; returns it. */
export function commonDevice(
  tensors: readonly { readonly storage: Storage }[],
): Device | undefined {
  let found: Device | undefined
  for (const { storage } of tensors) {
    if (found && storage.device !== found) {
      throw new RuntimeError(
        'Expected all tensors to be on the same device, but found at least two devices, ' +
          `${found.name} and ${storage.device.name}!${found.name === storage.device.name ? sameName : ''}`,
      )
    }
    found = storage.device
  }
  return found
}
