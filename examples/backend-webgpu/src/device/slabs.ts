/// <reference types="@webgpu/types" />
import { OutOfMemory } from '@sconce/backend'

/** A piece of GPU memory. It outlives the buffers that it is lent to, one after the other. */
export interface Slab {
  readonly id: number
  readonly gpu: GPUBuffer
  readonly bytes: number
  /** The last batch of commands that names it. */
  batch: number
}

/** Elements are one word each: see `wgsl/types.ts`. */
export const WORD = 4

const SMALLEST = 256

/** Sizes in steps of a quarter of a power of two, so that few sizes serve all and at most a fifth is idle. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2)
  return Math.ceil(bytes / step) * step
}

export interface SlabLimits {
  /** Bytes that may be lent at a time. */
  readonly memory: number
  /** Bytes that are kept for later when nobody has them. */
  readonly pool: number
}

/** Lends slabs, and keeps what comes back: making a GPU buffer is far dearer than a small kernel. */
export class Slabs {
  readonly #device: GPUDevice
  readonly #limits: SlabLimits
  /** Called before a slab is destroyed, which no command that is still held back may name. */
  readonly #beforeDestroy: () => void
  readonly #free = new Map<number, Slab[]>()
  #count = 0
  #lent = 0
  #idle = 0

  constructor(device: GPUDevice, limits: SlabLimits, beforeDestroy: () => void) {
    this.#device = device
    this.#limits = limits
    this.#beforeDestroy = beforeDestroy
  }

  /** Bytes that are lent. */
  get bytes(): number {
    return this.#lent
  }

  /** @throws OutOfMemory where the device or the limit has no room for so many words */
  take(words: number): Slab {
    const bytes = sizeClass(words * WORD)
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize)
    if (words * WORD > most) {
      throw new OutOfMemory(`${words} elements take more than the ${most} bytes of a WebGPU buffer`)
    }
    if (this.#lent + bytes > this.#limits.memory) {
      throw new OutOfMemory(
        `${bytes} bytes more than the ${this.#lent} in use are beyond the limit of ${this.#limits.memory}`,
      )
    }
    this.#lent += bytes
    const kept = this.#free.get(bytes)?.pop()
    if (kept) {
      this.#idle -= bytes
      return kept
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    const gpu = this.#device.createBuffer({ size: Math.min(bytes, most), usage })
    return { id: this.#count++, gpu, bytes, batch: -1 }
  }

  /** Takes a slab back. Commands that name it may still be held back: they run before those of its next owner. */
  give(slab: Slab): void {
    this.#lent -= slab.bytes
    const kept = this.#free.get(slab.bytes) ?? []
    this.#free.set(slab.bytes, kept)
    kept.push(slab)
    this.#idle += slab.bytes
    if (this.#idle > this.#limits.pool) this.clear()
  }

  /** Destroys what nobody has. */
  clear(): void {
    this.#beforeDestroy()
    for (const slabs of this.#free.values()) for (const { gpu } of slabs) gpu.destroy()
    this.#free.clear()
    this.#idle = 0
  }
}
