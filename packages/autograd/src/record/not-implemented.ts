import { isFloat } from '@sconce/backend'
import { RuntimeError, type Tensor } from '@sconce/core'
import { Meta, needsGrad } from '../meta.ts'
import { type Gradients, Node, TensorInfo, type Wants } from '../node.ts'
import { connect } from './edges.ts'
import { isTensor } from './rule.ts'

/** Stands in the graph for an op without a derivative: an error only for who needs its gradient. */
export class NotImplemented extends Node {
  readonly #message: string

  constructor(message: string, args: readonly unknown[]) {
    super()
    this.#message = message
    this.nextNodes = []
    this.nextInputs = []
    for (const t of tensorsIn(args)) connect(this, this.nextNodes.length, t)
  }

  get name(): string {
    return 'NotImplemented'
  }

  apply(_grads: Gradients, _wants: Wants): Gradients {
    throw new RuntimeError(this.#message)
  }
}

/** All tensors among arguments, also those in lists. */
export function tensorsIn(args: readonly unknown[]): Tensor[] {
  return args.flatMap((a) => (isTensor(a) ? [a] : Array.isArray(a) ? tensorsIn(a) : []))
}

/** The tensors of a result, in the order of the outputs of a node. */
export function resultTensors(result: unknown): Tensor[] {
  if (isTensor(result)) return [result]
  if (typeof result !== 'object' || result === null) return []
  return Object.values(result).filter(isTensor)
}

/** PyTorch's message where nothing is known about an op. */
export const underived = (name: string): string =>
  `derivative for aten::${name.split('.')[0]} is not implemented`

/** Marks the results of an op whose history was lost: their backward is an error, not a zero. */
export function refuseBackward(message: string, args: readonly unknown[], result: unknown): void {
  const lost = resultTensors(result).filter(
    (t) => isFloat(t.dtype) && !needsGrad(t) && !tensorsIn(args).includes(t),
  )
  if (lost.length === 0) return
  const node = new NotImplemented(message, args)
  lost.forEach((t, i) => {
    node.metadata.push(new TensorInfo(t))
    t.autograd = new Meta(node, i)
  })
}
