import type { Operand } from '@sconce/backend'
import { PARAMETER_BYTES } from '../device/commands.ts'
import { libraryText } from './library.ts'
import { floatBits } from './types.ts'

/** What a program is run on; its parameters are read from this. */
export interface Call {
  readonly inputs: readonly Operand[]
  readonly outputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
  /** Numbers of the plan: how many elements, how many chunks. */
  readonly sizes: readonly number[]
}

/** Reads a number from a call, when the program is run. */
export type Parameter = (call: Call) => number

/** A storage buffer as a program declares it. */
export interface SlotDeclaration {
  readonly written: boolean
  /** Words that are combined atomically are declared so. */
  atomic?: 'i32' | 'u32'
}

/** Invocations of a workgroup, on one line. Every device has room for 256; small groups waste less. */
export const LANES = 64

/**
 * The text of a compute program in the making. Everything that may differ between two calls is a
 * parameter: sizes, strides, offsets, run-time scalars. So are the literals of the kernel's expressions,
 * since what a compiler does not know it can't reorder: it might take `x + 0` for `x` and `x · 0` for 0.
 */
export class Source {
  readonly slots: SlotDeclaration[]
  /** The parameters, as the int32 words that the program finds them in. */
  readonly parameters: Parameter[] = []
  readonly #known = new Map<string, number>()
  readonly #functions = new Set<string>()
  readonly #shared: string[] = []
  readonly #lines: string[] = []
  #names = 0

  constructor(slots: readonly SlotDeclaration[]) {
    this.slots = slots.map((slot) => ({ ...slot }))
  }

  // ---- statements ----

  line(code: string): void {
    this.#lines.push(code)
  }

  /** Names a value. A `let` is never a constant expression, so that no literal is calculated with ahead of time. */
  let(code: string): string {
    const name = `v${this.#names++}`
    this.line(`let ${name} = ${code};`)
    return name
  }

  /** A variable with its first value. */
  variable(code: string): string {
    const name = `v${this.#names++}`
    this.line(`var ${name} = ${code};`)
    return name
  }

  /** An array that a workgroup shares; by default with an element for each lane. */
  shared(type: 'f32' | 'i32' | 'vec4<f32>', length = LANES): string {
    const name = `shared${this.#shared.length}`
    this.#shared.push(`var<workgroup> ${name}: array<${type}, ${length}>;`)
    return name
  }

  // ---- values ----

  /** The call of a function of the library. */
  call(name: string, ...args: readonly string[]): string {
    this.#functions.add(name)
    return `${name}(${args.join(', ')})`
  }

  /** A run-time integer; `key` tells it from the others. */
  int(key: string, read: Parameter): string {
    let at = this.#known.get(key)
    if (at === undefined) {
      at = this.parameters.push(read) - 1
      this.#known.set(key, at)
    }
    return `parameters[${at >> 2}].${'xyzw'[at & 3]}`
  }

  /** A run-time float. */
  float(key: string, read: Parameter): string {
    return `bitcast<f32>(${this.int(`float ${key}`, (call) => floatBits(read(call)))})`
  }

  /** The word at an address of a slot. */
  word(slot: number, address: string): string {
    const place = `slot${slot}[${address}]`
    const { atomic } = this.slots[slot]
    if (!atomic) return place
    return atomic === 'u32' ? `atomicLoad(&${place})` : `bitcast<u32>(atomicLoad(&${place}))`
  }

  store(slot: number, address: string, word: string): void {
    this.line(`slot${slot}[${address}] = ${word};`)
  }

  // ---- the program ----

  /** @throws Error where an expression has more literals than a uniform buffer holds */
  toString(): string {
    if (this.parameters.length * 4 > PARAMETER_BYTES) {
      throw new Error(
        `a kernel has ${this.parameters.length} parameters and literals, which is too many`,
      )
    }
    const words = Math.max(1, Math.ceil(this.parameters.length / 4))
    const slots = this.slots.map(({ written, atomic }, i) => {
      const type = atomic ? `atomic<${atomic}>` : 'u32'
      return `@group(1) @binding(${i}) var<storage, ${written ? 'read_write' : 'read'}> slot${i}: array<${type}>;`
    })
    return `
@group(0) @binding(0) var<uniform> parameters: array<vec4<i32>, ${words}>;
${slots.join('\n')}
${this.#shared.join('\n')}
${libraryText(this.#functions)}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
${this.#lines.map((line) => `  ${line}`).join('\n')}
}
`
  }
}
