import {
  type Backend,
  type Buffer,
  bytesOf,
  type Kernel,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import { kernelParts } from './kernel-parts.ts'

/**
 * A backend that passes everything on and remembers what was asked of it: which primitives a case stands
 * on, and whether any kernel had to be lowered.
 */
export class RecordingBackend implements Backend {
  readonly name: Backend['name']
  readonly info: Backend['info']
  readonly readSync?: Backend['readSync']
  readonly readAllSync?: Backend['readAllSync']
  readonly warmUp?: Backend['warmUp']
  /** Names of primitives, as `kernelParts` gives them, since the last reset. */
  readonly used = new Set<string>()
  /** A kernel was not supported since the last reset. */
  lowered = false
  /** Kernels that ran since the last reset. */
  ran = 0
  /** Buffers that were allocated and not freed; of devices that count. */
  readonly live = new Set<Buffer>()
  /** Buffers that were freed without being live. */
  strayFrees = 0
  /** Bytes of the live buffers, now and at most since the last reset. */
  bytes = 0
  peak = 0
  readonly #backend: Backend

  constructor(backend: Backend) {
    this.#backend = backend
    this.name = backend.name
    this.info = backend.info
    if (backend.readSync)
      this.readSync = (buffer, offset, length) =>
        (backend.readSync as NonNullable<Backend['readSync']>)(buffer, offset, length)
    if (backend.readAllSync)
      this.readAllSync = (buffers) =>
        (backend.readAllSync as NonNullable<Backend['readAllSync']>)(buffers)
    if (backend.warmUp)
      this.warmUp = (kernels, progress) =>
        (backend.warmUp as NonNullable<Backend['warmUp']>)(kernels, progress)
  }

  reset(): void {
    this.used.clear()
    this.lowered = false
    this.ran = 0
    this.strayFrees = 0
    this.peak = this.bytes
  }

  supports(kernel: Kernel): boolean {
    const supported = this.#backend.supports(kernel)
    if (!supported) this.lowered = true
    return supported
  }

  allocate(dtype: Buffer['dtype'], length: number): Buffer {
    const buffer = this.#backend.allocate(dtype, length)
    this.used.add(`storage/${dtype}`)
    if (this.info.collected) return buffer
    this.live.add(buffer)
    this.bytes += bytesOf(buffer)
    this.peak = Math.max(this.peak, this.bytes)
    return buffer
  }

  free(buffer: Buffer): void {
    if (this.live.delete(buffer)) this.bytes -= bytesOf(buffer)
    else if (!this.info.collected) this.strayFrees++
    this.#backend.free(buffer)
  }

  write(buffer: Buffer, data: TypedArray, offset?: number): void {
    this.#backend.write(buffer, data, offset)
  }

  read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return this.#backend.read(buffer, offset, length)
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.ran++
    for (const part of kernelParts(kernel)) this.used.add(part)
    this.#backend.run(kernel, inputs, outputs, scalars)
  }

  synchronize(): Promise<void> {
    return this.#backend.synchronize()
  }

  dispose(): void {
    this.#backend.dispose()
  }
}
