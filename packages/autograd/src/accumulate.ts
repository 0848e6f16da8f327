import { type Tensor, untracked } from '@sconce/core'
import { addInto } from './engine/gradients.ts'
import { makeMeta } from './meta.ts'
import { mode } from './mode.ts'
import { type Gradients, Node, TensorInfo } from './node.ts'

/** The end of the graph at a leaf: adds the gradient to `grad`. One per leaf. */
export class AccumulateGrad extends Node {
  readonly variable: Tensor

  constructor(variable: Tensor) {
    // Nothing is gained by keeping a gradient waiting: always first.
    super(Number.POSITIVE_INFINITY)
    this.variable = variable
    this.metadata = [new TensorInfo(variable)]
  }

  get name(): string {
    return 'AccumulateGrad'
  }

  /** What it makes is kept as `grad`. */
  override get scoped(): boolean {
    return false
  }

  apply(grads: Gradients): Gradients {
    const [gradient] = grads
    if (gradient === null) return []
    const meta = makeMeta(this.variable)
    const known = meta.grad
    if (known === null) meta.grad = take(gradient, grads)
    else if (mode.enabled) meta.grad = untracked(() => known.add(gradient))
    else addInto(known, gradient)
    return []
  }
}

/** The gradient itself where nothing else can reach its elements, else a copy. */
function take(gradient: Tensor, grads: Gradients): Tensor {
  if (mode.enabled || gradient.storage.owners > 1 || !gradient.isContiguous()) {
    return untracked(() => gradient.clone())
  }
  if (gradient.autograd !== null) return gradient.alias()
  grads[0] = null
  return gradient
}
