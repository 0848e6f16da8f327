import { type Tensor, zerosLike } from '@sconce/core'
import { type Definition, decayOf, elementwise } from './elementwise.ts'
import { fused } from './fused.ts'
import { kept } from './optimizer.ts'
import type { ImplementationOptions } from './options.ts'

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions extends ImplementationOptions {
  lr: number
  /** How fast the averages of gradient and square forget. */
  betas: readonly [number, number]
  eps: number
  weightDecay: number
  /** Divides by the largest average that there was. */
  amsgrad: boolean
  maximize: boolean
}

interface AdamState {
  step: number
  expAvg: Tensor
  expAvgSq: Tensor
  maxExpAvgSq?: Tensor
}

const adamDefaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
  foreach: undefined,
  capturable: false,
  differentiable: false,
  fused: false,
}

const adamWDefaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 1e-2,
  amsgrad: false,
  maximize: false,
  foreach: undefined,
  capturable: false,
}

const step = fused(
  'adam(Tensor param, Tensor grad, Tensor exp_avg, Tensor exp_avg_sq, Tensor? max_exp_avg_sq, Scalar step_size, Scalar rest1, Scalar beta2, Scalar rest2, Scalar correction, Scalar eps, Scalar? decay, Scalar? shrink, bool maximize)',
  (
    given,
    gradient,
    expAvg,
    expAvgSq,
    largest,
    stepSize,
    rest1,
    beta2,
    rest2,
    correction,
    eps,
    decay,
    shrink,
    maximize,
  ) => {
    const sign = maximize ? gradient.neg() : gradient
    const grad = decay ? sign.add(given.mul(decay)) : sign
    const param = shrink ? given.mul(shrink) : given
    const first = expAvg.add(grad.sub(expAvg).mul(rest1))
    const second = expAvgSq.mul(beta2).add(grad.mul(grad).mul(rest2))
    const bound = largest?.max(second)
    const denominator = (bound ?? second).sqrt().div(correction).add(eps)
    const updated = [param.sub(first.div(denominator).mul(stepSize)), first, second]
    return bound ? [...updated, bound] : updated
  },
)

/** @param decoupled whether weights decay apart from the gradient */
const definition = (
  defaults: AdamOptions,
  decoupled: boolean,
): Definition<AdamOptions, AdamState> => ({
  defaults,
  tensorNumbers: ['step'],
  state: (param, { amsgrad }) => ({
    step: 0,
    expAvg: zerosLike(param),
    expAvgSq: zerosLike(param),
    ...(amsgrad ? { maxExpAvgSq: zerosLike(param) } : {}),
  }),
  update(param, grad, { lr, betas, eps, weightDecay, amsgrad, maximize }, state) {
    const [beta1, beta2] = betas
    const { expAvg, expAvgSq } = state
    if (amsgrad) state.maxExpAvgSq ??= kept(() => zerosLike(param))
    const largest = amsgrad ? state.maxExpAvgSq : undefined
    state.step++
    step.run(largest ? [param, expAvg, expAvgSq, largest] : [param, expAvg, expAvgSq], [
      param,
      grad,
      expAvg,
      expAvgSq,
      largest,
      lr / (1 - beta1 ** state.step),
      1 - beta1,
      beta2,
      1 - beta2,
      Math.sqrt(1 - beta2 ** state.step),
      eps,
      decoupled ? undefined : decayOf(weightDecay),
      decoupled ? 1 - lr * weightDecay : undefined,
      maximize,
    ])
  },
})

/** Kingma & Ba (2015); `torch.optim.Adam`. @throws ValueError in PyTorch's words for bad options. */
export class Adam extends elementwise(definition(adamDefaults, false)) {}

/**
 * Adam with weights that decay apart from the gradient; Loshchilov & Hutter (2019); `torch.optim.AdamW`.
 *
 * @throws ValueError in PyTorch's words for bad options.
 */
export class AdamW extends elementwise(definition(adamWDefaults, true)) {}
