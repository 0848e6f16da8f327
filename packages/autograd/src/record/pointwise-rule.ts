import type { CompiledPointwise, Operation, Tensor } from '@sconce/core'
import { Meta } from '../meta.ts'
import { type Node, TensorInfo } from '../node.ts'
import { deriveFormulas, type Formulas } from '../pointwise/formulas.ts'
import { connectEdge } from './edges.ts'
import { PointwiseNode } from './pointwise-node.ts'
import type { Rule } from './rule.ts'
import { rebaseHistory } from './views.ts'

/** Recording of pointwise ops, whose derivative comes from their expression. */
export class PointwiseRule implements Rule {
  readonly primitive = true
  readonly #operation: Operation
  readonly #formulas = new Map<CompiledPointwise, Formulas | null>()

  constructor(operation: Operation) {
    this.#operation = operation
  }

  run(args: readonly unknown[]): unknown {
    const result = this.#operation.run(...args)
    const formulas = this.#formulasFor(args)
    if (formulas === null) return result
    // Only ops with one result have formulas.
    const output = result as Tensor
    const node = makeNode(formulas, args)
    node.metadata = [new TensorInfo(output)]
    output.autograd = new Meta(node, 0)
    node.saveArguments(args)
    node.saveResult(output)
    return output
  }

  runInplace(args: readonly unknown[]): void {
    const self = args[0] as Tensor
    const formulas = this.#formulasFor(args)
    if (formulas === null) {
      this.#operation.inplace(...args)
      self.version.value++
      return
    }
    const node = makeNode(formulas, args)
    // What the derivative needs of the old elements is kept as a copy.
    node.saveArguments(node.keeps(0) ? [self.clone(), ...args.slice(1)] : args)
    try {
      this.#operation.inplace(...args)
    } catch (error) {
      node.release()
      throw error
    }
    self.version.value++
    node.metadata = [new TensorInfo(self)]
    rebaseHistory(self, node)
    node.saveResult(self)
  }

  #formulasFor(args: readonly unknown[]): Formulas | null {
    const compiled = this.#operation.compiled?.(args)
    if (!compiled) return null
    let formulas = this.#formulas.get(compiled)
    if (formulas === undefined) {
      formulas = deriveFormulas(this.#operation, args, compiled)
      this.#formulas.set(compiled, formulas)
    }
    return formulas
  }
}

/** The node, connected to the arguments, that keeps what the gradients of those edges need. */
function makeNode(formulas: Formulas, args: readonly unknown[]): PointwiseNode {
  const list = formulas.formulas
  const nextNodes = new Array<Node | null>(list.length)
  const nextInputs = new Array<number>(list.length)
  let mask = 0
  for (let i = 0; i < list.length; i++) {
    // Formulas exist only for parameters that hold tensors.
    if (connectEdge(nextNodes, nextInputs, i, args[list[i].parameter] as Tensor)) mask |= 1 << i
  }
  return new PointwiseNode(formulas, formulas.plan(mask), nextNodes, nextInputs)
}
