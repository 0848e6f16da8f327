import { control, type ValType } from '../wasm/instructions.ts'
import type { FunctionBody, ModuleBuilder, Signature } from '../wasm/module.ts'
import { laneStore, type Packed, placeOf } from './access.ts'
import { Emitter } from './emitter.ts'
import { Graph, type Node } from './graph.ts'
import { Region } from './region.ts'

/** Of every function that the host calls: the argument block, the part of the work, scratch memory. */
export const entrySignature: Signature = { params: ['i32', 'i32', 'i32', 'i32'], results: [] }

/** A function under construction: its values and its statements. */
export class Writer {
  readonly graph: Graph
  readonly emitter: Emitter
  readonly body: FunctionBody
  /** The parameters. */
  readonly args: Node
  readonly begin: Node
  readonly end: Node

  constructor(builder: ModuleBuilder, relaxed: boolean, exportName: string) {
    this.graph = new Graph({ builder, relaxed, helpers: new Map() })
    this.body = builder.define(entrySignature, exportName)
    this.emitter = new Emitter(this.body)
    const parameter = (i: number) => this.graph.local(i, 'i32', this.graph.root)
    this.args = parameter(0)
    this.begin = parameter(1)
    this.end = parameter(2)
  }

  get root(): Region {
    return this.graph.root
  }

  /** Writes the function out. */
  finish(): void {
    this.body.code.append(this.root.code)
  }

  /** A word of the argument block. */
  argument(offset: number): Node {
    return this.graph.load('i32.load', this.args, offset)
  }

  add(a: Node, b: Node | number): Node {
    if (typeof b === 'number') return b === 0 ? a : this.graph.op('i32.add', [a, this.graph.i32(b)])
    return this.graph.op('i32.add', [a, b])
  }

  scale(a: Node, factor: number): Node {
    return factor === 1 ? a : this.graph.op('i32.mul', [a, this.graph.i32(factor)])
  }

  /** A variable, set in `region`. */
  variable(value: Node, region: Region): number {
    const local = this.emitter.variable(value.type)
    this.emitter.set(local, value, region)
    return local
  }

  /** What a variable holds throughout `region`. */
  get(local: number, region: Region, type: ValType = 'i32'): Node {
    return this.graph.local(local, type, region)
  }

  set(local: number, value: Node, region: Region): void {
    this.emitter.set(local, value, region)
  }

  /** `variable += value`, at the end of the span in which the variable is constant. */
  advance(local: number, value: Node | number, region: Region): void {
    this.set(local, this.add(this.get(local, region), value), region)
  }

  /** Runs `inner` if `condition`. */
  when(region: Region, condition: Node, inner: Region): void {
    this.emitter.push(condition, region)
    region.code.bytes(control.if, control.empty).append(inner.code).bytes(control.end)
  }

  /** Runs `inner` until `condition`, worked out in a region behind it, is 0; once at least. */
  repeat(region: Region, inner: Region, condition: (region: Region) => Node): void {
    const after = new Region(inner)
    this.emitter.push(condition(after), after)
    region.code.bytes(control.loop, control.empty).append(inner.code).append(after.code)
    region.code.bytes(control.brIf, 0, control.end)
  }

  /** As `repeat`, but only if `condition` holds before the first time too. */
  loop(region: Region, inner: Region, condition: (region: Region) => Node): void {
    const guarded = new Region(region)
    this.repeat(guarded, inner, condition)
    this.when(region, condition(region), guarded)
  }

  /** Makes sure that the value is known at this point of `region`. */
  keep(node: Node, region: Region): void {
    this.#hold([node], region)
  }

  /** Makes sure that values can be used inside of conditional statements of `region`. */
  #hold(nodes: readonly Node[], region: Region): void {
    for (const node of nodes) {
      if (node.cheap || node.local >= 0) continue
      if (node.region !== region && node.region.level > region.level) {
        throw new Error('a value is used outside of the region that knows it')
      }
      this.emitter.hold(node)
    }
  }

  /** Stores four neighbouring elements, or the first `count` (i32) if it is less. */
  storeDense(region: Region, packed: Packed, address: Node, offset: number, count?: Node): void {
    const { size, regs } = packed
    if (count === undefined) {
      this.#storeAll(region, packed, address, offset)
      return
    }
    this.#hold([address, ...regs.map((r) => r.node)], region)
    const whole = new Region(region)
    this.#storeAll(whole, packed, address, offset)
    const part = new Region(region)
    for (let i = 0; i < 3; i++) {
      this.#storeLane(part, packed, i, address, offset + i * size, i === 0 ? undefined : count)
    }
    this.emitter.push(this.graph.op('i32.ge_s', [count, this.graph.i32(4)]), region)
    region.code.bytes(control.if, control.empty).append(whole.code)
    region.code.bytes(control.else).append(part.code).bytes(control.end)
  }

  #storeAll(region: Region, { size, regs }: Packed, address: Node, offset: number): void {
    if (size === 8) {
      this.emitter.store('v128.store', region, address, offset, regs[0].node)
      this.emitter.store('v128.store', region, address, offset + 16, regs[1].node)
    } else if (size === 4) {
      this.emitter.store('v128.store', region, address, offset, regs[0].node)
    } else {
      const lane = laneStore(4 * size)
      this.emitter.store(lane, region, address, offset, regs[0].node, 0)
    }
  }

  /** Stores elements at four addresses, or the first `count` of them. */
  storeLanes(region: Region, packed: Packed, addresses: readonly Node[], count?: Node): void {
    this.#hold([...addresses, ...packed.regs.map((r) => r.node)], region)
    addresses.forEach((address, i) => {
      this.#storeLane(region, packed, i, address, 0, i === 0 ? undefined : count)
    })
  }

  /** Stores element `i`. */
  storeElement(region: Region, packed: Packed, i: number, address: Node): void {
    this.#storeLane(region, packed, i, address, 0, undefined)
  }

  /** Stores element `i`, if it is among the first `count`. */
  #storeLane(
    region: Region,
    packed: Packed,
    i: number,
    address: Node,
    offset: number,
    count: Node | undefined,
  ): void {
    const [vec, lane] = placeOf(packed, i)
    const inner = count ? new Region(region) : region
    this.emitter.store(laneStore(packed.size), inner, address, offset, vec.node, lane)
    if (count) this.when(region, this.graph.op('i32.gt_s', [count, this.graph.i32(i)]), inner)
  }
}
