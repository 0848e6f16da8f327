import {
  type Backend,
  type BackendInfo,
  BackendUnavailable,
  type Buffer,
  type DType,
  input,
  type Kernel,
  kernels,
  type Operand,
  SconceError,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { openContext, rendererName } from './device/context.ts'
import { Device } from './device/device.ts'
import { measure } from './device/measure.ts'
import { ProgramCache } from './device/programs.ts'
import { Renderer } from './device/renderer.ts'
import { TexturePool } from './device/textures.ts'
import { fence } from './device/transfer.ts'
import { type Engine, liveEngine, type Parts } from './engine.ts'
import { infoOf } from './info.ts'
import { checkComputable } from './kernels/check.ts'
import { executeKernel, isNative } from './kernels/runners.ts'
import { Storage, WebglBuffer } from './storage.ts'
import { warmUp } from './warm-up.ts'

/** Options of `createWebglBackend`. */
export interface WebglBackendOptions {
  /** The device's name. Default: `webgl`. */
  readonly name?: string
  /** A canvas to draw on. Default: one of the backend's own. */
  readonly canvas?: OffscreenCanvas | HTMLCanvasElement
  /** Bytes of freed textures that are kept to be used again. Default: 256 MiB. */
  readonly poolSize?: number
  /** Bytes of textures in use beyond which allocation fails. Default: as many as the device gives. */
  readonly memoryLimit?: number
  /** Bytes in use after which core moves long-unused tensors to host memory. Default: 1 GiB. */
  readonly budget?: number
  /** Compiled programs that are kept. Default: 512. */
  readonly programs?: number
}

/** What a backend uses, at one moment. */
export interface WebglStatistics {
  /** Programs that are kept, and programs compiled so far. */
  readonly programs: number
  readonly compiled: number
  /** Draw calls so far. */
  readonly draws: number
  /** Bytes of textures in use, and of free ones kept for reuse. */
  readonly usedBytes: number
  readonly freeBytes: number
}

/** Tensors in textures, kernels as fragment programs. */
export class WebglBackend implements Backend {
  readonly name: string
  readonly info: BackendInfo
  readonly #parts: Parts
  readonly #engine: Engine
  /** Kernels that were found to run here. */
  readonly #checked = new WeakSet<Kernel>()

  /** Throws `BackendUnavailable` where there is no WebGL2 with float32 render targets. */
  constructor(options: WebglBackendOptions = {}) {
    this.name = options.name ?? 'webgl'
    const context = openContext(options.canvas)
    if (!context) throw new BackendUnavailable('webgl: there is no WebGL2 context to be had')
    const device = new Device(context)
    const renderer = new Renderer(device)
    const pool = new TexturePool(
      device,
      options.poolSize ?? 1 << 28,
      options.memoryLimit ?? Number.POSITIVE_INFINITY,
    )
    const traits = measure(device, renderer, pool)
    const programs = new ProgramCache(device, traits, options.programs ?? 512)
    const storage = new Storage(device, pool, renderer)
    this.#parts = { device, traits, pool, renderer, programs, storage }
    this.#engine = liveEngine(this.#parts, executeKernel)
    this.info = infoOf({
      traits,
      limits: device.limits,
      maxLength: storage.maxLength,
      renderer: rendererName(device.gl),
      budget: options.budget ?? 1 << 30,
    })
  }

  supports(kernel: Kernel): boolean {
    const required = kernel.kind === 'map' || kernel.kind === 'reduce' || kernel.kind === 'scatter'
    return required || isNative(kernel)
  }

  allocate(dtype: DType, length: number): Buffer {
    return this.#parts.storage.allocate(dtype, length)
  }

  free(buffer: Buffer): void {
    if (buffer instanceof WebglBuffer) this.#parts.storage.free(buffer)
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    const target = own(buffer)
    if (data.length === 0) return
    const end = offset + data.length
    if ((offset & 3) === 0 && ((end & 3) === 0 || end === target.length)) {
      this.#parts.storage.put(target, data, offset)
      return
    }
    // Parts of texels are drawn, so that what is beside them stays.
    const { dtype } = target
    const from = this.#parts.storage.allocate(dtype, data.length)
    try {
      this.#parts.storage.put(from, data, 0)
      const layout = { dtype, shape: [data.length], strides: [1] }
      this.run(
        kernels.map([input(0, dtype)]),
        [{ buffer: from, ...layout, offset: 0 }],
        [{ buffer: target, ...layout, offset }],
        [],
      )
    } finally {
      this.#parts.storage.free(from)
    }
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    const { renderer, storage } = this.#parts
    const { draws } = renderer
    const data = await storage.read(own(buffer), offset, length)
    // Asking for errors waits for what was enqueued meanwhile; then the next read asks.
    if (renderer.draws === draws) this.#raise()
    return data
  }

  readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    const data = this.#parts.storage.readSync(own(buffer), offset, length)
    this.#raise()
    return data
  }

  readAllSync(buffers: readonly Buffer[]): (TypedArray | undefined)[] {
    const data = this.#parts.storage.readAllSync(buffers.map(own))
    this.#raise()
    return data
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.#parts.device.check()
    if (!this.#checked.has(kernel)) this.#check(kernel)
    executeKernel(this.#engine, kernel, inputs, outputs, scalars)
  }

  #check(kernel: Kernel): void {
    checkComputable(kernel)
    if (!isNative(kernel)) {
      throw new UnsupportedKernel(`webgl: ${kernel.kind} kernels run as their lowering`)
    }
    this.#checked.add(kernel)
  }

  /** Waits without blocking; brings the host copies of kept buffers up to date. */
  async synchronize(): Promise<void> {
    await this.#parts.storage.refreshCopies()
    await fence(this.#parts.device)
    this.#raise()
  }

  /** Compiles the programs of the kernels for contiguous operands, in parallel where the browser can. */
  warmUp(list: readonly Kernel[], progress?: (done: number, total: number) => void): Promise<void> {
    for (const kernel of list) checkComputable(kernel)
    return warmUp(this.#parts, executeKernel, list, progress)
  }

  /**
   * Keeps a copy of a buffer's contents on the host, so that they come back by themselves after the
   * context was lost: as they were at the last whole `write` or the last `synchronize()`, which
   * brings the copies of all kept buffers to the same moment.
   */
  keepHostCopy(buffer: Buffer, keep = true): void {
    this.#parts.storage.keep(own(buffer), keep)
  }

  usage(): { readonly textures: number; readonly used: number } {
    const { usedBytes, freeBytes } = this.#parts.pool
    return { textures: usedBytes + freeBytes, used: usedBytes }
  }

  statistics(): WebglStatistics {
    const { programs, renderer, pool } = this.#parts
    return {
      programs: programs.size,
      compiled: programs.compiled,
      draws: renderer.draws,
      usedBytes: pool.usedBytes,
      freeBytes: pool.freeBytes,
    }
  }

  /** The context, for those who share it or test its loss. */
  get gl(): WebGL2RenderingContext {
    return this.#parts.device.gl
  }

  /** Gives the context back. */
  dispose(): void {
    this.#parts.device.dispose()
  }

  /** Throws what the context has to say; asked where the device is waited for anyway. */
  #raise(): void {
    const { device } = this.#parts
    const error = device.takeError()
    device.check()
    if (error === device.gl.NO_ERROR) return
    throw new SconceError(`webgl: the device reports error 0x${error.toString(16)}`)
  }
}

function own(buffer: Buffer): WebglBuffer {
  if (!(buffer instanceof WebglBuffer)) throw new TypeError('webgl: a buffer of another backend')
  return buffer
}
