import { type Tensor, ValueError, zerosLike } from '@sconce/core'
import { decayOf, elementwise } from './elementwise.ts'
import { fused } from './fused.ts'
import { kept } from './optimizer.ts'
import type { ImplementationOptions } from './options.ts'

/** Options of `SGD`. */
export interface SGDOptions extends ImplementationOptions {
  lr: number
  momentum: number
  dampening: number
  weightDecay: number
  nesterov: boolean
  maximize: boolean
}

interface SGDState {
  momentumBuffer?: Tensor
}

const defaults: SGDOptions = {
  lr: Number.NaN,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
  foreach: undefined,
  differentiable: false,
}

const step = fused(
  'sgd(Tensor param, Tensor grad, Tensor? buffer, Scalar lr, Scalar? weight_decay, Scalar? momentum, Scalar? undamped, bool nesterov, bool maximize)',
  (param, given, buffer, lr, decay, momentum, undamped, nesterov, maximize) => {
    const sign = maximize ? given.neg() : given
    const grad = decay ? sign.add(param.mul(decay)) : sign
    if (!buffer || !momentum) return [param.sub(grad.mul(lr))]
    // The first step has no dampening: the buffer is the gradient.
    const velocity = buffer.mul(momentum).add(undamped ? grad.mul(undamped) : grad)
    const direction = nesterov ? grad.add(velocity.mul(momentum)) : velocity
    return [param.sub(direction.mul(lr)), velocity]
  },
)

/**
 * Stochastic gradient descent, with momentum or Nesterov's; `torch.optim.SGD`.
 *
 * @throws ValueError in PyTorch's words for options that make no sense, and for none of `lr`.
 */
export class SGD extends elementwise<SGDOptions, SGDState>({
  defaults,
  check({ nesterov, momentum, dampening }) {
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ValueError('Nesterov momentum requires a momentum and zero dampening')
  },
  state: () => ({}),
  update(param, grad, { lr, momentum, dampening, weightDecay, nesterov, maximize }, state) {
    const decay = decayOf(weightDecay)
    if (momentum === 0) {
      step.run([param], [param, grad, undefined, lr, decay, undefined, undefined, false, maximize])
      return
    }
    const first = state.momentumBuffer === undefined
    const buffer = state.momentumBuffer ?? kept(() => zerosLike(param))
    state.momentumBuffer = buffer
    const undamped = first || dampening === 0 ? undefined : 1 - dampening
    step.run(
      [param, buffer],
      [param, grad, buffer, lr, decay, momentum, undamped, nesterov, maximize],
    )
  },
}) {}
