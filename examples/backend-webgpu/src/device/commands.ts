/// <reference types="@webgpu/types" />
import type { Slab } from './slabs.ts'

/** What a dispatch may hand to its program beside buffers: bytes of the window on the uniform buffer. */
export const PARAMETER_BYTES = 16 * 1024
const CHUNK_BYTES = 64 * 1024
/** Offsets into a uniform buffer are multiples of this on every device. */
const ALIGNMENT = 256
/** Dispatches after which work is handed over, so that the device begins while we go on. */
const DISPATCHES_PER_BATCH = 64

/** How many workgroups a program is run with; beyond `FOLD`, in rows of `FOLD`. */
export const FOLD = 32_768

/**
 * Work in the order in which it was asked for. Commands are held back and handed over in batches, since
 * handing over costs more than a small kernel does. The parameters of a batch's dispatches share a uniform
 * buffer, which is written right before the batch.
 */
export class Commands {
  readonly #device: GPUDevice
  readonly #uniforms: GPUBuffer
  readonly #parameterGroup: GPUBindGroup
  readonly #chunk = new Int32Array(CHUNK_BYTES / 4)
  /** Layout of bind group 0, the same for every program. */
  readonly parameterLayout: GPUBindGroupLayout
  #used = 0
  #dispatches = 0
  #encoder: GPUCommandEncoder | undefined
  #pass: GPUComputePassEncoder | undefined
  /** The number of the batch that is being filled. */
  batch = 0

  constructor(device: GPUDevice) {
    this.#device = device
    this.#uniforms = device.createBuffer({
      size: CHUNK_BYTES + PARAMETER_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    })
    const buffer: GPUBufferBindingLayout = { type: 'uniform', hasDynamicOffset: true }
    this.parameterLayout = device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer }],
    })
    this.#parameterGroup = device.createBindGroup({
      layout: this.parameterLayout,
      entries: [{ binding: 0, resource: { buffer: this.#uniforms, size: PARAMETER_BYTES } }],
    })
  }

  /** Enqueues a program. `parameters` are copied. */
  dispatch(
    pipeline: GPUComputePipeline,
    storage: GPUBindGroup,
    slabs: readonly Slab[],
    parameters: Int32Array,
    workgroups: number,
  ): void {
    if (this.#used + parameters.byteLength > CHUNK_BYTES) this.flush()
    const offset = this.#used
    this.#chunk.set(parameters, offset / 4)
    this.#used = Math.ceil((offset + parameters.byteLength) / ALIGNMENT) * ALIGNMENT
    for (const slab of slabs) slab.batch = this.batch
    this.#pass ??= this.#encode().beginComputePass()
    this.#pass.setPipeline(pipeline)
    this.#pass.setBindGroup(0, this.#parameterGroup, [offset])
    this.#pass.setBindGroup(1, storage)
    this.#pass.dispatchWorkgroups(Math.min(workgroups, FOLD), Math.ceil(workgroups / FOLD))
    if (++this.#dispatches >= DISPATCHES_PER_BATCH) this.flush()
  }

  /** Enqueues a copy between slabs, or from a slab to a buffer for reading. Bytes. */
  copy(from: Slab, at: number, to: GPUBuffer, toAt: number, bytes: number): void {
    from.batch = this.batch
    this.#encodeTransfer().copyBufferToBuffer(from.gpu, at, to, toAt, bytes)
  }

  /** Enqueues filling with zeros. */
  clear(slab: Slab, bytes: number): void {
    slab.batch = this.batch
    this.#encodeTransfer().clearBuffer(slab.gpu, 0, bytes)
  }

  /** Writes words from `offset` bytes on, after everything enqueued so far that names the slab. */
  write(slab: Slab, offset: number, words: Uint32Array | Int32Array | Float32Array): void {
    // The queue writes before the commands that we still hold.
    if (slab.batch === this.batch) this.flush()
    this.#device.queue.writeBuffer(
      slab.gpu,
      offset,
      words.buffer,
      words.byteOffset,
      words.byteLength,
    )
  }

  /** Hands over what is held back. */
  flush(): void {
    this.#pass?.end()
    const commands = this.#encoder?.finish()
    this.#pass = undefined
    this.#encoder = undefined
    this.#dispatches = 0
    if (!commands) return
    if (this.#used > 0) {
      this.#device.queue.writeBuffer(this.#uniforms, 0, this.#chunk, 0, this.#used / 4)
      this.#used = 0
    }
    this.#device.queue.submit([commands])
    this.batch++
  }

  #encode(): GPUCommandEncoder {
    this.#encoder ??= this.#device.createCommandEncoder()
    return this.#encoder
  }

  /** Transfers stand between passes. */
  #encodeTransfer(): GPUCommandEncoder {
    this.#pass?.end()
    this.#pass = undefined
    return this.#encode()
  }
}
