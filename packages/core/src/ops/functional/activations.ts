import type { Expr } from '@sconce/backend'
import { check, RuntimeError } from '../../errors.ts'
import { float, type PointwiseRules, promote } from '../../pointwise/rule.ts'
import type { Schemas } from '../../schema/types.ts'
import { wrapDim } from '../../shape.ts'
import { define, definePointwise, type FamilyImplementations } from '../../table.ts'

/** Activations that are one expression of an element; `torch.nn.functional`. */
export const activationSchemas = {
  relu6: 'relu6(Tensor self) -> Tensor!',
  leakyRelu: 'leaky_relu(Tensor self, float negative_slope=0.01) -> Tensor!',
  elu: 'elu(Tensor self, float alpha=1) -> Tensor!',
  selu: 'selu(Tensor self) -> Tensor!',
  celu: 'celu(Tensor self, float alpha=1) -> Tensor!',
  /** `approximate: 'none' | 'tanh'`. */
  gelu: "gelu(Tensor self, *, str approximate='none') -> Tensor!",
  silu: 'silu(Tensor self) -> Tensor!',
  mish: 'mish(Tensor self) -> Tensor!',
  softplus: 'softplus(Tensor self, float beta=1, float threshold=20) -> Tensor',
  softsign: 'softsign(Tensor self) -> Tensor',
  logsigmoid: 'log_sigmoid(Tensor self) -> Tensor',
  hardtanh: 'hardtanh(Tensor self, float min_val=-1, float max_val=1) -> Tensor!',
  hardsigmoid: 'hardsigmoid(Tensor self) -> Tensor!',
  hardswish: 'hardswish(Tensor self) -> Tensor!',
  hardshrink: 'hardshrink(Tensor self, float lambd=0.5) -> Tensor',
  softshrink: 'softshrink(Tensor self, float lambd=0.5) -> Tensor',
  tanhshrink: 'tanhshrink(Tensor self) -> Tensor',
  threshold: 'threshold(Tensor self, float threshold, float value) -> Tensor!',
} as const satisfies Schemas

const SELU_ALPHA = 1.6732632423543772848170429916717
const SELU_SCALE = 1.0507009873554804934193349852946

/** α(e^{x·p} − 1) for negative x. */
const exponentialUnit = (x: Expr, alpha: Expr, inner: Expr): Expr =>
  x.gt(0).where(x, alpha.mul(inner.expm1()))

const gelu = (x: Expr, approximate: string): Expr => {
  if (approximate === 'tanh') {
    const cube = x.mul(x).mul(x)
    const inner = x.add(cube.mul(0.044715)).mul(Math.SQRT2 * (2 / Math.sqrt(Math.PI)) * 0.5)
    return x.mul(0.5).mul(inner.tanh().add(1))
  }
  if (approximate !== 'none') {
    throw new RuntimeError('approximate argument must be either none or tanh.')
  }
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1))
}

/** A NaN stays: `clamp` by comparisons would lose it. */
const between = (x: Expr, low: Expr | number, high: Expr | number): Expr => x.max(low).min(high)

const floats = { on: ['float'] } as const

const activationRules: PointwiseRules<typeof activationSchemas> = {
  relu6: promote((x) => between(x, 0, 6), { on: ['float', 'int'] }),
  leaky_relu: promote((x, slope) => x.gt(0).where(x, x.mul(slope)), floats),
  elu: promote((x, alpha) => exponentialUnit(x, alpha, x), floats),
  selu: promote(
    (x) => x.gt(0).where(x.mul(SELU_SCALE), x.expm1().mul(SELU_ALPHA * SELU_SCALE)),
    floats,
  ),
  celu: promote((x, alpha) => exponentialUnit(x, alpha, x.div(alpha)), floats),
  gelu: promote(gelu, floats),
  silu: promote((x) => x.div(x.neg().exp().add(1)), floats),
  mish: promote((x) => x.mul(x.exp().log1p().tanh()), floats),
  softplus: promote((x, beta, threshold) => {
    const scaled = x.mul(beta)
    return scaled.gt(threshold).where(x, scaled.exp().log1p().div(beta))
  }, floats),
  softsign: float((x) => x.div(x.abs().add(1))),
  log_sigmoid: promote((x) => x.min(0).sub(x.abs().neg().exp().log1p()), floats),
  hardtanh: promote(between, { on: ['float', 'int'] }),
  hardsigmoid: promote((x) => between(x.add(3), 0, 6).div(6), floats),
  hardswish: promote((x) => x.mul(between(x.add(3), 0, 6)).div(6), floats),
  hardshrink: promote((x, lambda) => x.ge(lambda.neg()).and(x.le(lambda)).where(0, x), floats),
  softshrink: promote(
    (x, lambda) => x.gt(lambda).where(x.sub(lambda), x.lt(lambda.neg()).where(x.add(lambda), 0)),
    {
      on: ['float'],
      check: ([, lambda]) =>
        check(
          Number(lambda) >= 0,
          () => `lambda must be greater or equal to 0, but found to be ${lambda}.`,
        ),
    },
  ),
  tanhshrink: float((x) => x.sub(x.tanh())),
  threshold: promote((x, threshold, value) => x.le(threshold).where(value, x), {
    on: ['float', 'int'],
  }),
}

definePointwise(activationSchemas, activationRules, 'functional')

/** Activations made of other ops. */
export const compositeActivationSchemas = {
  prelu: 'prelu(Tensor self, Tensor weight) -> Tensor',
  glu: 'glu(Tensor self, int dim=-1) -> Tensor',
  softmin: 'softmin(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
  normalize: 'normalize(Tensor input, float p=2, int dim=1, float eps=1e-12) -> Tensor',
} as const satisfies Schemas

const composites: FamilyImplementations<typeof compositeActivationSchemas> = {
  prelu: (x, weight) => {
    check(
      x.dtype === weight.dtype,
      () => `prelu: Type promoting not supported. Got ${x.dtype} and ${weight.dtype}`,
    )
    check(
      weight.ndim <= 1,
      () => `prelu: Expected \`weight\` to be a scalar or 1D tensor, but got ndim = ${weight.ndim}`,
    )
    const count = weight.numel()
    let slope = weight
    if (count !== 1) {
      check(x.ndim > 0, () => 'Not allow zero-dim input tensor.')
      const channels = x.ndim > 1 ? x.shape[1] : 1
      check(
        channels === count,
        () =>
          `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`,
      )
      slope = weight.view(x.shape.map((_, d) => (d === 1 ? -1 : 1)))
    } else if (weight.ndim > 0) {
      slope = weight.view(Array<number>(x.ndim).fill(1))
    }
    return x.where(x.gt(0), x.mul(slope))
  },
  glu: (x, dim) => {
    check(x.ndim > 0, () => 'glu does not support 0-dimensional tensors')
    const d = wrapDim(dim, x.ndim)
    check(
      x.shape[d] % 2 === 0,
      () => `Halving dimension must be even, but dimension ${d} is size ${x.shape[d]}`,
    )
    const [a, b] = x.chunk(2, d)
    return a.mul(b.sigmoid())
  },
  softmin: (x, dim, dtype) => x.neg().softmax(dim, { dtype }),
  normalize: (x, p, dim, eps) => x.div(x.norm(p, dim, true).clampMin(eps).expandAs(x)),
}

define(compositeActivationSchemas, composites, 'functional')
