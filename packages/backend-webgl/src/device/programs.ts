import { DeviceLost, LruCache, SconceError, UnsupportedKernel } from '@sconce/backend'
import { Source, type Word } from '../glsl/source.ts'
import type { Device } from './device.ts'
import type { Traits } from './traits.ts'

/** A compiled program and how to fill its uniforms. */
export interface Program {
  readonly handle: WebGLProgram
  readonly words: readonly Word[]
  /** The words as they are sent. */
  readonly data: Int32Array
  /** Which of a pass's textures each unit reads. */
  readonly bindings: readonly number[]
  /** Where the words go; undefined until the program is first used. */
  location: WebGLUniformLocation | null | undefined
  /** Whether the result of linking has been looked at. */
  checked: boolean
  readonly source: Source
}

export type Build = (source: Source) => void

/** One triangle that covers the viewport, without any vertex data. */
const coverViewport = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`

/** Programs by key, a bounded number of them. */
export class ProgramCache {
  /** Programs compiled in the life of the cache. */
  compiled = 0
  readonly #device: Device
  readonly #traits: Traits
  readonly #cache: LruCache<string, Program>
  #vertex: WebGLShader | null = null

  constructor(device: Device, traits: Traits, capacity: number) {
    this.#device = device
    this.#traits = traits
    this.#cache = new LruCache(capacity, (program) => device.gl.deleteProgram(program.handle))
    device.onReset(() => this.#forget())
  }

  get size(): number {
    return this.#cache.size
  }

  /** The program of that key, ready to be used; `build` writes its source if it isn't there. */
  get(key: string, build: Build): Program {
    const program = this.#cache.get(key) ?? this.#start(key, build)
    if (!program.checked) this.#finish(program)
    return program
  }

  /** Starts compiling; `get` waits for the result, `isReady` doesn't. */
  prepare(key: string, build: Build): Program {
    return this.#cache.get(key) ?? this.#start(key, build)
  }

  /** Whether the driver has finished compiling; always true where that can't be asked. */
  isReady(program: Program): boolean {
    const extension = this.#device.parallelCompile
    if (!extension || program.checked) return true
    const { gl } = this.#device
    return gl.getProgramParameter(program.handle, extension.COMPLETION_STATUS_KHR) === true
  }

  #start(key: string, build: Build): Program {
    const { gl } = this.#device
    const source = new Source(this.#traits)
    build(source)
    const { samplers } = this.#device.limits
    if (source.bindings.length > samplers) {
      throw new UnsupportedKernel(
        `webgl: a kernel reads ${source.bindings.length} tensors, and a program of this device ${samplers}`,
      )
    }
    const handle = gl.createProgram()
    if (source.vertex === undefined) {
      this.#vertex ??= this.#shader(gl.VERTEX_SHADER, coverViewport)
      gl.attachShader(handle, this.#vertex)
    } else {
      gl.attachShader(handle, this.#shader(gl.VERTEX_SHADER, source.vertex))
    }
    gl.attachShader(handle, this.#shader(gl.FRAGMENT_SHADER, source.fragment()))
    gl.linkProgram(handle)
    const program: Program = {
      handle,
      words: source.words,
      data: new Int32Array(source.vectors * 4),
      bindings: source.bindings,
      location: undefined,
      checked: false,
      source,
    }
    this.compiled++
    this.#cache.set(key, program)
    return program
  }

  #shader(type: number, text: string): WebGLShader {
    const { gl } = this.#device
    const shader = gl.createShader(type)
    if (!shader) {
      this.#device.check()
      throw new DeviceLost('webgl: the WebGL context makes no shaders')
    }
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    return shader
  }

  #finish(program: Program): void {
    const { gl } = this.#device
    const { handle } = program
    if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) {
      this.#device.check()
      throw new SconceError(`webgl: a program did not compile: ${this.#log(program)}`)
    }
    for (const shader of gl.getAttachedShaders(handle) ?? []) {
      gl.detachShader(handle, shader)
      if (shader !== this.#vertex) gl.deleteShader(shader)
    }
    program.checked = true
  }

  #log({ handle, source }: Program): string {
    const { gl } = this.#device
    const shaders = gl.getAttachedShaders(handle) ?? []
    const logs = [gl.getProgramInfoLog(handle), ...shaders.map((s) => gl.getShaderInfoLog(s))]
    const text = [source.vertex, source.fragment()].filter((s) => s !== undefined).join('\n')
    return `${logs.filter((log) => log).join('\n')}\n${text}`
  }

  #forget(): void {
    this.#cache.clear()
    this.#vertex = null
  }
}
