import { type Callee, Code, counted, name, unsigned } from './code.ts'
import { control, typeCodes, type ValType } from './instructions.ts'

/** Parameters and results of a function. */
export interface Signature {
  readonly params: readonly ValType[]
  readonly results: readonly ValType[]
}

/** A function with a body: locals follow the parameters. */
export class FunctionBody implements Callee {
  index = -1
  readonly signature: Signature
  readonly code = new Code()
  readonly #locals: ValType[] = []

  constructor(signature: Signature) {
    this.signature = signature
  }

  /** Index of a new local. */
  local(type: ValType): number {
    this.#locals.push(type)
    return this.signature.params.length + this.#locals.length - 1
  }

  encode(): number[] {
    const groups: number[][] = []
    for (let i = 0; i < this.#locals.length; ) {
      const type = this.#locals[i]
      let end = i
      while (end < this.#locals.length && this.#locals[end] === type) end++
      groups.push([...unsigned(end - i), typeCodes[type]])
      i = end
    }
    const out = unsigned(groups.length).concat(...groups)
    this.code.resolve(out)
    out.push(control.end)
    return out
  }
}

class Import implements Callee {
  index = -1
  readonly name: string
  readonly signature: Signature

  constructor(name: string, signature: Signature) {
    this.name = name
    this.signature = signature
  }
}

/** Pages (64 KiB each) that a 32-bit memory can have at most. */
const mostPages = 65536

const section = (id: number, items: readonly (readonly number[])[]): number[] =>
  items.length === 0 ? [] : [id].concat(counted(unsigned(items.length).concat(...items)))

/** Builds a binary module that imports one memory, as `env.memory`, and functions, as `env.<name>`. */
export class ModuleBuilder {
  readonly #shared: boolean
  readonly #imports = new Map<string, Import>()
  readonly #functions: FunctionBody[] = []
  readonly #exports: [string, FunctionBody][] = []
  readonly #types = new Map<string, { index: number; bytes: number[] }>()

  /** `shared`: whether the memory is one that threads share. */
  constructor(shared: boolean) {
    this.#shared = shared
  }

  /** An imported function; asking twice gives the same one. */
  imported(importName: string, signature: Signature): Callee {
    let found = this.#imports.get(importName)
    if (!found) {
      found = new Import(importName, signature)
      this.#imports.set(importName, found)
    }
    return found
  }

  /** A new function, exported if named. */
  define(signature: Signature, exportName?: string): FunctionBody {
    const body = new FunctionBody(signature)
    this.#functions.push(body)
    if (exportName) this.#exports.push([exportName, body])
    return body
  }

  #type({ params, results }: Signature): number {
    const key = `${params}:${results}`
    let found = this.#types.get(key)
    if (!found) {
      const list = (types: readonly ValType[]) => counted(types.map((t) => typeCodes[t]))
      const bytes = [0x60, ...list(params), ...list(results)]
      found = { index: this.#types.size, bytes }
      this.#types.set(key, found)
    }
    return found.index
  }

  encode(): Uint8Array<ArrayBuffer> {
    let index = 0
    for (const callee of [...this.#imports.values(), ...this.#functions]) callee.index = index++
    const limits = [this.#shared ? 3 : 1, ...unsigned(0), ...unsigned(mostPages)]
    const imports = [
      [...name('env'), ...name('memory'), 2, ...limits],
      ...[...this.#imports.values()].map((f) => [
        ...[...name('env'), ...name(f.name), 0],
        ...unsigned(this.#type(f.signature)),
      ]),
    ]
    const functions = this.#functions.map((f) => unsigned(this.#type(f.signature)))
    const exports = this.#exports.map(([text, f]) => [...name(text), 0, ...unsigned(f.index)])
    const bodies = this.#functions.map((f) => counted(f.encode()))
    const types = [...this.#types.values()].map((t) => t.bytes)
    const sections = [
      section(1, types),
      section(2, imports),
      section(3, functions),
      section(7, exports),
      section(10, bodies),
    ]
    return new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].concat(...sections))
  }
}
