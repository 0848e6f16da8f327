import { DeviceLost, LruCache, SconceError, UnsupportedKernel } from '@sconce/backend'
import { Source, type Word } from '../glsl/source.ts'
import type { Device } from './device.ts'
import type { Traits } from './traits.ts'

/** A program of the device: many kernels can have the same. */
export interface Linked {
  readonly handle: WebGLProgram
  /** What it was made of. */
  readonly fragment: string
  readonly vertex: string | undefined
  /** Where the words go, and the area that is drawn; undefined until the program is first used. */
  location: WebGLUniformLocation | null | undefined
  area: WebGLUniformLocation | null | undefined
  /** The area that it was last told. */
  drawn: readonly number[]
  /** Whether the result of linking has been looked at. */
  checked: boolean
  /** Programs that share it. */
  users: number
}

/** A compiled program and how to fill its uniforms. */
export interface Program {
  readonly linked: Linked
  readonly words: readonly Word[]
  /** The words as they are sent. */
  readonly data: Int32Array
  /** Which of a pass's textures each unit reads. */
  readonly bindings: readonly number[]
}

export type Build = (source: Source) => void

/** One triangle that covers the viewport, without any vertex data. */
const coverViewport = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`

/** The same, telling each fragment its place as a share of the target: cheaper than to work it out. */
const coverWithPlace = `#version 300 es
uniform highp vec4 area;
out highp vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  place = area.xy + corner * area.zw;
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`

/**
 * Programs by key, a bounded number of them. Literals are sent as uniforms, so that kernels which differ
 * by nothing else have the same text: that is compiled once.
 */
export class ProgramCache {
  /** Texts compiled in the life of the cache. */
  compiled = 0
  readonly #device: Device
  readonly #traits: Traits
  readonly #cache: LruCache<string, Program>
  readonly #linked = new Map<string, Linked>()
  #vertex: WebGLShader | null = null

  constructor(device: Device, traits: Traits, capacity: number) {
    this.#device = device
    this.#traits = traits
    this.#cache = new LruCache(capacity, ({ linked }) => this.#leave(linked))
    device.onReset(() => this.#forget())
  }

  get size(): number {
    return this.#linked.size
  }

  /** The program of that key, ready to be used; `build` writes its source if it isn't there. */
  get(key: string, build: Build): Program {
    const program = this.#cache.get(key) ?? this.#make(key, build)
    if (!program.linked.checked) this.#finish(program.linked)
    return program
  }

  /** Starts compiling; `get` waits for the result, `isReady` doesn't. */
  prepare(key: string, build: Build): Program {
    return this.#cache.get(key) ?? this.#make(key, build)
  }

  /** Whether the driver has finished compiling; always true where that can't be asked. */
  isReady({ linked }: Program): boolean {
    const extension = this.#device.parallelCompile
    if (!extension || linked.checked) return true
    const { gl } = this.#device
    return gl.getProgramParameter(linked.handle, extension.COMPLETION_STATUS_KHR) === true
  }

  #make(key: string, build: Build): Program {
    const source = new Source(this.#traits)
    build(source)
    const { samplers } = this.#device.limits
    if (source.bindings.length > samplers) {
      throw new UnsupportedKernel(
        `webgl: a kernel reads ${source.bindings.length} tensors, and a program of this device ${samplers}`,
      )
    }
    const { words, bindings, vectors } = source
    const vertex = source.vertex ?? (source.placed ? coverWithPlace : undefined)
    const linked = this.#link(source.fragment(), vertex)
    linked.users++
    const program: Program = { linked, words, data: new Int32Array(vectors * 4), bindings }
    this.#cache.set(key, program)
    return program
  }

  /** Compiles and links, but for texts that have been. */
  #link(fragment: string, vertex: string | undefined): Linked {
    const text = textOf(fragment, vertex)
    const known = this.#linked.get(text)
    if (known) return known
    const { gl } = this.#device
    const handle = gl.createProgram()
    if (vertex === undefined) {
      this.#vertex ??= this.#shader(gl.VERTEX_SHADER, coverViewport)
      gl.attachShader(handle, this.#vertex)
    } else {
      gl.attachShader(handle, this.#shader(gl.VERTEX_SHADER, vertex))
    }
    gl.attachShader(handle, this.#shader(gl.FRAGMENT_SHADER, fragment))
    gl.linkProgram(handle)
    const linked: Linked = {
      ...{ handle, fragment, vertex, location: undefined, area: undefined },
      ...{ drawn: [], checked: false, users: 0 },
    }
    this.compiled++
    this.#linked.set(text, linked)
    return linked
  }

  #leave(linked: Linked): void {
    if (--linked.users > 0) return
    this.#device.gl.deleteProgram(linked.handle)
    this.#linked.delete(textOf(linked.fragment, linked.vertex))
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

  #finish(linked: Linked): void {
    const { gl } = this.#device
    const { handle } = linked
    if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) {
      this.#device.check()
      throw new SconceError(`webgl: a program did not compile: ${this.#log(linked)}`)
    }
    for (const shader of gl.getAttachedShaders(handle) ?? []) {
      gl.detachShader(handle, shader)
      if (shader !== this.#vertex) gl.deleteShader(shader)
    }
    linked.checked = true
  }

  #log({ handle, fragment, vertex }: Linked): string {
    const { gl } = this.#device
    const shaders = gl.getAttachedShaders(handle) ?? []
    const logs = [gl.getProgramInfoLog(handle), ...shaders.map((s) => gl.getShaderInfoLog(s))]
    return `${logs.filter((log) => log).join('\n')}\n${textOf(fragment, vertex)}`
  }

  #forget(): void {
    this.#cache.clear()
    this.#linked.clear()
    this.#vertex = null
  }
}

const textOf = (fragment: string, vertex: string | undefined): string =>
  vertex === undefined ? fragment : `${vertex}\n${fragment}`
