import { type DType, type Expr, visit } from '@sconce/backend'
import { literal, operation, repeats, scalarCode } from './ops.ts'

/** JS of a value, and the loop depth from which on it is known (0 is outside of all loops). */
export interface Code {
  readonly js: string
  readonly depth: number
  /** A name or a literal: free to repeat. */
  readonly atom?: boolean
}

/** How the leaves of an expression are read where it stands. */
export interface Leaves {
  input(i: number, dtype: DType): Code
  index(d: number): Code
  load(i: number, dtype: DType, coordinates: readonly string[]): string
  acc?(k: number): Code
}

const simple = /^[\w$]+$/

/**
 * Turns expressions into JS statements. A node that is used more than once, or known further out than
 * where it is used, becomes a `const` in the outermost loop that knows it.
 */
export class Emitter {
  /** Statements by loop depth. */
  readonly scopes: string[][]
  readonly #leaves: Leaves
  readonly #uses = new Map<Expr, number>()
  #codes = new Map<Expr, Code>()
  #names = 0
  readonly #prefix: string

  constructor(depths: number, leaves: Leaves, roots: readonly Expr[], prefix: string) {
    this.scopes = Array.from({ length: depths }, () => [])
    this.#leaves = leaves
    this.#prefix = prefix
    for (const root of roots) this.#count(root)
    visit(roots, (node) => {
      for (const arg of node.args) this.#count(arg)
    })
  }

  #count(node: Expr): void {
    this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1)
  }

  /** Forgets what was known at `depth`, to emit the same expressions for another lane. */
  restart(depth: number): string[] {
    const statements = this.scopes[depth]
    this.scopes[depth] = []
    for (const [node, code] of this.#codes) if (code.depth >= depth) this.#codes.delete(node)
    return statements
  }

  /** The JS of a node for use at `depth`. */
  emit(node: Expr, depth: number): string {
    let code = this.#codes.get(node)
    if (!code) {
      code = this.#code(node)
      const shared = (this.#uses.get(node) ?? 0) > 1
      if (!code.atom && !simple.test(code.js) && (shared || code.depth < depth)) {
        code = { js: this.bind(code.js, code.depth), depth: code.depth, atom: true }
      }
      this.#codes.set(node, code)
    }
    return code.js
  }

  /** A new `const` at `depth`. */
  bind(js: string, depth: number): string {
    const name = `${this.#prefix}${this.#names++}`
    this.scopes[depth].push(`const ${name} = ${js}`)
    return name
  }

  #depth(node: Expr): number {
    const known = this.#codes.get(node)
    return known ? known.depth : 0
  }

  #code(node: Expr): Code {
    switch (node.op) {
      case 'const':
        return { js: literal(node.value, node.dtype), depth: 0, atom: true }
      case 'scalar':
        return { js: scalarCode(`scalars[${node.value}]`, node.dtype), depth: 0 }
      case 'input':
        return this.#leaves.input(node.value, node.dtype)
      case 'index':
        return this.#leaves.index(node.value)
      case 'acc':
        return this.#leaves.acc!(node.value)
      default:
        break
    }
    // Arguments are first emitted in place; those that turn out to be known further out are bound.
    for (const arg of node.args) this.emit(arg, 0)
    const depth = node.args.reduce((deepest, arg) => Math.max(deepest, this.#depth(arg)), 0)
    const again = repeats(node)
    const args = node.args.map((arg) => {
      const code = this.#codes.get(arg)!
      if (code.atom || simple.test(code.js)) return code.js
      if (code.depth === depth && !again) return code.js
      const bound: Code = { js: this.bind(code.js, code.depth), depth: code.depth, atom: true }
      this.#codes.set(arg, bound)
      return bound.js
    })
    const js =
      node.op === 'load' ? this.#leaves.load(node.value, node.dtype, args) : operation(node, args)
    return { js, depth }
  }
}
