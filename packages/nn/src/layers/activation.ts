/** Activations: one row each, of arguments, of what is printed, and of the function. */
import { AssertionError, full, type Tensor } from '@sconce/core'
import { functional as F, inplace } from '../functional.ts'
import { layer } from '../layer.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'

/** `torch.nn.Threshold`: x where it is above a threshold, else a value. */
export class Threshold extends layer(
  'Threshold(float threshold, float value, bool inplace=False)',
  'threshold, value, inplace?',
  (o, x: Tensor) =>
    o.inplace
      ? inplace('threshold', x, o.threshold, o.value)
      : F.threshold(x, o.threshold, o.value),
) {}

/** `torch.nn.ReLU`: max(0, x). */
export class ReLU extends layer('ReLU(bool inplace=False)', 'inplace?', (o, x: Tensor) =>
  o.inplace ? inplace('relu', x) : F.relu(x),
) {}

/**
 * `torch.nn.RReLU`: x, or x times a random slope where it is negative; outside of training the mean slope.
 */
export class RReLU extends layer(
  'RReLU(float lower=0.125, float upper=0.3333333333333333, bool inplace=False)',
  'lower, upper, inplace?',
  (o, x: Tensor) =>
    o.inplace
      ? inplace('rrelu', x, o.lower, o.upper, o.training)
      : F.rrelu(x, o.lower, o.upper, o.training),
) {}

/** `torch.nn.Hardtanh`: x within bounds. */
export class Hardtanh extends layer(
  'Hardtanh(float min_val=-1.0, float max_val=1.0, bool inplace=False)',
  'min_val, max_val, inplace?',
  (o, x: Tensor) =>
    o.inplace ? inplace('hardtanh', x, o.minVal, o.maxVal) : F.hardtanh(x, o.minVal, o.maxVal),
) {}

/** `torch.nn.ReLU6`: x within [0, 6]. */
export class ReLU6 extends layer('ReLU6(bool inplace=False)', 'inplace?', (o, x: Tensor) =>
  o.inplace ? inplace('relu6', x) : F.relu6(x),
) {}

/** `torch.nn.Sigmoid`: 1 / (1 + e⁻ˣ). */
export class Sigmoid extends layer('Sigmoid()', '', (_, x: Tensor) => F.sigmoid(x)) {}

/** `torch.nn.Hardsigmoid`: x / 6 + 1/2 within [0, 1]. */
export class Hardsigmoid extends layer('Hardsigmoid(bool inplace=False)', '', (o, x: Tensor) =>
  o.inplace ? inplace('hardsigmoid', x) : F.hardsigmoid(x),
) {}

/** `torch.nn.Tanh`: the hyperbolic tangent. */
export class Tanh extends layer('Tanh()', '', (_, x: Tensor) => F.tanh(x)) {}

/** `torch.nn.SiLU`: x · σ(x). */
export class SiLU extends layer('SiLU(bool inplace=False)', 'inplace?', (o, x: Tensor) =>
  o.inplace ? inplace('silu', x) : F.silu(x),
) {}

/** `torch.nn.Mish`: x · tanh(softplus(x)); Misra (2019). */
export class Mish extends layer('Mish(bool inplace=False)', 'inplace?', (o, x: Tensor) =>
  o.inplace ? inplace('mish', x) : F.mish(x),
) {}

/** `torch.nn.Hardswish`: x · hardsigmoid(x); Howard et al. (2019). */
export class Hardswish extends layer('Hardswish(bool inplace=False)', '', (o, x: Tensor) =>
  o.inplace ? inplace('hardswish', x) : F.hardswish(x),
) {}

/** `torch.nn.ELU`: x, or α(eˣ − 1) where it is negative; Clevert et al. (2016). */
export class ELU extends layer(
  'ELU(float alpha=1.0, bool inplace=False)',
  'alpha, inplace?',
  (o, x: Tensor) => (o.inplace ? inplace('elu', x, o.alpha) : F.elu(x, o.alpha)),
) {}

/** `torch.nn.CELU`: x, or α(e^(x/α) − 1) where it is negative; Barron (2017). */
export class CELU extends layer(
  'CELU(float alpha=1.0, bool inplace=False)',
  'alpha, inplace?',
  (o, x: Tensor) => (o.inplace ? inplace('celu', x, o.alpha) : F.celu(x, o.alpha)),
) {}

/** `torch.nn.SELU`: a scaled ELU that keeps mean and variance; Klambauer et al. (2017). */
export class SELU extends layer('SELU(bool inplace=False)', 'inplace?', (o, x: Tensor) =>
  o.inplace ? inplace('selu', x) : F.selu(x),
) {}

/** `torch.nn.GLU`: one half of a dim times σ of the other; Dauphin et al. (2017). */
export class GLU extends layer('GLU(int dim=-1)', 'dim', (o, x: Tensor) => F.glu(x, o.dim)) {}

/** `approximate: 'none' | 'tanh'`. */
export class GELU extends layer("GELU(str approximate='none')", 'approximate', (o, x: Tensor) =>
  F.gelu(x, { approximate: o.approximate }),
) {
  override extraRepr(): string {
    return `approximate='${this.approximate}'`
  }
}

/** `torch.nn.Hardshrink`: 0 within [−λ, λ], else x. */
export class Hardshrink extends layer('Hardshrink(float lambd=0.5)', ':lambd', (o, x: Tensor) =>
  F.hardshrink(x, o.lambd),
) {}

/** `torch.nn.LeakyReLU`: x, or x times a slope where it is negative. */
export class LeakyReLU extends layer(
  'LeakyReLU(float negative_slope=0.01, bool inplace=False)',
  'negative_slope, inplace?',
  (o, x: Tensor) =>
    o.inplace ? inplace('leakyRelu', x, o.negativeSlope) : F.leakyRelu(x, o.negativeSlope),
) {}

/** `torch.nn.LogSigmoid`: log σ(x). */
export class LogSigmoid extends layer('LogSigmoid()', '', (_, x: Tensor) => F.logsigmoid(x)) {}

/** `torch.nn.Softplus`: log(1 + e^(βx)) / β, and x where βx is above the threshold. */
export class Softplus extends layer(
  'Softplus(float beta=1, float threshold=20)',
  'beta, threshold',
  (o, x: Tensor) => F.softplus(x, o.beta, o.threshold),
) {}

/** `torch.nn.Softshrink`: x moved towards 0 by λ. */
export class Softshrink extends layer('Softshrink(float lambd=0.5)', ':lambd', (o, x: Tensor) =>
  F.softshrink(x, o.lambd),
) {}

/** `torch.nn.Softsign`: x / (1 + |x|). */
export class Softsign extends layer('Softsign()', '', (_, x: Tensor) => F.softsign(x)) {}

/** `torch.nn.Tanhshrink`: x − tanh(x). */
export class Tanhshrink extends layer('Tanhshrink()', '', (_, x: Tensor) => F.tanhshrink(x)) {}

/** The dim of the older forms of softmax, which had none as an argument. */
const impliedDim = (x: Tensor): number => (x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1)

/** `torch.nn.Softmin`: softmax of −x along a dim. */
export class Softmin extends layer('Softmin(int? dim=None)', 'dim', (o, x: Tensor) =>
  F.softmin(x, o.dim ?? impliedDim(x)),
) {}

/** `torch.nn.Softmax`: eˣ over its sum along a dim. */
export class Softmax extends layer('Softmax(int? dim=None)', 'dim', (o, x: Tensor) =>
  F.softmax(x, o.dim ?? impliedDim(x)),
) {}

/** Softmax over the channels of every position: of [N, C, H, W] or [C, H, W]. */
export class Softmax2d extends layer('Softmax2d()', '', (_, x: Tensor) => {
  if (x.ndim !== 4 && x.ndim !== 3)
    throw new AssertionError('Softmax2d requires a 3D or 4D tensor as input')
  return F.softmax(x, -3)
}) {}

/** `torch.nn.LogSoftmax`: log of the softmax along a dim. */
export class LogSoftmax extends layer('LogSoftmax(int? dim=None)', 'dim', (o, x: Tensor) =>
  F.logSoftmax(x, o.dim ?? impliedDim(x)),
) {}

const prelu = signature(`PReLU(int num_parameters=1, float init=0.25, ${factory})`)

/** A leaky rectifier whose slope is learnt: one for all or one a channel. */
export class PReLU extends Module {
  readonly numParameters: number
  weight: Parameter

  constructor(...args: ArgumentsOf<typeof prelu>) {
    super()
    const { numParameters, init, ...place } = prelu.bind(args)
    this.numParameters = numParameters
    this.weight = new Parameter(full([numParameters], init, place))
  }

  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight)
  }

  override extraRepr(): string {
    return prelu.describe(this, 'num_parameters')
  }
}
