/// <reference types="@webgpu/types" />
import type {
  Backend,
  BackendInfo,
  Buffer,
  DType,
  Kernel,
  Operand,
  TypedArray,
} from '@sconce/backend'
import { findAdapter, openDevice } from './device/adapter.ts'
import { Commands } from './device/commands.ts'
import { Health } from './device/health.ts'
import { Slabs } from './device/slabs.ts'
import { Storage } from './device/storage.ts'
import { infoOf } from './info.ts'
import { Engine } from './kernels/engine.ts'
import { isNative, runKernel } from './kernels/runners.ts'

export interface WebgpuOptions {
  /** The device's name for the library. Default: `webgpu`. */
  readonly name?: string
  /** Bytes in use beyond which `allocate` throws `OutOfMemory`. Default: 4 GiB. */
  readonly memoryLimit?: number
  /** Bytes of unused GPU memory that are kept for later. Default: 256 MiB. */
  readonly poolSize?: number
  /** Bytes in use from which on tensors should move away. Default: 1 GiB. */
  readonly budget?: number
}

const MEBIBYTE = 2 ** 20

/**
 * A GPU as a device of Sconce. It can't be read synchronously: JavaScript may not wait for a GPU. The
 * member `readSync` is therefore absent, and `info.readSync` says so.
 */
export class WebgpuBackend implements Backend {
  readonly name: string
  readonly info: BackendInfo
  readonly #device: GPUDevice
  readonly #health: Health
  readonly #commands: Commands
  readonly #slabs: Slabs
  readonly #storage: Storage
  readonly #engine: Engine

  private constructor(device: GPUDevice, description: string, options: WebgpuOptions) {
    const { name = 'webgpu', memoryLimit, poolSize, budget = 1024 * MEBIBYTE } = options
    this.name = name
    this.info = infoOf({ limits: device.limits, description, budget })
    this.#device = device
    this.#health = new Health(device, name)
    this.#commands = new Commands(device)
    const limits = { memory: memoryLimit ?? 4096 * MEBIBYTE, pool: poolSize ?? 256 * MEBIBYTE }
    this.#slabs = new Slabs(device, limits, () => this.#commands.flush())
    this.#storage = new Storage(device, this.#slabs, this.#commands, this.#health)
    this.#engine = new Engine(device, this.#commands, this.#slabs)
  }

  /**
   * Opens the best GPU.
   * @throws Error where the browser gives none
   */
  static async create(options: WebgpuOptions = {}): Promise<WebgpuBackend> {
    const found = await findAdapter()
    if (!found) throw new Error('the browser gives no WebGPU adapter')
    return new WebgpuBackend(await openDevice(found.adapter), found.description, options)
  }

  supports(kernel: Kernel): boolean {
    return isNative(kernel)
  }

  allocate(dtype: DType, length: number): Buffer {
    this.#health.assertAlive()
    return this.#storage.allocate(dtype, length)
  }

  free(buffer: Buffer): void {
    this.#storage.free(buffer)
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    this.#health.assertAlive()
    this.#storage.write(buffer, data, offset)
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    this.#health.assertAlive()
    return this.#storage.read(buffer, offset, length)
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.#health.assertAlive()
    runKernel(this.#engine, kernel, inputs, outputs, scalars)
  }

  async synchronize(): Promise<void> {
    this.#health.assertAlive()
    this.#commands.flush()
    await this.#health.settled(this.#device.queue.onSubmittedWorkDone())
  }

  dispose(): void {
    this.#health.end()
    this.#device.destroy()
  }
}
