import { check, dispatch, type Tensor } from '@sconce/core'
import { type Gradients, Node, type Wants } from '../node.ts'
import { type Formulas, type Plan, RESULT } from '../pointwise/formulas.ts'
import { backwardTwice, SavedTensor } from '../saved.ts'
import { isTensor } from './rule.ts'

/** Backward of a pointwise op: one kernel for each gradient. */
export class PointwiseNode extends Node {
  readonly #formulas: Formulas
  readonly #plan: Plan
  /** What the plan keeps: saved tensors, and scalars as they are. */
  readonly #kept: unknown[]
  #spent = false

  constructor(formulas: Formulas, plan: Plan, nextNodes: (Node | null)[], nextInputs: number[]) {
    super()
    this.#formulas = formulas
    this.#plan = plan
    this.nextNodes = nextNodes
    this.nextInputs = nextInputs
    this.#kept = new Array(plan.keep.length)
  }

  get name(): string {
    return this.#formulas.name
  }

  /** Whether a formula reads that parameter. */
  keeps(parameter: number): boolean {
    return this.#plan.keep.includes(parameter)
  }

  /** Keeps what the formulas read of the arguments. */
  saveArguments(args: readonly unknown[]): void {
    const { keep } = this.#plan
    for (let k = 0; k < keep.length; k++) {
      if (keep[k] === RESULT) continue
      const value = args[keep[k]]
      this.#kept[k] = isTensor(value) ? new SavedTensor(value, null) : value
    }
  }

  /** Keeps the result, if a formula reads it. */
  saveResult(result: Tensor): void {
    const at = this.#plan.keep.indexOf(RESULT)
    if (at >= 0) this.#kept[at] = new SavedTensor(result, this)
  }

  apply(grads: Gradients, wants: Wants): Gradients {
    const { formulas } = this.#formulas
    const results = new Array<Tensor | null>(formulas.length).fill(null)
    const gradient = grads[0]
    if (gradient === null) return results
    check(!this.#spent, () => backwardTwice)
    for (let i = 0; i < formulas.length; i++) {
      if (!wants.wants(this, i)) continue
      const { operation } = formulas[i]
      if (operation === null) {
        results[i] = gradient
        continue
      }
      const operands = this.#plan.operands[i]
      const args: unknown[] = new Array(operands.length + 1)
      args[0] = gradient
      for (let k = 0; k < operands.length; k++) {
        const value = this.#kept[operands[k]]
        args[k + 1] = value instanceof SavedTensor ? value.unpack() : value
      }
      // A derived op has one result.
      results[i] = dispatch(operation, args) as Tensor
    }
    return results
  }

  override release(): void {
    // A number in a tensor's place is saved and freed as the tensor would be.
    this.#spent = this.#plan.once
    for (const value of this.#kept) if (value instanceof SavedTensor) value.release()
  }
}
