import { type Expr, isBinary, isUnary } from '@sconce/backend'
import { application, conversion } from './ops.ts'
import type { Source } from './source.ts'
import { vectorLiteral, vectorType, wrapped } from './types.ts'

/** Where the leaves of expressions come from. */
export interface Leaves {
  /** Values of the input at the fragment's lanes. */
  input(node: Expr): string
  /** ivec4 of positions along a dim. */
  index(d: number): string
  /** Values at coordinates; `emit` gives the name of an ivec4 for each. */
  load(node: Expr, emit: (coordinate: Expr) => string): string
  acc(node: Expr): string
}

/** Nothing can be read where these are the leaves. */
export const noLeaves: Leaves = {
  input: (node) => missing(node),
  index: () => missing(),
  load: (node) => missing(node),
  acc: (node) => missing(node),
}

function missing(node?: Expr): never {
  throw new Error(`no value for ${node ?? 'an index'} here`)
}

/** Writes expressions, each node once. */
export class Emitter {
  readonly #source: Source
  readonly #leaves: Leaves
  readonly #names = new Map<Expr, string>()

  constructor(source: Source, leaves: Leaves) {
    this.#source = source
    this.#leaves = leaves
  }

  /** The name, or literal, of the four values of an expression. */
  emit(node: Expr): string {
    let name = this.#names.get(node)
    if (name === undefined) {
      name = this.#write(node)
      this.#names.set(node, name)
    }
    return name
  }

  /** Forgets all nodes but those that `keep` holds of: what was written in a loop is out of scope. */
  leaveScope(keep: (node: Expr) => boolean): void {
    for (const node of this.#names.keys()) if (!keep(node)) this.#names.delete(node)
  }

  #write(node: Expr): string {
    const source = this.#source
    if (node.op === 'const') return vectorLiteral(node.value, node.dtype)
    return source.let(vectorType(node.dtype), this.#value(node))
  }

  #value(node: Expr): string {
    const { op, dtype, args } = node
    switch (op) {
      case 'input':
        return this.#leaves.input(node)
      case 'index':
        return this.#leaves.index(node.value)
      case 'acc':
        return this.#leaves.acc(node)
      case 'scalar':
        return this.#scalar(node)
      case 'load':
        return this.#leaves.load(node, (coordinate) => this.emit(coordinate))
      case 'where': {
        const [c, a, b] = args.map((x) => this.emit(x))
        return this.#source.call('sel', c, a, b)
      }
      case 'cast':
        return conversion(this.#source, args[0].dtype, dtype, this.emit(args[0]))
      case 'bitcast':
        return `${dtype === 'int32' ? 'floatBitsToInt' : 'intBitsToFloat'}(${this.emit(args[0])})`
      default: {
        const names = args.map((a) => this.emit(a))
        if (isUnary(op) || isBinary(op)) return application(this.#source, op, args[0].dtype, names)
        throw new Error(`no GLSL for ${op}`)
      }
    }
  }

  #scalar({ value, dtype }: Expr): string {
    const source = this.#source
    const type = vectorType(dtype)
    if (type === 'vec4') return `vec4(${source.float(`scalar ${value}`, (c) => c.scalars[value])})`
    if (type === 'bvec4') {
      return `bvec4(${source.int(`truth ${value}`, (c) => Number(c.scalars[value] !== 0))} != 0)`
    }
    return wrapped(dtype, `ivec4(${source.int(`scalar ${value}`, (c) => c.scalars[value])})`)
  }
}
