/** Optimizers that divide by what gradients were so far. */
import { fullLike, pythonFloat, type Tensor, ValueError, zerosLike } from '@sconce/core'
import { decayOf, elementwise } from './elementwise.ts'
import { fused } from './fused.ts'
import { kept } from './optimizer.ts'
import type { ImplementationOptions } from './options.ts'

/** Options of `Adagrad`. */
export interface AdagradOptions extends Pick<ImplementationOptions, 'foreach'> {
  lr: number
  lrDecay: number
  weightDecay: number
  initialAccumulatorValue: number
  eps: number
  maximize: boolean
}

const adagrad = fused(
  'adagrad(Tensor param, Tensor grad, Tensor sum, Scalar lr, Scalar eps, Scalar? decay, bool maximize)',
  (param, gradient, before, lr, eps, decay, maximize) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(param.mul(decay)) : sign
    const sum = before.add(grad.mul(grad))
    return [param.sub(grad.div(sum.sqrt().add(eps)).mul(lr)), sum]
  },
)

/**
 * Divides by the root of the sum of squares; Duchi et al. (2011); `torch.optim.Adagrad`. The state is there
 * from the beginning.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class Adagrad extends elementwise<AdagradOptions, { step: number; sum: Tensor }>({
  defaults: {
    lr: 1e-2,
    lrDecay: 0,
    weightDecay: 0,
    initialAccumulatorValue: 0,
    eps: 1e-10,
    foreach: undefined,
    maximize: false,
  },
  tensorNumbers: ['step'],
  state: (param, { initialAccumulatorValue }) => ({
    step: 0,
    sum: fullLike(param, initialAccumulatorValue),
  }),
  update(param, grad, { lr, lrDecay, weightDecay, eps, maximize }, state) {
    const rate = lr / (1 + state.step++ * lrDecay)
    adagrad.run(
      [param, state.sum],
      [param, grad, state.sum, rate, eps, decayOf(weightDecay), maximize],
    )
  },
}) {}

/** Options of `Adadelta`. */
export interface AdadeltaOptions extends Pick<ImplementationOptions, 'foreach'> {
  lr: number
  rho: number
  eps: number
  weightDecay: number
  maximize: boolean
}

const adadelta = fused(
  'adadelta(Tensor param, Tensor grad, Tensor square_avg, Tensor acc_delta, Scalar lr, Scalar rho, Scalar rest, Scalar eps, Scalar? decay, bool maximize)',
  (param, gradient, squareAvg, accDelta, lr, rho, rest, eps, decay, maximize) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(param.mul(decay)) : sign
    const square = squareAvg.mul(rho).add(grad.mul(grad).mul(rest))
    const delta = accDelta.add(eps).sqrt().div(square.add(eps).sqrt()).mul(grad)
    return [param.sub(delta.mul(lr)), square, accDelta.mul(rho).add(delta.mul(delta).mul(rest))]
  },
)

/**
 * Steps in the unit of the parameters; Zeiler (2012); `torch.optim.Adadelta`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class Adadelta extends elementwise<
  AdadeltaOptions,
  { step: number; squareAvg: Tensor; accDelta: Tensor }
>({
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, foreach: undefined, maximize: false },
  check({ rho }) {
    if (!(rho >= 0 && rho <= 1)) throw new ValueError(`Invalid rho value: ${pythonFloat(rho)}`)
  },
  state: (param) => ({ step: 0, squareAvg: zerosLike(param), accDelta: zerosLike(param) }),
  update(param, grad, { lr, rho, eps, weightDecay, maximize }, state) {
    const { squareAvg, accDelta } = state
    state.step++
    adadelta.run(
      [param, squareAvg, accDelta],
      [param, grad, squareAvg, accDelta, lr, rho, 1 - rho, eps, decayOf(weightDecay), maximize],
    )
  },
}) {}

/** Options of `RMSprop`. */
export interface RMSpropOptions extends Pick<ImplementationOptions, 'foreach' | 'differentiable'> {
  lr: number
  alpha: number
  eps: number
  weightDecay: number
  momentum: number
  centered: boolean
  maximize: boolean
}

interface RMSpropState {
  step: number
  squareAvg: Tensor
  momentumBuffer?: Tensor
  gradAvg?: Tensor
}

const rmsprop = fused(
  'rmsprop(Tensor param, Tensor grad, Tensor square_avg, Tensor? grad_avg, Tensor? buffer, Scalar lr, Scalar alpha, Scalar rest, Scalar eps, Scalar? momentum, Scalar? decay, bool maximize)',
  (
    param,
    gradient,
    squareAvg,
    gradAvg,
    buffer,
    lr,
    alpha,
    rest,
    eps,
    momentum,
    decay,
    maximize,
  ) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(param.mul(decay)) : sign
    const square = squareAvg.mul(alpha).add(grad.mul(grad).mul(rest))
    const mean = gradAvg?.mul(alpha).add(grad.mul(rest))
    const scale = (mean ? square.sub(mean.mul(mean)) : square).sqrt().add(eps)
    const velocity = buffer && momentum ? buffer.mul(momentum).add(grad.div(scale)) : undefined
    const updated = [param.sub((velocity ?? grad.div(scale)).mul(lr)), square]
    return [...updated, ...(mean ? [mean] : []), ...(velocity ? [velocity] : [])]
  },
)

/**
 * Divides by the root of the average square; Hinton (2012); `torch.optim.RMSprop`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class RMSprop extends elementwise<RMSpropOptions, RMSpropState>({
  defaults: {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
    foreach: undefined,
    maximize: false,
    differentiable: false,
  },
  state: (param) => ({ step: 0, squareAvg: zerosLike(param) }),
  update(param, grad, group, state) {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group
    if (momentum > 0) state.momentumBuffer ??= kept(() => zerosLike(param))
    if (centered) state.gradAvg ??= kept(() => zerosLike(param))
    const { squareAvg } = state
    const gradAvg = centered ? state.gradAvg : undefined
    const buffer = momentum > 0 ? state.momentumBuffer : undefined
    state.step++
    rmsprop.run(
      [param, squareAvg, ...(gradAvg ? [gradAvg] : []), ...(buffer ? [buffer] : [])],
      [
        param,
        grad,
        squareAvg,
        gradAvg,
        buffer,
        lr,
        alpha,
        1 - alpha,
        eps,
        buffer ? momentum : undefined,
        decayOf(weightDecay),
        maximize,
      ],
    )
  },
}) {}
