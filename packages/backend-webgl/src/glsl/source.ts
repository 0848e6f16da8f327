import type { Layout } from '@sconce/backend'
import type { SamplerKind } from '../device/formats.ts'
import type { Traits } from '../device/traits.ts'
import { functions } from './functions.ts'

/** What a pass is run with: whatever may change without a new program. */
export interface Call {
  /** The iteration shape. */
  readonly shape: readonly number[]
  readonly operands: readonly Layout[]
  readonly scalars: ArrayLike<number>
  /** Numbers that the kind of pass defines. */
  readonly extra: readonly number[]
}

/** The size of a texture of a pass, in texels. */
export interface TextureSize {
  readonly width: number
  readonly height: number
}

/** Reads one uniform word from a call and the textures that it reads. */
export interface Word {
  readonly float: boolean
  readonly read: (call: Call, textures: readonly (TextureSize | undefined)[]) => number
}

const components = 'xyzw'
const outputTypes: Readonly<Record<SamplerKind, string>> = {
  float: 'vec4',
  int: 'ivec4',
  uint: 'uvec4',
}
/** What a program reads: a texture, or an array of float textures. */
export type Readable = SamplerKind | 'layers'

const samplerTypes: Readonly<Record<Readable, string>> = {
  float: 'sampler2D',
  layers: 'sampler2DArray',
  int: 'isampler2D',
  uint: 'usampler2D',
}

/**
 * A fragment program in the making. Sizes, strides, offsets and scalars are words of one uniform
 * array; `int` and `float` give the expression of a word and note how a call fills it.
 */
export class Source {
  readonly traits: Traits
  readonly words: Word[] = []
  /** For each texture unit, the slot among a pass's textures that it reads. */
  readonly bindings: number[] = []
  readonly #samplers: Readable[] = []
  /** For each texture, what a program multiplies a place in texels with: 1 / width and 1 / height. */
  readonly #inverses: string[] = []
  readonly #outputs: SamplerKind[] = []
  readonly #varyings: string[] = []
  readonly #keys = new Map<string, string>()
  readonly #functions = new Set<string>()
  readonly #own: string[] = []
  #vertex: string | undefined
  #placed = false
  #body: string[] = []
  #temporaries = 0

  constructor(traits: Traits) {
    this.traits = traits
  }

  /** Vectors of four words that the uniforms take. */
  get vectors(): number {
    return Math.max(1, (this.words.length + 3) >> 2)
  }

  /** An int uniform; words of one key are one word. */
  int(key: string, read: Word['read']): string {
    return this.#word(key, false, read)
  }

  /** A float uniform, sent by its bits so that NaN and infinities arrive as they are. */
  float(key: string, read: Word['read']): string {
    return this.#word(`f ${key}`, true, read)
  }

  size(d: number): string {
    return this.int(`size ${d}`, (c) => c.shape[d])
  }

  /** 1 / size, for divisions by it. */
  inverseSize(d: number): string {
    return this.float(`inverse size ${d}`, (c) => 1 / c.shape[d])
  }

  stride(operand: number, d: number): string {
    return this.int(`stride ${operand} ${d}`, (c) => c.operands[operand].strides[d])
  }

  offset(operand: number): string {
    return this.int(`offset ${operand}`, (c) => c.operands[operand].offset)
  }

  extra(i: number): string {
    return this.int(`extra ${i}`, (c) => c.extra[i])
  }

  inverseExtra(i: number): string {
    return this.float(`inverse extra ${i}`, (c) => 1 / c.extra[i])
  }

  #word(key: string, float: boolean, read: Word['read']): string {
    let name = this.#keys.get(key)
    if (!name) {
      const i = this.words.push({ float, read }) - 1
      const word = `u[${i >> 2}].${components[i & 3]}`
      name = float ? `intBitsToFloat(${word})` : word
      this.#keys.set(key, name)
    }
    return name
  }

  /** The texture in a slot of the pass, to be read: its name and that of its scale, as functions take it. */
  texture(slot: number, kind: SamplerKind): string {
    const { name, scale } = this.sampler(slot, kind)
    return `${name}, ${scale}`
  }

  /** The texture in a slot of the pass: its name, and what a place in texels is multiplied with. */
  sampler(slot: number, kind: Readable): { name: string; scale: string } {
    let unit = this.bindings.indexOf(slot)
    if (unit < 0) {
      unit = this.bindings.push(slot) - 1
      this.#samplers.push(kind)
      const x = this.float(`width ${slot}`, (_, textures) => 1 / (textures[slot]?.width ?? 1))
      const y = this.float(`height ${slot}`, (_, textures) => 1 / (textures[slot]?.height ?? 1))
      this.#inverses.push(`vec2(${x}, ${y})`)
    }
    return { name: `t${unit}`, scale: `T${unit}` }
  }

  /** Whether fragments are told their place in the target. */
  get placed(): boolean {
    return this.#placed
  }

  /** The texel at the fragment's place, of a texture as large as the target. */
  alike(slot: number, kind: SamplerKind): string {
    this.#placed = true
    const vector = kind === 'float' ? 'vec4' : 'ivec4'
    return `${vector}(texture(${this.sampler(slot, kind).name}, place))`
  }

  /** A further texture to render to; its name. */
  output(kind: SamplerKind): string {
    return `o${this.#outputs.push(kind) - 1}`
  }

  /** A value that a vertex program hands to the fragment program; its name. */
  varying(type: string): string {
    const name = `w${this.#varyings.length}`
    this.#varyings.push(`flat VARYING highp ${type} ${name};`)
    return name
  }

  line(code: string): void {
    this.#body.push(code)
  }

  /** A new variable. */
  let(type: string, value: string): string {
    const name = `v${this.#temporaries++}`
    this.line(`${type} ${name} = ${value};`)
    return name
  }

  /** A call of a library function, which is then part of the program. */
  call(name: string, ...args: string[]): string {
    this.use(name)
    return `${name}(${args.join(', ')})`
  }

  use(name: string): void {
    if (this.#functions.has(name)) return
    const entry = functions[name]
    if (!entry) throw new Error(`no GLSL function ${name}`)
    for (const needed of entry.needs) this.use(needed)
    this.#functions.add(name)
  }

  /** A function of this program alone; it may read textures that are named before. */
  define(code: string): void {
    this.#own.push(code)
  }

  /** Makes what was written so far the vertex program; what follows is the fragment program. */
  endVertex(): void {
    this.#vertex = this.#text([], 'out')
    this.#body = []
  }

  /** The vertex program, if there is one of its own; default: one triangle over the viewport. */
  get vertex(): string | undefined {
    // Both programs declare the uniforms, which are all known only at the end.
    return this.#vertex?.replace('[VECTORS]', `[${this.vectors}]`)
  }

  fragment(): string {
    const outputs = this.#outputs.map(
      (kind, i) => `layout(location = ${i}) out highp ${outputTypes[kind]} o${i};`,
    )
    return this.#text(outputs, 'in').replace('[VECTORS]', `[${this.vectors}]`)
  }

  #text(declarations: readonly string[], direction: string): string {
    const samplers = this.#samplers.map((kind, i) => `uniform highp ${samplerTypes[kind]} t${i};`)
    return [
      '#version 300 es',
      'precision highp float;',
      'precision highp int;',
      'uniform highp ivec4 u[VECTORS];',
      ...samplers,
      ...this.#inverses.map((inverse, i) => `#define T${i} ${inverse}`),
      ...(this.#placed ? ['in highp vec2 place;'] : []),
      ...this.#varyings.map((v) => v.replace('VARYING', direction)),
      ...declarations,
      ...Array.from(this.#functions, (name) => functions[name].code),
      ...this.#own,
      'void main() {',
      ...this.#body,
      '}',
    ].join('\n')
  }
}
