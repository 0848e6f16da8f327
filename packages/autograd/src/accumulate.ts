import { dispatchInplace, operations, type Tensor } from '@sconce/core'
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

  apply(grads: Gradients): Gradients {
    const [gradient] = grads
    if (gradient === null) return []
    const meta = makeMeta(this.variable)
    const known = meta.grad
    if (known === null) meta.grad = take(gradient, grads)
    else if (mode.enabled) meta.grad = known.add(gradient)
    else dispatchInplace(add(), [known, gradient, undefined])
    return []
  }
}

const add = () => operations.get('add') as NonNullable<ReturnType<typeof operations.get>>

/** The gradient itself where nothing else can reach its elements, else a copy. */
function take(gradient: Tensor, grads: Gradients): Tensor {
  if (mode.enabled || gradient.storage.owners > 1 || !gradient.isContiguous()) {
    return gradient.clone()
  }
  if (gradient.autograd !== null) return gradient.alias()
  grads[0] = null
  return gradient
}
