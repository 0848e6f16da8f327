import { fullLike, pythonFloat, type Tensor, ValueError, zerosLike } from '@sconce/core'
import { decayOf, elementwise } from './elementwise.ts'
import { fused } from './fused.ts'
import type { ImplementationOptions } from './options.ts'

/** Options of `Rprop`. */
export interface RpropOptions extends Pick<ImplementationOptions, 'foreach'> {
  lr: number
  /** What a step is multiplied by where the sign of the gradient has changed, and where not. */
  etas: readonly [number, number]
  /** The smallest and the largest step. */
  stepSizes: readonly [number, number]
  maximize: boolean
}

const rprop = fused(
  'rprop(Tensor param, Tensor grad, Tensor prev, Tensor step_size, Scalar less, Scalar more, Scalar least, Scalar most, bool maximize)',
  (param, gradient, prev, stepSize, less, more, least, most, maximize) => {
    const grad = maximize ? gradient.neg() : gradient
    const agreement = grad.mul(prev)
    const turned = agreement.lt(0)
    const grown = agreement.gt(0).where(stepSize.mul(more), stepSize)
    const size = turned.where(stepSize.mul(less), grown).max(least).min(most)
    const used = turned.where(0, grad)
    return [param.sub(used.sign().mul(size)), used, size]
  },
)

/**
 * Steps that look at the sign of the gradient only; Riedmiller & Braun (1993); `torch.optim.Rprop`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class Rprop extends elementwise<
  RpropOptions,
  { step: number; prev: Tensor; stepSize: Tensor }
>({
  defaults: {
    lr: 1e-2,
    etas: [0.5, 1.2],
    stepSizes: [1e-6, 50],
    foreach: undefined,
    maximize: false,
  },
  check({ etas: [less, more] }) {
    if (!(less > 0 && less < 1 && more > 1))
      throw new ValueError(`Invalid eta values: ${pythonFloat(less)}, ${pythonFloat(more)}`)
  },
  state: (param, { lr }) => ({ step: 0, prev: zerosLike(param), stepSize: fullLike(param, lr) }),
  update(param, grad, { etas, stepSizes, maximize }, state) {
    const { prev, stepSize } = state
    state.step++
    rprop.run(
      [param, prev, stepSize],
      [param, grad, prev, stepSize, ...etas, ...stepSizes, maximize],
    )
  },
}) {}

/** Options of `ASGD`. */
export interface ASGDOptions extends Pick<ImplementationOptions, 'foreach'> {
  lr: number
  lambd: number
  alpha: number
  /** Step from which on parameters are averaged. */
  t0: number
  weightDecay: number
  maximize: boolean
}

const asgd = fused(
  'asgd(Tensor param, Tensor grad, Tensor ax, Scalar eta, Scalar shrink, Scalar? mu, Scalar? decay, bool maximize)',
  (param, gradient, ax, eta, shrink, mu, decay, maximize) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(param.mul(decay)) : sign
    const updated = param.mul(shrink).sub(grad.mul(eta))
    return [updated, mu ? ax.add(updated.sub(ax).mul(mu)) : updated]
  },
)

/**
 * Averaged stochastic gradient descent; Polyak & Juditsky (1992); `torch.optim.ASGD`. The average is `ax` of
 * the state.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class ASGD extends elementwise<
  ASGDOptions,
  { step: number; eta: number; mu: number; ax: Tensor }
>({
  defaults: {
    lr: 1e-2,
    lambd: 1e-4,
    alpha: 0.75,
    t0: 1e6,
    weightDecay: 0,
    foreach: undefined,
    maximize: false,
  },
  tensorNumbers: ['step', 'eta', 'mu'],
  state: (param, { lr }) => ({ step: 0, eta: Math.fround(lr), mu: 1, ax: zerosLike(param) }),
  update(param, grad, { lr, lambd, alpha, t0, weightDecay, maximize }, state) {
    const { eta, mu, ax } = state
    asgd.run(
      [param, ax],
      [
        param,
        grad,
        ax,
        eta,
        1 - lambd * eta,
        mu === 1 ? undefined : mu,
        decayOf(weightDecay),
        maximize,
      ],
    )
    const step = ++state.step
    // PyTorch keeps both as float32 tensors.
    state.eta = Math.fround(lr / (1 + lambd * lr * step) ** alpha)
    state.mu = Math.fround(1 / Math.max(1, step - t0))
  },
}) {}
