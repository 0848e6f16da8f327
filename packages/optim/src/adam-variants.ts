/** Relatives of Adam. */
import { type Tensor, zerosLike } from '@sconce/core'
import { decayOf, elementwise } from './elementwise.ts'
import { fused } from './fused.ts'
import type { ImplementationOptions } from './options.ts'

/** Options that all of them have. */
interface AdaptiveOptions extends Pick<ImplementationOptions, 'foreach'> {
  lr: number
  betas: readonly [number, number]
  eps: number
  weightDecay: number
}

interface Averages {
  step: number
  expAvg: Tensor
  expAvgSq: Tensor
}

/** Options of `NAdam`. */
export interface NAdamOptions extends AdaptiveOptions {
  momentumDecay: number
}

const nadam = fused(
  'nadam(Tensor param, Tensor grad, Tensor exp_avg, Tensor exp_avg_sq, Scalar rest1, Scalar beta2, Scalar rest2, Scalar correction, Scalar eps, Scalar along_grad, Scalar along_avg, Scalar? decay)',
  (
    param,
    gradient,
    expAvg,
    expAvgSq,
    rest1,
    beta2,
    rest2,
    correction,
    eps,
    alongGrad,
    alongAvg,
    decay,
  ) => {
    const grad = decay ? gradient.add(param.mul(decay)) : gradient
    const first = expAvg.add(grad.sub(expAvg).mul(rest1))
    const second = expAvgSq.mul(beta2).add(grad.mul(grad).mul(rest2))
    const denominator = second.div(correction).sqrt().add(eps)
    const direction = grad.mul(alongGrad).add(first.mul(alongAvg))
    return [param.sub(direction.div(denominator)), first, second]
  },
)

/**
 * Adam with Nesterov's momentum; Dozat (2016); `torch.optim.NAdam`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class NAdam extends elementwise<NAdamOptions, Averages & { muProduct: number }>({
  defaults: {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    momentumDecay: 4e-3,
    foreach: undefined,
  },
  tensorNumbers: ['step', 'muProduct'],
  state: (param) => ({
    step: 0,
    muProduct: 1,
    expAvg: zerosLike(param),
    expAvgSq: zerosLike(param),
  }),
  update(param, grad, { lr, betas, eps, weightDecay, momentumDecay }, state) {
    const [beta1, beta2] = betas
    const { expAvg, expAvgSq } = state
    const step = ++state.step
    const muAt = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay))
    const mu = muAt(step)
    const next = muAt(step + 1)
    // PyTorch keeps it as a float32 tensor.
    state.muProduct = Math.fround(state.muProduct * mu)
    nadam.run(
      [param, expAvg, expAvgSq],
      [
        param,
        grad,
        expAvg,
        expAvgSq,
        1 - beta1,
        beta2,
        1 - beta2,
        1 - beta2 ** step,
        eps,
        (lr * (1 - mu)) / (1 - state.muProduct),
        (lr * next) / (1 - state.muProduct * mu * next),
        decayOf(weightDecay),
      ],
    )
  },
}) {}

const radam = fused(
  'radam(Tensor param, Tensor grad, Tensor exp_avg, Tensor exp_avg_sq, Scalar step_size, Scalar rest1, Scalar beta2, Scalar rest2, Scalar? eps, Scalar? decay)',
  (param, gradient, expAvg, expAvgSq, stepSize, rest1, beta2, rest2, eps, decay) => {
    const grad = decay ? gradient.add(param.mul(decay)) : gradient
    const first = expAvg.add(grad.sub(expAvg).mul(rest1))
    const second = expAvgSq.mul(beta2).add(grad.mul(grad).mul(rest2))
    const direction = eps ? first.div(second.sqrt().add(eps)) : first
    return [param.sub(direction.mul(stepSize)), first, second]
  },
)

/**
 * Adam that does not adapt while the variance of the square average is unknown; Liu et al. (2020);
 * `torch.optim.RAdam`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class RAdam extends elementwise<AdaptiveOptions, Averages>({
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, foreach: undefined },
  tensorNumbers: ['step'],
  state: (param) => ({ step: 0, expAvg: zerosLike(param), expAvgSq: zerosLike(param) }),
  update(param, grad, { lr, betas, eps, weightDecay }, state) {
    const [beta1, beta2] = betas
    const { expAvg, expAvgSq } = state
    const step = ++state.step
    const correction2 = 1 - beta2 ** step
    const longest = 2 / (1 - beta2) - 1
    const length = longest - (2 * step * beta2 ** step) / correction2
    const adapts = length > 5
    const rectified = adapts
      ? Math.sqrt(
          ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
        ) * Math.sqrt(correction2)
      : 1
    radam.run(
      [param, expAvg, expAvgSq],
      [
        param,
        grad,
        expAvg,
        expAvgSq,
        (lr / (1 - beta1 ** step)) * rectified,
        1 - beta1,
        beta2,
        1 - beta2,
        adapts ? eps : undefined,
        decayOf(weightDecay),
      ],
    )
  },
}) {}

/** Options of `Adamax`. */
export interface AdamaxOptions extends AdaptiveOptions {
  maximize: boolean
}

const adamax = fused(
  'adamax(Tensor param, Tensor grad, Tensor exp_avg, Tensor exp_inf, Scalar step_size, Scalar rest1, Scalar beta2, Scalar eps, Scalar? decay, bool maximize)',
  (param, gradient, expAvg, expInf, stepSize, rest1, beta2, eps, decay, maximize) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(param.mul(decay)) : sign
    const first = expAvg.add(grad.sub(expAvg).mul(rest1))
    const norm = expInf.mul(beta2).max(grad.abs().add(eps))
    return [param.sub(first.div(norm).mul(stepSize)), first, norm]
  },
)

/**
 * Adam with the infinity norm; Kingma & Ba (2015); `torch.optim.Adamax`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class Adamax extends elementwise<
  AdamaxOptions,
  { step: number; expAvg: Tensor; expInf: Tensor }
>({
  defaults: {
    lr: 2e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    foreach: undefined,
    maximize: false,
  },
  tensorNumbers: ['step'],
  state: (param) => ({ step: 0, expAvg: zerosLike(param), expInf: zerosLike(param) }),
  update(param, grad, { lr, betas, eps, weightDecay, maximize }, state) {
    const [beta1, beta2] = betas
    const { expAvg, expInf } = state
    adamax.run(
      [param, expAvg, expInf],
      [
        param,
        grad,
        expAvg,
        expInf,
        lr / (1 - beta1 ** ++state.step),
        1 - beta1,
        beta2,
        eps,
        decayOf(weightDecay),
        maximize,
      ],
    )
  },
}) {}
