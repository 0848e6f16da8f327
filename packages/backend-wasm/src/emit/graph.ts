import { type Callee, signed, unsigned } from '../wasm/code.ts'
import { control, type Instruction, instructions, type ValType } from '../wasm/instructions.ts'
import type { ModuleBuilder, Signature } from '../wasm/module.ts'
import { Emitter } from './emitter.ts'
import { innermost, Region } from './region.ts'

/**
 * A pure value: its arguments, then the bytes of one instruction. A node with `slow` is its first
 * argument, replaced by a call with the further ones where the second is not zero.
 */
export interface Node {
  readonly type: ValType
  readonly code: readonly (number | Callee)[]
  readonly args: readonly Node[]
  /** The innermost region that knows all of its arguments. */
  readonly region: Region
  /** Cheaper to repeat than to keep. */
  readonly cheap: boolean
  readonly slow: Callee | undefined
  readonly id: number
  uses: number
  /** Index of the local that holds the value, once it is held. */
  local: number
}

/** What the functions of one module share. */
export interface ModuleContext {
  readonly builder: ModuleBuilder
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean
  readonly helpers: Map<string, Callee>
}

/** The key of an instruction on arguments. */
function withArguments(name: string, args: readonly Node[]): string {
  let key = name
  for (let i = 0; i < args.length; i++) key += `|${args[i].id}`
  return key
}

/** The values of one function, structurally interned: the same instruction on the same arguments is one node. */
export class Graph {
  readonly context: ModuleContext
  /** The start of the function. */
  readonly root = new Region()
  readonly #nodes = new Map<string, Node>()
  readonly #callees = new Map<Callee, number>()

  constructor(context: ModuleContext) {
    this.context = context
  }

  /** Calls of the host's functions so far. */
  calls = 0

  /** Number of values so far. */
  get size(): number {
    return this.#nodes.size
  }

  #node(
    type: ValType,
    code: readonly (number | Callee)[],
    args: readonly Node[],
    region: Region,
    cheap = false,
    slow?: Callee,
  ): Node {
    const node = { type, code, args, region, cheap, slow, id: this.#nodes.size, uses: 0, local: -1 }
    for (const arg of args) arg.uses++
    return node
  }

  #add(
    key: string,
    type: ValType,
    code: readonly (number | Callee)[],
    args: readonly Node[],
    cheap = false,
  ): Node {
    const node = this.#node(type, code, args, this.#regionOf(args), cheap)
    this.#nodes.set(key, node)
    return node
  }

  #regionOf(args: readonly Node[]): Region {
    let region = this.root
    for (const arg of args) region = innermost(region, arg.region)
    return region
  }

  /** An instruction with its immediate bytes. */
  op(name: Instruction, args: readonly Node[], immediate: readonly number[] = []): Node {
    let key: string = name
    for (let i = 0; i < immediate.length; i++) key += `:${immediate[i]}`
    key = withArguments(key, args)
    const known = this.#nodes.get(key)
    if (known) return known
    const { bytes, result } = instructions[name]
    return this.#add(key, result, immediate.length > 0 ? bytes.concat(immediate) : bytes, args)
  }

  /** A read of memory at `address + offset`. */
  load(name: Instruction, address: Node, offset = 0): Node {
    return this.op(name, [address], [0, ...unsigned(offset)])
  }

  i32(value: number): Node {
    const key = `i32 ${value | 0}`
    return this.#nodes.get(key) ?? this.#add(key, 'i32', [0x41, ...signed(value | 0)], [], true)
  }

  i64(value: bigint): Node {
    const key = `i64 ${value}`
    return this.#nodes.get(key) ?? this.#add(key, 'i64', [0x42, ...signed(value)], [], true)
  }

  /** A vector literal; `key` stands for its bytes, which are asked for once. */
  literal(key: string, bytes: () => readonly number[]): Node {
    const found = this.#nodes.get(key)
    return found ?? this.#add(key, 'v128', instructions['v128.const'].bytes.concat(bytes()), [])
  }

  /**
   * What a local holds in a region; it must not change there while values made of it are in use.
   * Locals that change get a new region for every span in which they don't.
   */
  local(index: number, type: ValType, region: Region): Node {
    const key = `local ${index}@${this.#regionId(region)}`
    let node = this.#nodes.get(key)
    if (!node) {
      node = this.#node(type, [control.get, ...unsigned(index)], [], region, true)
      this.#nodes.set(key, node)
    }
    return node
  }

  readonly #regions = new Map<Region, number>()
  #regionId(region: Region): number {
    let id = this.#regions.get(region)
    if (id === undefined) {
      id = this.#regions.size
      this.#regions.set(region, id)
    }
    return id
  }

  select(condition: Node, a: Node, b: Node): Node {
    const args = [a, b, condition]
    const key = withArguments('select', args)
    return this.#nodes.get(key) ?? this.#add(key, a.type, [control.select], args)
  }

  call(callee: Callee, result: ValType, args: readonly Node[]): Node {
    const key = withArguments(`call ${this.#calleeId(callee)}`, args)
    return this.#nodes.get(key) ?? this.#add(key, result, [0x10, callee], args)
  }

  #calleeId(callee: Callee): number {
    let id = this.#callees.get(callee)
    if (id === undefined) {
      id = this.#callees.size
      this.#callees.set(callee, id)
    }
    return id
  }

  /** `value`, but `callee(...args)` where `condition` (i32) is not 0: for what is rare and slow. */
  unless(condition: Node, value: Node, callee: Callee, args: readonly Node[]): Node {
    const all = [value, condition, ...args]
    const key = withArguments(`unless ${this.#calleeId(callee)}`, all)
    let node = this.#nodes.get(key)
    if (!node) {
      node = this.#node(value.type, [], all, this.#regionOf(all), false, callee)
      this.#nodes.set(key, node)
    }
    return node
  }

  /** A function of doubles that the host provides: of JS's Math, or `rem`. */
  imported(name: string, args: readonly Node[]): Node {
    const callee = this.context.builder.imported(name, {
      params: args.map(() => 'f64'),
      results: ['f64'],
    })
    this.calls++
    return this.call(callee, 'f64', args)
  }

  /** A function of this module, defined when first asked for. */
  helper(
    name: string,
    signature: Signature,
    define: (graph: Graph, params: readonly Node[]) => Node,
  ): Callee {
    const { builder, helpers } = this.context
    const known = helpers.get(name)
    if (known) return known
    const body = builder.define(signature)
    helpers.set(name, body)
    const graph = new Graph(this.context)
    const params = signature.params.map((type, i) => graph.local(i, type, graph.root))
    const result = define(graph, params)
    new Emitter(body).push(result, graph.root)
    body.code.append(graph.root.code)
    return body
  }
}
