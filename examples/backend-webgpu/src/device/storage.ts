/// <reference types="@webgpu/types" />
import { type Buffer, type DType, dtypes, newArray, type TypedArray } from '@sconce/backend'
import type { Commands } from './commands.ts'
import type { Health } from './health.ts'
import { type Slab, type Slabs, sizeClass, WORD } from './slabs.ts'

/** What `allocate` returns. */
export class GpuBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  /** Gone when the buffer was freed. */
  slab: Slab | undefined

  constructor(dtype: DType, length: number, slab: Slab) {
    this.dtype = dtype
    this.length = length
    this.slab = slab
  }
}

/** The memory behind a buffer. */
export function slabOf(buffer: Buffer): Slab {
  if (!(buffer instanceof GpuBuffer)) throw new TypeError('a buffer of another backend')
  if (!buffer.slab) throw new Error('the buffer was freed')
  return buffer.slab
}

type Words = Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>

/** Elements as words: narrow integers and truth values take a word each on the device. */
function widen(data: TypedArray): Words | Int32Array | Float32Array {
  if (data instanceof Float32Array || data instanceof Int32Array) return data
  return Uint32Array.from(data as Uint8Array)
}

/** Words as elements of the dtype's JS array. */
function narrow(words: ArrayBuffer, dtype: DType, length: number): TypedArray {
  if (dtypes[dtype].size === WORD) return new dtypes[dtype].array(words, 0, length)
  const data = newArray(dtype, length)
  data.set(new Uint32Array(words, 0, length) as never)
  return data
}

/** Buffers that wait for the next read, and how many bytes of them are kept. */
const KEPT_STAGING_BYTES = 16 * 2 ** 20

/** Moves elements between the host and the device. */
export class Storage {
  readonly #device: GPUDevice
  readonly #slabs: Slabs
  readonly #commands: Commands
  readonly #health: Health
  readonly #staging: GPUBuffer[] = []
  #stagingBytes = 0

  constructor(device: GPUDevice, slabs: Slabs, commands: Commands, health: Health) {
    this.#device = device
    this.#slabs = slabs
    this.#commands = commands
    this.#health = health
  }

  allocate(dtype: DType, length: number): GpuBuffer {
    return new GpuBuffer(dtype, length, this.#slabs.take(length))
  }

  free(buffer: Buffer): void {
    this.#slabs.give(slabOf(buffer))
    ;(buffer as GpuBuffer).slab = undefined
  }

  write(buffer: Buffer, data: TypedArray, offset: number): void {
    if (data.length > 0) this.#commands.write(slabOf(buffer), offset * WORD, widen(data))
  }

  /** The copy is enqueued at once, so that what is enqueued later can't change what is read. */
  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    if (length === 0) return newArray(buffer.dtype, 0)
    const bytes = length * WORD
    const staging = this.#takeStaging(bytes)
    this.#commands.copy(slabOf(buffer), offset * WORD, staging, 0, bytes)
    this.#commands.flush()
    await this.#health.settled(staging.mapAsync(GPUMapMode.READ, 0, bytes))
    const words = staging.getMappedRange(0, bytes).slice(0)
    staging.unmap()
    this.#giveStaging(staging)
    return narrow(words, buffer.dtype, length)
  }

  #takeStaging(bytes: number): GPUBuffer {
    const size = sizeClass(bytes)
    const at = this.#staging.findIndex((buffer) => buffer.size === size)
    if (at >= 0) {
      this.#stagingBytes -= size
      return this.#staging.splice(at, 1)[0]
    }
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    return this.#device.createBuffer({ size, usage })
  }

  #giveStaging(buffer: GPUBuffer): void {
    if (this.#stagingBytes + buffer.size > KEPT_STAGING_BYTES) {
      buffer.destroy()
      return
    }
    this.#stagingBytes += buffer.size
    this.#staging.push(buffer)
  }
}
