import { type Expr, isBinary, isUnary } from '@sconce/backend'
import { application, conversion } from './ops.ts'
import type { Source } from './source.ts'
import { integerValue, valueType, wrapped } from './types.ts'

/** Where the leaves of expressions come from: the part in which kinds of kernel differ. */
export interface Leaves {
  /** The value of the input at the current index. */
  input(node: Expr): string
  /** The position along a dim, an i32. */
  index(d: number): string
  /** The value at coordinates, which are names of i32. */
  load(node: Expr, coordinates: readonly string[]): string
  /** The value of an accumulator, in an epilogue. */
  acc(node: Expr): string
}

/** The leaf that there is none of outside of epilogues. */
export function noAccumulator(node: Expr): never {
  throw new Error(`${node} outside of an epilogue`)
}

/** Writes expressions as statements, one for each node: what is shared is evaluated once. */
export class Emitter {
  readonly #source: Source
  readonly #leaves: Leaves
  readonly #names = new Map<Expr, string>()

  constructor(source: Source, leaves: Leaves) {
    this.#source = source
    this.#leaves = leaves
  }

  /** The name of an expression's value. */
  emit(node: Expr): string {
    let name = this.#names.get(node)
    if (name === undefined) {
      name = this.#source.let(this.#value(node))
      this.#names.set(node, name)
    }
    return name
  }

  #value(node: Expr): string {
    const { op, dtype, args, value } = node
    switch (op) {
      case 'input':
        return this.#leaves.input(node)
      case 'index':
        return this.#leaves.index(value)
      case 'acc':
        return this.#leaves.acc(node)
      case 'const':
        return this.#number(node, `literal ${node.id}`, () => value)
      case 'scalar':
        return this.#number(node, `scalar ${dtype} ${value}`, ({ scalars }) => scalars[value])
    }
    const names = args.map((arg) => this.emit(arg))
    switch (op) {
      case 'load':
        return this.#leaves.load(node, names)
      case 'where':
        return `select(${names[2]}, ${names[1]}, ${names[0]})`
      case 'cast':
        return conversion(this.#source, args[0].dtype, dtype, names[0])
      case 'bitcast':
        return `bitcast<${valueType(dtype)}>(${names[0]})`
    }
    if (isUnary(op) || isBinary(op)) return application(this.#source, op, args[0].dtype, names)
    throw new Error(`no WGSL for ${op}`)
  }

  /** A literal or a run-time scalar: a parameter, converted on the host. */
  #number({ dtype }: Expr, key: string, read: Parameters<Source['float']>[1]): string {
    switch (valueType(dtype)) {
      case 'f32':
        return this.#source.float(key, read)
      case 'bool':
        return `(${this.#source.int(key, (call) => Number(read(call) !== 0))} != 0)`
      case 'i32':
        return wrapped(
          dtype,
          this.#source.int(key, (call) => integerValue(dtype, read(call))),
        )
    }
  }
}
