import { isFloat } from '@sconce/backend'
import {
  type Operation,
  runOperation,
  runOperationInplace,
  type Tensor,
  withoutGrad,
} from '@sconce/core'
import type { AnyRow } from '../derivatives/row.ts'
import { Meta, makeMeta, needsGrad } from '../meta.ts'
import { type Node, TensorInfo } from '../node.ts'
import { SavedTensor } from '../saved.ts'
import { connectEdge } from './edges.ts'
import { resultTensors } from './not-implemented.ts'
import { RowNode } from './row-node.ts'
import { RowShape, type SavePlan } from './row-shape.ts'
import { isTensor, type Rule } from './rule.ts'
import { currentCreation, markView, rebaseHistory } from './views.ts'

/** Recording of ops that have a row in the derivative table. */
export class RowRule implements Rule {
  readonly primitive = true
  readonly #operation: Operation
  readonly #row: RowShape

  constructor(operation: Operation, row: AnyRow) {
    this.#operation = operation
    this.#row = new RowShape(operation, row)
  }

  run(args: readonly unknown[]): unknown {
    const result = withoutGrad(() => runOperation(this.#operation, args))
    const outputs = resultTensors(result)
    // An op that hands an argument back has done nothing.
    if (outputs.some((o) => args.includes(o))) return result
    if (!outputs.some((o) => isFloat(o.dtype))) return result
    const { node, plan } = this.#connect(args, args)
    const list = Array.isArray(result)
    const self = args[0]
    if (node === null) {
      for (const o of outputs) {
        if (isTensor(self) && o.storage === self.storage) markView(o, self, currentCreation(list))
      }
      return result
    }
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]
      node.metadata.push(new TensorInfo(output))
      if (!isFloat(output.dtype) || this.#row.constant[i]) continue
      // Views that the implementation made on its way are not seen from outside.
      const meta = new Meta(node, i)
      output.autograd = meta
      if (isTensor(self) && output.storage === self.storage) {
        markView(output, self, currentCreation(list))
      }
    }
    node.saveResults(outputs, plan.outputs, list)
    return result
  }

  runInplace(args: readonly unknown[]): void {
    const self = args[0] as Tensor
    const mask = this.#mask(args)
    const before = this.#row.plan(mask).parameters[0] ? [self.clone(), ...args.slice(1)] : args
    const { node, plan } = this.#connect(args, before)
    const { shape, strides } = self
    try {
      withoutGrad(() => runOperationInplace(this.#operation, args))
    } catch (error) {
      node?.release()
      throw error
    }
    self.version.value++
    if (node === null) return
    node.metadata.push(new TensorInfo(self))
    const relaid = self.shape !== shape || self.strides !== strides
    if (relaid) {
      // Only the layout changed: the tensor shows what it showed, in another form.
      const meta = makeMeta(self)
      meta.gradFn = node
      meta.outputNr = 0
      meta.attrVersion = self.version.value
    } else {
      rebaseHistory(self, node)
    }
    node.saveResults([self], plan.outputs, false)
  }

  /** Which parameters need a gradient, by position in the row. */
  #mask(args: readonly unknown[]): number {
    let mask = 0
    this.#row.params.forEach(({ at }, k) => {
      const value = args[at]
      const one = (v: unknown) => isTensor(v) && needsGrad(v)
      if (Array.isArray(value) ? value.some(one) : one(value)) mask |= 1 << k
    })
    return mask
  }

  /** The node with its edges to `args`, which keeps what is needed of `before`. */
  #connect(
    args: readonly unknown[],
    before: readonly unknown[],
  ): { node: RowNode | null; plan: SavePlan } {
    const { params } = this.#row
    const nextNodes: (Node | null)[] = []
    const nextInputs: number[] = []
    let lengths: number[] | null = null
    let mask = 0
    for (let k = 0; k < params.length; k++) {
      const value = args[params[k].at]
      const list = params[k].list && Array.isArray(value) ? value : null
      if (list && lengths === null) lengths = params.map(() => 1)
      if (list && lengths) lengths[k] = list.length
      for (const item of list ?? [value]) {
        const at = nextNodes.length
        if (!isTensor(item)) {
          nextNodes.push(null)
          nextInputs.push(0)
        } else if (connectEdge(nextNodes, nextInputs, at, item)) {
          mask |= 1 << k
        }
      }
    }
    const plan = this.#row.plan(mask)
    if (mask === 0) return { node: null, plan }
    const values = new Array<unknown>(args.length)
    const about = new Array<unknown>(args.length)
    for (let i = 0; i < args.length; i++) {
      const value = before[i]
      const keep = plan.parameters[i]
      if (isTensor(value)) {
        about[i] = new TensorInfo(value)
        values[i] = keep ? new SavedTensor(value, null) : undefined
      } else if (Array.isArray(value) && value.some(isTensor)) {
        about[i] = value.map((v) => (isTensor(v) ? new TensorInfo(v) : undefined))
        values[i] = keep
          ? value.map((v) => (isTensor(v) ? new SavedTensor(v, null) : undefined))
          : undefined
      } else {
        values[i] = value
      }
    }
    const node = new RowNode(this.#row, values, about, lengths, nextNodes, nextInputs)
    return { node, plan }
  }
}
