import {
  type Buffer,
  ContentsLost,
  type DType,
  dtypes,
  newArray,
  OutOfMemory,
  SconceError,
  type TypedArray,
} from '@sconce/backend'
import type { Device } from './device/device.ts'
import { formatOf, formats, type HostArray } from './device/formats.ts'
import type { Renderer } from './device/renderer.ts'
import { rowTexels, type Texture, type TexturePool, texelsOf } from './device/textures.ts'
import { download, downloadAll, downloadLater, upload } from './device/transfer.ts'

/** Bytes from which on buffers are read in parts, to need no more memory besides. */
const partBytes = 1 << 24

/** A buffer: a handle on the texture that holds its elements now. */
export class WebglBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  /** Undefined once freed. */
  texture: Texture | undefined
  /** A copy on the host, from which the contents come back after the context was lost. */
  copy: HostArray | undefined
  /** Whether the contents are to be copied to the host, and whether they have changed since. */
  kept = false
  changed = false

  constructor(dtype: DType, length: number, texture: Texture) {
    this.dtype = dtype
    this.length = length
    this.texture = texture
  }
}

/** What a read gives, as an array of the dtype. */
function asArrayOf(dtype: DType, data: HostArray): TypedArray {
  const { array } = formats[formatOf(dtype)]
  const narrow = data instanceof array ? data : new array(data)
  if (narrow instanceof Uint32Array) throw new TypeError('no dtype has Uint32Array')
  return narrow
}

/** The data of a write, which has the array type of the dtype. */
function hostArray(dtype: DType, data: TypedArray): HostArray {
  if (data instanceof dtypes[dtype].array && !(data instanceof BigInt64Array)) {
    if (!(data instanceof Float64Array || data instanceof Uint16Array)) return data
  }
  throw new TypeError(`webgl: ${data.constructor.name} is not the array of ${dtype}`)
}

/** Buffers and their contents, through the loss of the context and back. */
export class Storage {
  readonly #device: Device
  readonly #pool: TexturePool
  readonly #renderer: Renderer
  readonly #kept = new Set<WebglBuffer>()

  constructor(device: Device, pool: TexturePool, renderer: Renderer) {
    this.#device = device
    this.#pool = pool
    this.#renderer = renderer
    device.onReset(() => pool.forget())
  }

  /** Most elements that one texture holds. */
  get maxLength(): number {
    return 4 * rowTexels * this.#device.limits.textureSize
  }

  allocate(dtype: DType, length: number): WebglBuffer {
    const format = formatOf(dtype)
    this.#device.check()
    if (length > this.maxLength) {
      throw new OutOfMemory(
        `webgl: a tensor of ${length} elements is larger than this device's largest texture, ` +
          `which holds ${this.maxLength}`,
      )
    }
    return new WebglBuffer(dtype, length, this.#pool.acquire(format, texelsOf(length)))
  }

  free(buffer: WebglBuffer): void {
    if (buffer.texture) this.#pool.release(buffer.texture)
    buffer.texture = undefined
    buffer.copy = undefined
    this.#kept.delete(buffer)
  }

  /** The texture with the buffer's contents; throws `ContentsLost` where they were lost. */
  contents(buffer: WebglBuffer): Texture {
    const texture = this.#textureOf(buffer)
    if (texture.generation === this.#device.generation) return texture
    this.#device.check()
    if (!buffer.copy) {
      throw new ContentsLost(
        `webgl: the contents of a ${buffer.dtype} buffer of ${buffer.length} elements were lost ` +
          'with the WebGL context; write them again, or keep a host copy of what must survive',
      )
    }
    const fresh = this.#pool.acquire(formatOf(buffer.dtype), texelsOf(buffer.length))
    upload(this.#device, fresh, buffer.copy)
    buffer.texture = fresh
    buffer.changed = false
    return fresh
  }

  /** The texture to be filled with wholly new contents. */
  blank(buffer: WebglBuffer): Texture {
    const texture = this.#textureOf(buffer)
    if (texture.generation === this.#device.generation) return texture
    this.#device.check()
    buffer.texture = this.#pool.acquire(formatOf(buffer.dtype), texelsOf(buffer.length))
    return buffer.texture
  }

  /** Puts other contents in place of the buffer's. */
  swap(buffer: WebglBuffer, texture: Texture): void {
    if (buffer.texture) this.#pool.release(buffer.texture)
    buffer.texture = texture
    this.touch(buffer)
  }

  /** Notes that the contents have changed. */
  touch(buffer: WebglBuffer): void {
    buffer.changed = true
  }

  /** Fills whole texels: `offset` is a multiple of 4, and so is the length unless it ends the buffer. */
  put(buffer: WebglBuffer, data: TypedArray, offset: number): void {
    const all = offset === 0 && data.length === buffer.length
    const texture = all ? this.blank(buffer) : this.contents(buffer)
    const host = hostArray(buffer.dtype, data)
    upload(this.#device, texture, host, offset)
    this.touch(buffer)
    if (buffer.kept && all) {
      buffer.copy = host.slice()
      buffer.changed = false
    }
  }

  readSync(buffer: WebglBuffer, offset: number, length: number): TypedArray {
    const texture = this.contents(buffer)
    if (length === 0) return newArray(buffer.dtype, 0)
    const data = download(this.#device, this.#renderer, texture, offset, length)
    return asArrayOf(buffer.dtype, data)
  }

  /** The contents of several buffers, with one wait for each part that is not too large; see `Backend`. */
  readAllSync(buffers: readonly WebglBuffer[]): (TypedArray | undefined)[] {
    const found = new Map<WebglBuffer, TypedArray>()
    let part: WebglBuffer[] = []
    let bytes = 0
    const readPart = () => {
      const readings = part.map((buffer) => ({
        texture: this.contents(buffer),
        length: buffer.length,
      }))
      const data = downloadAll(this.#device, this.#renderer, readings)
      part.forEach((buffer, i) => {
        found.set(buffer, asArrayOf(buffer.dtype, data[i]))
      })
      part = []
      bytes = 0
    }
    for (const buffer of buffers) {
      if (buffer.length === 0) found.set(buffer, newArray(buffer.dtype, 0))
      if (buffer.length === 0 || !this.#holds(buffer)) continue
      part.push(buffer)
      bytes += buffer.length * 4
      if (bytes >= partBytes) readPart()
    }
    if (part.length > 0) readPart()
    return buffers.map((buffer) => found.get(buffer))
  }

  async read(buffer: WebglBuffer, offset: number, length: number): Promise<TypedArray> {
    const texture = this.contents(buffer)
    if (length === 0) return newArray(buffer.dtype, 0)
    const data = await downloadLater(this.#device, this.#renderer, texture, offset, length)
    return asArrayOf(buffer.dtype, data)
  }

  /** Whether the contents are copied to the host at every write and every `refreshCopies`. */
  keep(buffer: WebglBuffer, kept: boolean): void {
    buffer.kept = kept
    if (kept) {
      this.#kept.add(buffer)
      buffer.changed = true
    } else {
      this.#kept.delete(buffer)
      buffer.copy = undefined
    }
  }

  /** Brings the host copies of kept buffers up to date, all as of now. */
  async refreshCopies(): Promise<void> {
    // What was lost before there was a copy is for those to be told of who touch it.
    const stale = [...this.#kept].filter(
      ({ changed, texture }) => changed && texture?.generation === this.#device.generation,
    )
    const reads = stale.map((buffer) => {
      buffer.changed = false
      return this.read(buffer, 0, buffer.length)
    })
    const copies = await Promise.all(reads)
    stale.forEach((buffer, i) => {
      if (buffer.kept) buffer.copy = hostArray(buffer.dtype, copies[i])
    })
  }

  /** Whether there are contents, on the device or in a copy. */
  #holds(buffer: WebglBuffer): boolean {
    this.#device.check()
    return buffer.copy !== undefined || buffer.texture?.generation === this.#device.generation
  }

  #textureOf(buffer: WebglBuffer): Texture {
    if (!buffer.texture) throw new SconceError('webgl: this buffer has been freed')
    return buffer.texture
  }
}
