import type { DType, Kernel, Operand } from '@sconce/backend'
import type { Device, Limits } from './device/device.ts'
import type { Format } from './device/formats.ts'
import type { Build, Program, ProgramCache } from './device/programs.ts'
import type { Rect } from './device/region.ts'
import type { Primitives, Renderer } from './device/renderer.ts'
import type { Texture, TexturePool } from './device/textures.ts'
import type { Traits } from './device/traits.ts'
import type { Call } from './glsl/source.ts'
import { type Storage, WebglBuffer } from './storage.ts'

/** What the kinds of kernels are run with. */
export interface Engine {
  readonly limits: Limits
  readonly traits: Traits
  /** The texture with a buffer's contents. */
  contents(buffer: WebglBuffer): Texture
  /** The same, to be drawn over in part. */
  edit(buffer: WebglBuffer): Texture
  /** A buffer's texture, to be drawn over wholly. */
  blank(buffer: WebglBuffer): Texture
  swap(buffer: WebglBuffer, texture: Texture): void
  acquire(format: Format, texels: number): Texture
  /** A float texture, or an array of them, of at least that width and height. */
  acquireGrid(width: number, height: number, layers?: number): Texture
  release(texture: Texture): void
  program(key: string, build: Build): Program
  draw(
    program: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
    targets: readonly Texture[],
    rects: readonly Rect[],
  ): void
  drawPrimitives(
    program: Program,
    call: Call,
    textures: readonly (Texture | undefined)[],
    target: Texture,
    primitives: Primitives,
    mask?: number,
  ): void
  /** A buffer with unspecified contents; whoever asks for it frees it. */
  allocate(dtype: DType, length: number): WebglBuffer
  free(buffer: WebglBuffer): void
  /** Runs a kernel of any kind, natively or as its lowering. */
  execute(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void
}

/** What an engine needs of the table of kinds. */
export type Execute = (
  engine: Engine,
  kernel: Kernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** The parts of a device that do the work. */
export interface Parts {
  readonly device: Device
  readonly traits: Traits
  readonly pool: TexturePool
  readonly renderer: Renderer
  readonly programs: ProgramCache
  readonly storage: Storage
}

/** An engine that does what it is told. */
export function liveEngine(parts: Parts, execute: Execute): Engine {
  const { device, traits, pool, renderer, programs, storage } = parts
  const changing = (buffer: WebglBuffer, texture: Texture): Texture => {
    storage.touch(buffer)
    return texture
  }
  const engine: Engine = {
    limits: device.limits,
    traits,
    contents: (buffer) => storage.contents(buffer),
    edit: (buffer) => changing(buffer, storage.contents(buffer)),
    blank: (buffer) => changing(buffer, storage.blank(buffer)),
    swap: (buffer, texture) => storage.swap(buffer, texture),
    acquire: (format, texels) => pool.acquire(format, texels),
    acquireGrid: (width, height, layers = 1) => pool.acquireGrid('float', width, height, layers),
    release: (texture) => pool.release(texture),
    program: (key, build) => programs.get(key, build),
    draw: (...args) => renderer.draw(...args),
    drawPrimitives: (...args) => renderer.drawPrimitives(...args),
    allocate: (dtype, length) => storage.allocate(dtype, length),
    free: (buffer) => storage.free(buffer),
    execute: (...args) => execute(engine, ...args),
  }
  return engine
}

const nothing: Texture = {
  handle: {},
  format: 'float',
  width: 0,
  height: 0,
  layers: 1,
  bytes: 0,
  generation: -1,
  framebuffer: undefined,
}

/** A buffer without contents, for an engine that touches none. */
export const pretendedBuffer = (dtype: DType, length: number): WebglBuffer =>
  new WebglBuffer(dtype, length, nothing)

/** An engine that only starts compiling what would be drawn, and notes it in `started`. */
export function compilingEngine(parts: Parts, execute: Execute, started: Set<Program>): Engine {
  const { device, traits, programs } = parts
  const engine: Engine = {
    limits: device.limits,
    traits,
    contents: () => nothing,
    edit: () => nothing,
    blank: () => nothing,
    swap: () => {},
    acquire: () => nothing,
    acquireGrid: () => nothing,
    release: () => {},
    program: (key, build) => {
      const program = programs.prepare(key, build)
      started.add(program)
      return program
    },
    draw: () => {},
    drawPrimitives: () => {},
    allocate: pretendedBuffer,
    free: () => {},
    execute: (...args) => execute(engine, ...args),
  }
  return engine
}
