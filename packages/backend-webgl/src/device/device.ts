import { DeviceLost } from '@sconce/backend'
import { type Context, closeContext, requiredExtension } from './context.ts'
import { type Format, formats } from './formats.ts'
import type { Texture } from './textures.ts'

/** Sizes that the device states; read once. */
export interface Limits {
  readonly textureSize: number
  readonly drawBuffers: number
  /** Textures that one program can read. */
  readonly samplers: number
}

/** The parts of KHR_parallel_shader_compile that are used; TypeScript's library has no type for it. */
interface ParallelCompile {
  readonly COMPLETION_STATUS_KHR: number
}

/** Allocations from this size on are checked, which makes the CPU wait for the driver. */
const carefulBytes = 1 << 24

/**
 * The context with its life: a context can be lost and come back empty at any time. `generation`
 * counts its lives, so that whatever was made in an earlier one can be told.
 */
export class Device {
  readonly gl: WebGL2RenderingContext
  readonly limits: Limits
  generation = 0
  /** Whether float32 targets can be blended into. */
  blending = false
  parallelCompile: ParallelCompile | null = null
  readonly #context: Context
  readonly #reset = new Set<() => void>()
  readonly #deleted = new Set<() => void>()
  /** An error that was reported and not yet told. */
  #noted = 0
  #waiting = false
  #disposed = false

  constructor(context: Context) {
    this.#context = context
    this.gl = context.gl
    const { gl } = this
    this.limits = {
      textureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE),
      drawBuffers: Math.min(
        8,
        gl.getParameter(gl.MAX_DRAW_BUFFERS),
        gl.getParameter(gl.MAX_COLOR_ATTACHMENTS),
      ),
      // One unit is kept for making and filling textures.
      samplers: Math.min(32, gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS)) - 1,
    }
    context.canvas.addEventListener('webglcontextlost', this.#onLost)
    context.canvas.addEventListener('webglcontextrestored', this.#onRestored)
    this.#setUp()
  }

  /** Calls back when the context has been lost: whatever was made in it is gone. */
  onReset(callback: () => void): void {
    this.#reset.add(callback)
  }

  /** Calls back when textures have been deleted: bindings that name them are void. */
  onDeleted(callback: () => void): void {
    this.#deleted.add(callback)
  }

  /** Whether there is no context to work on now. */
  get lost(): boolean {
    return this.#waiting || this.gl.isContextLost()
  }

  /** Throws `DeviceLost` where there is no context to work on now. */
  check(): void {
    if (this.#disposed) throw new DeviceLost('webgl: this backend has been disposed of')
    if (this.lost) {
      throw new DeviceLost(
        'webgl: the WebGL context is lost; the device works again once the browser has restored it',
      )
    }
  }

  /** A new texture, or undefined if the device has no room for it. */
  createTexture(
    format: Format,
    width: number,
    height: number,
    layers: number,
    bytes: number,
  ): WebGLTexture | undefined {
    const { gl } = this
    const handle = gl.createTexture()
    if (!handle) return undefined
    const careful = bytes >= carefulBytes
    // What was reported before is not about this texture; it is kept for whoever asks next.
    if (careful) this.#noted = this.takeError()
    const internal = gl[formats[format].internal]
    const target = layers > 1 ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D
    this.bindForTransfer(handle, target)
    if (layers > 1) gl.texStorage3D(target, 1, internal, width, height, layers)
    else gl.texStorage2D(target, 1, internal, width, height)
    gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
    gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
    if (careful && gl.getError() !== gl.NO_ERROR) {
      gl.deleteTexture(handle)
      return undefined
    }
    return handle
  }

  /** The first error since the last call, `NO_ERROR` if there was none. Waits for what was enqueued. */
  takeError(): number {
    const { gl } = this
    let first = this.#noted
    this.#noted = gl.NO_ERROR
    for (let code = gl.getError(); code !== gl.NO_ERROR; code = gl.getError()) {
      if (gl.isContextLost()) return gl.NO_ERROR
      if (first === gl.NO_ERROR) first = code
    }
    return first
  }

  /** Binds a texture to the unit that no program reads. */
  bindForTransfer(handle: WebGLTexture, target: GLenum = this.gl.TEXTURE_2D): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + this.limits.samplers)
    this.gl.bindTexture(target, handle)
  }

  deleteTexture(texture: Texture): void {
    if (texture.generation !== this.generation) return
    if (texture.framebuffer) this.gl.deleteFramebuffer(texture.framebuffer)
    this.gl.deleteTexture(texture.handle)
    for (const callback of this.#deleted) callback()
  }

  dispose(): void {
    const { canvas, gl } = this.#context
    canvas.removeEventListener('webglcontextlost', this.#onLost)
    canvas.removeEventListener('webglcontextrestored', this.#onRestored)
    this.#reset.clear()
    this.#deleted.clear()
    closeContext(gl)
    this.#waiting = true
    this.#disposed = true
  }

  #onLost = (event: Event): void => {
    // Without this the browser never restores the context.
    event.preventDefault()
    this.#waiting = true
    this.generation++
    for (const callback of this.#reset) callback()
  }

  #onRestored = (): void => {
    this.#setUp()
    this.#waiting = false
  }

  #setUp(): void {
    const { gl } = this
    gl.getExtension(requiredExtension)
    this.blending = gl.getExtension('EXT_float_blend') !== null
    this.parallelCompile = gl.getExtension('KHR_parallel_shader_compile')
    gl.disable(gl.DITHER)
    gl.blendFunc(gl.ONE, gl.ONE)
    // Rows of our textures are whole texels of at least 4 bytes.
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4)
    gl.pixelStorei(gl.PACK_ALIGNMENT, 4)
  }
}
