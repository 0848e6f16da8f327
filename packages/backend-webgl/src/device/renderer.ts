import type { Call } from '../glsl/source.ts'
import type { Device } from './device.ts'
import type { Linked, Program } from './programs.ts'
import type { Rect } from './region.ts'
import type { Texture } from './textures.ts'

/** Primitives other than the triangle over each rectangle. */
export interface Primitives {
  readonly kind: 'points' | 'quads'
  readonly count: number
  /** Whether to add to what is there. Other blendings are not exact: a factor of zero makes NaN of infinity. */
  readonly adding?: boolean
}

/** Draws programs into textures; keeps track of the context's state so that little of it is set twice. */
export class Renderer {
  /** Draw calls issued. */
  draws = 0
  readonly #device: Device
  #program: Linked | undefined
  #target: WebGLFramebuffer | undefined
  #bound: (Texture | undefined)[] = []
  #viewport: Omit<Rect, 'mask'> | undefined
  #several: ({ handle: WebGLFramebuffer; textures: (Texture | undefined)[] } | undefined)[] = []
  readonly #floats = new Float32Array(1)
  readonly #bits = new Int32Array(this.#floats.buffer)

  constructor(device: Device) {
    this.#device = device
    device.onReset(() => this.#forget())
    device.onDeleted(() => this.#unbind())
  }

  /** Renders to `targets`, one for each output of the program (or one with a layer for each), in the given rectangles. */
  draw(
    program: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
    targets: readonly Texture[],
    rects: readonly Rect[],
    adding = false,
  ): void {
    const { gl } = this.#device
    this.#prepare(program, call, textures, targets)
    if (adding) gl.enable(gl.BLEND)
    for (const rect of rects) {
      const { mask } = rect
      this.#view(rect)
      if (program.linked.area) this.#place(program.linked, rect, targets[0])
      if (mask !== 15) this.#mask(mask)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
      if (mask !== 15) this.#mask(15)
      this.draws++
    }
    if (adding) gl.disable(gl.BLEND)
  }

  /** Draws points or quads wherever the program's vertices are; `masks` are draws of their own. */
  drawPrimitives(
    program: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
    target: Texture,
    { kind, count, adding = false }: Primitives,
    mask = 15,
  ): void {
    const { gl } = this.#device
    this.#prepare(program, call, textures, [target])
    this.#view({ x: 0, y: 0, width: target.width, height: target.height })
    if (adding) gl.enable(gl.BLEND)
    if (mask !== 15) this.#mask(mask)
    if (kind === 'points') gl.drawArrays(gl.POINTS, 0, count)
    // Two triangles each, in one draw: drivers are slow at many instances of few vertices.
    else gl.drawArrays(gl.TRIANGLES, 0, 6 * count)
    if (mask !== 15) this.#mask(15)
    if (adding) gl.disable(gl.BLEND)
    this.draws++
  }

  /** The framebuffer of one texture: all its layers are rendered to. */
  framebuffer(texture: Texture): WebGLFramebuffer {
    if (!texture.framebuffer) {
      const { gl } = this.#device
      const { layers } = texture
      const [target, first] = [gl.DRAW_FRAMEBUFFER, gl.COLOR_ATTACHMENT0]
      const handle = gl.createFramebuffer()
      gl.bindFramebuffer(target, handle)
      if (layers > 1) {
        for (let i = 0; i < layers; i++) {
          gl.framebufferTextureLayer(target, first + i, texture.handle, 0, i)
        }
        gl.drawBuffers(Array.from({ length: layers }, (_, i) => first + i))
      } else {
        gl.framebufferTexture2D(target, first, gl.TEXTURE_2D, texture.handle, 0)
      }
      texture.framebuffer = handle
      this.#target = handle
    }
    return texture.framebuffer
  }

  #prepare(
    program: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
    targets: readonly Texture[],
  ): void {
    const { gl } = this.#device
    const { linked } = program
    if (this.#program !== linked) {
      gl.useProgram(linked.handle)
      this.#program = linked
      if (linked.location === undefined) this.#locate(program)
    }
    this.#send(program, call, textures)
    const { bindings } = program
    for (let unit = 0; unit < bindings.length; unit++) {
      const texture = textures[bindings[unit]]
      if (texture && this.#bound[unit] !== texture) {
        gl.activeTexture(gl.TEXTURE0 + unit)
        gl.bindTexture(texture.layers > 1 ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D, texture.handle)
        this.#bound[unit] = texture
      }
    }
    const target = targets.length === 1 ? this.framebuffer(targets[0]) : this.#attach(targets)
    if (this.#target !== target) {
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, target)
      this.#target = target
    }
  }

  #locate({ linked, bindings }: Program): void {
    const { gl } = this.#device
    linked.location = gl.getUniformLocation(linked.handle, 'u')
    linked.area = gl.getUniformLocation(linked.handle, 'area')
    bindings.forEach((_, unit) => {
      gl.uniform1i(gl.getUniformLocation(linked.handle, `t${unit}`), unit)
    })
  }

  #view(area: Omit<Rect, 'mask'>): void {
    const { x, y, width, height } = area
    const last = this.#viewport
    if (last && last.x === x && last.y === y && last.width === width && last.height === height) {
      return
    }
    this.#device.gl.viewport(x, y, width, height)
    this.#viewport = area
  }

  /** Tells a program which part of the target it draws. */
  #place(linked: Linked, { x, y, width, height }: Rect, target: Texture): void {
    const { drawn } = linked
    const area = [x / target.width, y / target.height, width / target.width, height / target.height]
    if (area.every((v, i) => v === drawn[i])) return
    linked.drawn = area
    this.#device.gl.uniform4f(linked.area ?? null, area[0], area[1], area[2], area[3])
  }

  #send(
    { linked, words, data }: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
  ): void {
    if (words.length === 0 || !linked.location) return
    for (let i = 0; i < words.length; i++) {
      const word = words[i]
      const value = word.read(call, textures)
      if (word.float) {
        this.#floats[0] = value
        data[i] = this.#bits[0]
      } else {
        data[i] = value
      }
    }
    this.#device.gl.uniform4iv(linked.location, data)
  }

  /** A framebuffer for several textures, whose attachments are changed from draw to draw. */
  #attach(targets: readonly Texture[]): WebGLFramebuffer {
    const { gl } = this.#device
    const count = targets.length
    let several = this.#several[count]
    if (!several) {
      several = { handle: gl.createFramebuffer(), textures: [] }
      this.#several[count] = several
      this.#bindTarget(several.handle)
      gl.drawBuffers(targets.map((_, i) => gl.COLOR_ATTACHMENT0 + i))
    }
    for (let i = 0; i < count; i++) {
      if (several.textures[i] === targets[i]) continue
      this.#bindTarget(several.handle)
      gl.framebufferTexture2D(
        gl.DRAW_FRAMEBUFFER,
        gl.COLOR_ATTACHMENT0 + i,
        gl.TEXTURE_2D,
        targets[i].handle,
        0,
      )
      several.textures[i] = targets[i]
    }
    return several.handle
  }

  #bindTarget(handle: WebGLFramebuffer): void {
    if (this.#target === handle) return
    this.#device.gl.bindFramebuffer(this.#device.gl.DRAW_FRAMEBUFFER, handle)
    this.#target = handle
  }

  #mask(mask: number): void {
    this.#device.gl.colorMask((mask & 1) > 0, (mask & 2) > 0, (mask & 4) > 0, (mask & 8) > 0)
  }

  /** Textures were deleted: what holds them lets go, or their memory would stay. */
  #unbind(): void {
    const { gl } = this.#device
    for (const several of this.#several) if (several) gl.deleteFramebuffer(several.handle)
    this.#several = []
    this.#bound = []
    this.#target = undefined
  }

  #forget(): void {
    this.#several = []
    this.#bound = []
    this.#target = undefined
    this.#program = undefined
    this.#viewport = undefined
  }
}
