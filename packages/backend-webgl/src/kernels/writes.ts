import { elementCount, type Operand } from '@sconce/backend'
import { formatOf } from '../device/formats.ts'
import { cover, elements, type Rect, span } from '../device/region.ts'
import { type Texture, texelsOf } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { WebglBuffer } from '../storage.ts'
import type { OutputPlan } from './plan.ts'

/**
 * How a pass treats what it does not write:
 * - `over`: it draws exactly the elements of the output, in the buffer's own or in a fresh texture;
 * - `skip`: it draws some more texels, and leaves those alone;
 * - `carry`: it renders the whole buffer to a fresh texture, and carries old elements over.
 */
export type WriteMode = 'over' | 'skip' | 'carry'

export interface Target {
  readonly textures: readonly Texture[]
  readonly rects: readonly Rect[]
  /** For `carry`: the old contents. */
  readonly old: readonly Texture[]
}

/** The buffer of an operand; core never passes one of another backend. */
export function bufferOf({ buffer }: Operand): WebglBuffer {
  if (!(buffer instanceof WebglBuffer)) throw new TypeError('webgl: a buffer of another backend')
  return buffer
}

/**
 * The writes of one kernel. A texture that is read can't be rendered to, so what a kernel writes in
 * place goes to fresh textures, which take the place of the old ones when all passes are done.
 */
export class Writes {
  readonly #engine: Engine
  readonly #read: ReadonlySet<WebglBuffer>
  readonly #fresh = new Map<WebglBuffer, Texture>()

  constructor(engine: Engine, inputs: readonly Operand[]) {
    this.#engine = engine
    this.#read = new Set(inputs.map(bufferOf))
  }

  /** Outputs that can be rendered in one pass: they lie alike in buffers of one size. */
  groups(outputs: readonly Operand[]): number[][] {
    const groups: number[][] = []
    outputs.forEach((out, i) => {
      const group = groups.find(
        (g) => g.length < this.#limit && g.every((j) => alike(outputs[j], out)),
      )
      if (group) group.push(i)
      else groups.push([i])
    })
    return groups
  }

  get #limit(): number {
    return this.#engine.limits.drawBuffers
  }

  /** What a pass over some outputs of one layout has to do. */
  mode(plan: OutputPlan, outputs: readonly Operand[]): WriteMode {
    const free = outputs.every((out) => this.isFree(bufferOf(out)))
    if (plan.flat && (free || isWhole(plan, outputs[0]))) return 'over'
    return free && plan.run ? 'skip' : 'carry'
  }

  /** The textures to render to, and where. */
  begin(plan: OutputPlan, outputs: readonly Operand[], mode: WriteMode): Target {
    const [out] = outputs
    const buffers = outputs.map(bufferOf)
    const texels = texelsOf(buffers[0].length)
    if (mode === 'carry') {
      const old = buffers.map((b) => this.#fresh.get(b) ?? this.#engine.contents(b))
      return { textures: buffers.map((b) => this.renew(b)), rects: cover(texels), old }
    }
    const whole = isWhole(plan, out)
    const textures = buffers.map((buffer) => {
      if (!this.isFree(buffer)) return this.renew(buffer)
      return whole ? this.#engine.blank(buffer) : this.#engine.edit(buffer)
    })
    return { textures, rects: whole ? cover(texels) : regionOf(plan, out, mode), old: [] }
  }

  /** Makes the new contents those of the buffers. */
  commit(): void {
    for (const [buffer, texture] of this.#fresh) this.#engine.swap(buffer, texture)
    this.#fresh.clear()
  }

  /** Gives up what was not committed. */
  abandon(): void {
    for (const texture of this.#fresh.values()) this.#engine.release(texture)
    this.#fresh.clear()
  }

  /** Whether a buffer's own texture can be rendered to. */
  isFree(buffer: WebglBuffer): boolean {
    return !this.#read.has(buffer) && !this.#fresh.has(buffer)
  }

  /** A fresh texture that takes the place of the buffer's when all is done. */
  renew(buffer: WebglBuffer): Texture {
    const before = this.#fresh.get(buffer)
    const texture = this.#engine.acquire(formatOf(buffer.dtype), texelsOf(buffer.length))
    this.#fresh.set(buffer, texture)
    // What was drawn before stays readable until the next draw is enqueued, which is all it takes.
    if (before) this.#engine.release(before)
    return texture
  }
}

const alike = (a: Operand, b: Operand): boolean =>
  a.buffer !== b.buffer &&
  a.buffer.length === b.buffer.length &&
  a.offset === b.offset &&
  a.strides.length === b.strides.length &&
  a.strides.every((s, d) => s === b.strides[d] || a.shape[d] === 1)

/** Whether an output is its whole buffer. */
const isWhole = ({ flat, dims }: OutputPlan, { offset, buffer, shape }: Operand): boolean =>
  flat && offset === 0 && elementCount(dims.map((d) => shape[d])) === buffer.length

/** The part of its buffer that an output spans. */
function regionOf({ dims, flat }: OutputPlan, out: Operand, mode: WriteMode): Rect[] {
  const { shape, strides, offset } = out
  if (flat && mode === 'over') {
    return elements(offset, offset + elementCount(dims.map((d) => shape[d])))
  }
  const extent = dims.reduce((n, d) => n + (shape[d] - 1) * strides[d], 0)
  return span(offset >> 2, ((offset + extent) >> 2) + 1)
}
