import { OutOfMemory } from '@sconce/backend'
import type { Device } from './device.ts'
import { type Format, formats } from './formats.ts'

/** Texels per row of every texture that has more than one row, as a power of two: all that a shader need know. */
export const rowBits = 11
export const rowTexels = 1 << rowBits

export interface Texture {
  readonly handle: WebGLTexture
  readonly format: Format
  readonly width: number
  readonly height: number
  /** More than one: an array of textures, all rendered to in one pass. */
  readonly layers: number
  readonly bytes: number
  readonly generation: number
  /** Made when first rendered to or read. */
  framebuffer: WebGLFramebuffer | undefined
}

const power = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(n, 1)))

/** The next of the sizes that are made, so that nearby sizes can share pooled textures. */
function step(n: number): number {
  const unit = Math.max(1, power(n) / 16)
  return Math.ceil(n / unit) * unit
}

/** Width and height for `texels`, rounded up. */
export function textureShape(texels: number): { width: number; height: number } {
  if (texels <= rowTexels) return { width: power(texels), height: 1 }
  return { width: rowTexels, height: step(Math.ceil(texels / rowTexels)) }
}

/** Texels that hold `length` elements; at least one, so that every buffer has a texture. */
export const texelsOf = (length: number): number => Math.max(1, Math.ceil(length / 4))

const keyOf = (format: Format, width: number, height: number, layers: number): string =>
  `${format}${width}x${height}x${layers}`

/**
 * Textures in use and textures kept for reuse. Free ones are kept up to a number of bytes, the longest
 * unused are deleted first.
 */
export class TexturePool {
  /** Bytes of textures that somebody holds. */
  usedBytes = 0
  /** Bytes of free textures kept for reuse. */
  freeBytes = 0
  readonly #device: Device
  readonly #keep: number
  readonly #limit: number
  readonly #free = new Map<string, Texture[]>()
  readonly #order = new Set<Texture>()

  /** `keepBytes` of free textures are kept; more than `limitBytes` in use is out of memory. */
  constructor(device: Device, keepBytes: number, limitBytes: number) {
    this.#device = device
    this.#keep = keepBytes
    this.#limit = limitBytes
  }

  /** A texture for `texels` texels, with unspecified contents. Throws `OutOfMemory`. */
  acquire(format: Format, texels: number): Texture {
    const { width, height } = textureShape(texels)
    return this.#take(format, width, Math.min(height, this.#device.limits.textureSize))
  }

  /** A texture of at least that width and height, perhaps an array, for results that are no buffer's. */
  acquireGrid(format: Format, width: number, height: number, layers: number): Texture {
    const size = this.#device.limits.textureSize
    return this.#take(format, Math.min(step(width), size), Math.min(step(height), size), layers)
  }

  #take(format: Format, width: number, rows: number, layers = 1): Texture {
    const free = this.#free.get(keyOf(format, width, rows, layers))
    const texture = free?.pop()
    if (texture) {
      this.#order.delete(texture)
      this.freeBytes -= texture.bytes
      this.usedBytes += texture.bytes
      return texture
    }
    return this.#create(format, width, rows, layers)
  }

  release(texture: Texture): void {
    if (texture.generation !== this.#device.generation) return
    this.usedBytes -= texture.bytes
    this.freeBytes += texture.bytes
    const key = keyOf(texture.format, texture.width, texture.height, texture.layers)
    const free = this.#free.get(key)
    if (free) free.push(texture)
    else this.#free.set(key, [texture])
    this.#order.add(texture)
    if (this.freeBytes > this.#keep) this.trim(this.#keep)
  }

  /** Deletes free textures until at most `bytes` of them are left. */
  trim(bytes: number): void {
    for (const texture of this.#order) {
      if (this.freeBytes <= bytes) break
      this.#order.delete(texture)
      const key = keyOf(texture.format, texture.width, texture.height, texture.layers)
      const free = this.#free.get(key) ?? []
      free.splice(free.indexOf(texture), 1)
      if (free.length === 0) this.#free.delete(key)
      this.freeBytes -= texture.bytes
      this.#device.deleteTexture(texture)
    }
  }

  /** Forgets everything: the context has lost it. */
  forget(): void {
    this.#free.clear()
    this.#order.clear()
    this.usedBytes = 0
    this.freeBytes = 0
  }

  #create(format: Format, width: number, height: number, layers: number): Texture {
    const bytes = width * height * layers * formats[format].bytes
    // Free textures count too: memory is what the device holds, not what we use of it.
    if (this.usedBytes + this.freeBytes + bytes > this.#limit) {
      this.trim(Math.max(0, this.#limit - this.usedBytes - bytes))
    }
    const within = this.usedBytes + bytes <= this.#limit
    let handle = within
      ? this.#device.createTexture(format, width, height, layers, bytes)
      : undefined
    if (!handle && within && this.freeBytes > 0) {
      this.trim(0)
      handle = this.#device.createTexture(format, width, height, layers, bytes)
    }
    if (!handle) {
      this.#device.check()
      throw new OutOfMemory(
        `webgl: out of memory. Tried to allocate ${bytes} bytes; ${this.usedBytes} bytes are in use`,
      )
    }
    this.usedBytes += bytes
    const { generation } = this.#device
    return { handle, format, width, height, layers, bytes, generation, framebuffer: undefined }
  }
}
