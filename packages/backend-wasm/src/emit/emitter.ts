import { unsigned } from '../wasm/code.ts'
import { control, type Instruction, instructions, type ValType } from '../wasm/instructions.ts'
import type { FunctionBody } from '../wasm/module.ts'
import type { Node } from './graph.ts'
import type { Region } from './region.ts'

/**
 * Writes values into the regions of a function. What is used once is computed where it is used, what is
 * used more often or known further out is kept in a local, computed in the region that knows it.
 */
export class Emitter {
  readonly body: FunctionBody

  constructor(body: FunctionBody) {
    this.body = body
  }

  /** Leaves the value on the stack in `region`. */
  push(node: Node, region: Region): void {
    const { code } = region
    if (node.cheap) {
      code.bytes(...(node.code as readonly number[]))
    } else if (node.local >= 0) {
      code.bytes(control.get, ...unsigned(node.local))
    } else if (node.region !== region) {
      this.hold(node)
      code.bytes(control.get, ...unsigned(node.local))
    } else {
      this.#compute(node)
      if (node.uses > 1) {
        node.local = this.body.local(node.type)
        code.bytes(control.tee, ...unsigned(node.local))
      }
    }
  }

  /** Makes sure that a local holds the value; returns its index. */
  hold(node: Node): number {
    if (node.local < 0) {
      this.#compute(node)
      node.local = this.body.local(node.type)
      node.region.code.bytes(control.set, ...unsigned(node.local))
    }
    return node.local
  }

  #compute(node: Node): void {
    const { region } = node
    if (node.slow) {
      const [value, condition, ...args] = node.args
      for (const arg of args) if (!arg.cheap) this.hold(arg)
      const result = this.body.local(node.type)
      this.push(value, region)
      region.code.bytes(control.set, ...unsigned(result))
      this.push(condition, region)
      region.code.bytes(control.if, control.empty)
      for (const arg of args) this.push(arg, region)
      region.code.call(node.slow)
      region.code.bytes(control.set, ...unsigned(result), control.end)
      region.code.bytes(control.get, ...unsigned(result))
      return
    }
    for (const arg of node.args) this.push(arg, region)
    for (const item of node.code) region.code.items.push(item)
  }

  /** `local = value`, in `region`. */
  set(local: number, value: Node, region: Region): void {
    this.push(value, region)
    region.code.bytes(control.set, ...unsigned(local))
  }

  /** A store of `value` at `address + offset`; `lane` for the stores of one lane. */
  store(
    name: Instruction,
    region: Region,
    address: Node,
    offset: number,
    value: Node,
    lane?: number,
  ): void {
    this.push(address, region)
    this.push(value, region)
    const { bytes } = instructions[name]
    region.code.bytes(...bytes, 0, ...unsigned(offset), ...(lane === undefined ? [] : [lane]))
  }

  /** A new local that is set by hand. */
  variable(type: ValType): number {
    return this.body.local(type)
  }
}
