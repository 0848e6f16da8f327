import { type DType, isFloat, type TypedArray } from '@sconce/backend'
import { getDevice } from '../device.ts'
import { check, RuntimeError } from '../errors.ts'
import { checkWritable } from '../pointwise/run.ts'
import { defaultFloat, defaultInt } from '../promotion.ts'
import type { Generator } from '../random/index.ts'
import * as draws from '../random/index.ts'
import { isScalar, type Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { define, type FamilyImplementations, inplaceFirst } from '../table.ts'
import { makeTensor, type Tensor, viewOf } from '../tensor.ts'
import { checkSize, finish } from './creation.ts'

const place = 'ScalarType? dtype=None, Device? device=None, bool requires_grad=False'
const made = `*, Generator? generator=None, ${place}` as const
const drawn = '*, Generator? generator=None' as const

/**
 * Random tensors: drawn on the host by PyTorch's CPU generator and uploaded, so that a seed gives the
 * same numbers on every backend, and PyTorch's.
 */
export const randomSchemas = {
  rand: `rand(int... size, ${made}) -> Tensor`,
  randn: `randn(int... size, ${made}) -> Tensor`,
  randint: [
    `randint(Scalar high, int[] size, ${made}) -> Tensor`,
    `randint.low(Scalar low, Scalar high, int[] size, ${made}) -> Tensor`,
  ],
  randperm: `randperm(int n, ${made}) -> Tensor`,
  randLike: `rand_like(Tensor self, *, ${place}) -> Tensor`,
  randnLike: `randn_like(Tensor self, *, ${place}) -> Tensor`,
  randintLike: [
    `randint_like(Tensor self, Scalar high, *, ${place}) -> Tensor`,
    `randint_like.low(Tensor self, Scalar low, Scalar high, *, ${place}) -> Tensor`,
  ],
  bernoulli: [
    `bernoulli(Tensor self, ${drawn}) -> Tensor`,
    `bernoulli.p(Tensor self, Tensor|Scalar p, ${drawn}) -> Tensor!`,
  ],
  multinomial: `multinomial(Tensor self, int num_samples, bool replacement=False, ${drawn}) -> Tensor`,
  poisson: `poisson(Tensor self, ${drawn}) -> Tensor`,
  binomial: `binomial(Tensor count, Tensor prob, ${drawn}) -> Tensor`,
  uniform: `uniform(Tensor self, float from=0, float to=1, ${drawn}) -> Tensor!`,
  normal: [
    `normal(Tensor self, float mean=0, float std=1, ${drawn}) -> Tensor!`,
    `normal.Tensor(Tensor|Scalar mean, Tensor|Scalar std, int[]? size=None, ${made}) -> Tensor`,
  ],
  random: [
    `random(Tensor self, ${drawn}) -> Tensor!`,
    `random.to(Tensor self, Scalar to, ${drawn}) -> Tensor!`,
    `random.from(Tensor self, Scalar from, Scalar? to, ${drawn}) -> Tensor!`,
  ],
  exponential: `exponential(Tensor self, float lambd=1, ${drawn}) -> Tensor!`,
  geometric: `geometric(Tensor self, float p, ${drawn}) -> Tensor!`,
  cauchy: `cauchy(Tensor self, float median=0, float sigma=1, ${drawn}) -> Tensor!`,
  logNormal: `log_normal(Tensor self, float mean=1, float std=2, ${drawn}) -> Tensor!`,
} as const satisfies Schemas

const generatorOf = (generator: Generator | undefined): Generator =>
  generator ?? draws.defaultGenerator()

/** Dims from the slowest to the fastest in memory, if the tensor fills its memory without gaps. */
function memoryOrder(t: Tensor): number[] | undefined {
  const dims = [...t.shape.keys()].sort(
    (a, b) => t.strides[b] - t.strides[a] || t.shape[b] - t.shape[a] || a - b,
  )
  const ordered = viewOf(
    t,
    dims.map((d) => t.shape[d]),
    dims.map((d) => t.strides[d]),
  )
  return ordered.isContiguous() ? dims : undefined
}

/**
 * Overwrites `self` with what is drawn: along its memory where it has no gaps, which is the order in
 * which PyTorch draws, else along its dims.
 */
function overwrite(self: Tensor, draw: (count: number, dense: boolean) => TypedArray): void {
  checkWritable(self)
  const dense = memoryOrder(self) !== undefined
  const data = draw(self.numel(), self.isContiguous())
  if (data.length === 0) return
  const { backend } = self.storage.device
  if (dense) {
    backend.write(self.storage.use(), data, self.offset)
    return
  }
  const whole = makeTensor(self.storage.device, self.dtype, self.shape)
  backend.write(whole.storage.use(), data)
  self.copy_(whole)
}

type Draw = (generator: Generator, dtype: DType, count: number) => TypedArray

/** A new tensor filled by `draw`. */
function drawInto(
  size: readonly number[],
  dtype: DType,
  device: string | undefined,
  requiresGrad: boolean,
  generator: Generator | undefined,
  draw: Draw,
): Tensor {
  checkSize(size)
  const result = makeTensor(getDevice(device), dtype, size)
  const data = draw(generatorOf(generator), dtype, result.numel())
  if (data.length > 0) result.storage.device.backend.write(result.storage.use(), data)
  return finish(result, requiresGrad)
}

const uniform01: Draw = (generator, dtype, count) => draws.uniform(generator, dtype, count, 0, 1)
const normal01: Draw = (generator, dtype, count) => draws.normal(generator, dtype, count, 0, 1)

const integer = (value: Scalar): number | bigint => {
  const number = value.valueOf()
  return typeof number === 'bigint' ? number : Math.trunc(Number(number))
}

const between =
  (low: Scalar, high: Scalar): Draw =>
  (generator, dtype, count) =>
    draws.randint(generator, dtype, count, integer(low), integer(high))

const isTensor = (x: Tensor | Scalar): x is Tensor => !isScalar(x)

/** Elements of a tensor on the host, for draws that depend on them. */
const elements = (t: Tensor): TypedArray => t.toTypedArray()

function fromHost(data: TypedArray, dtype: DType, shape: readonly number[], like: Tensor): Tensor {
  const result = makeTensor(like.storage.device, dtype, shape)
  if (data.length > 0) result.storage.device.backend.write(result.storage.use(), data)
  return result
}

function multinomial(
  t: Tensor,
  samples: number,
  replacement: boolean,
  generator: Generator | undefined,
): Tensor {
  check(
    isFloat(t.dtype),
    () => `multinomial only supports floating-point dtypes for input, got: ${t.dtype}`,
  )
  check(t.ndim === 1 || t.ndim === 2, () => 'prob_dist must be 1 or 2 dim')
  check(samples > 0, () => 'cannot sample n_sample <= 0 samples')
  const categories = t.shape[t.ndim - 1]
  check(
    replacement || samples <= categories,
    () => 'cannot sample n_sample > prob_dist.size(-1) samples without replacement',
  )
  const drawn_ = draws.multinomial(
    generatorOf(generator),
    t.dtype,
    elements(t),
    categories,
    samples,
    replacement,
  )
  return fromHost(drawn_, defaultInt, [...t.shape.slice(0, -1), samples], t)
}

function normalOf(
  mean: Tensor | Scalar,
  std: Tensor | Scalar,
  size: number[] | undefined,
  generator: Generator | undefined,
  dtype: DType | undefined,
  device: string | undefined,
  requiresGrad: boolean,
): Tensor {
  if (!isTensor(mean) && !isTensor(std)) {
    if (!size) throw new RuntimeError('normal() of two numbers needs a size')
    return drawInto(size, dtype ?? defaultFloat, device, requiresGrad, generator, (g, d, n) =>
      draws.normal(g, d, n, Number(mean.valueOf()), Number(std.valueOf())),
    )
  }
  const like = isTensor(mean) ? mean : (std as Tensor)
  const both = isTensor(mean) && isTensor(std)
  const shape = both ? mean.add(std).shape : like.shape
  const part = (x: Tensor | Scalar) =>
    isTensor(x) ? elements(x.expand(shape)) : Number(x.valueOf())
  const count = shape.reduce((a, b) => a * b, 1)
  const data = draws.normalOf(generatorOf(generator), like.dtype, count, part(mean), part(std))
  return fromHost(data, like.dtype, shape, like)
}

const implementations: FamilyImplementations<typeof randomSchemas> = {
  rand: (size, generator, dtype, device, grad) =>
    drawInto(size, dtype ?? defaultFloat, device, grad, generator, uniform01),
  randn: (size, generator, dtype, device, grad) =>
    drawInto(size, dtype ?? defaultFloat, device, grad, generator, normal01),
  randint: (high, size, generator, dtype, device, grad) =>
    drawInto(size, dtype ?? defaultInt, device, grad, generator, between(0, high)),
  'randint.low': (low, high, size, generator, dtype, device, grad) =>
    drawInto(size, dtype ?? defaultInt, device, grad, generator, between(low, high)),
  randperm: (n, generator, dtype, device, grad) => {
    checkSize([n])
    return drawInto([n], dtype ?? defaultInt, device, grad, generator, draws.randperm)
  },
  rand_like: (t, dtype, device, grad) =>
    drawInto(t.shape, dtype ?? t.dtype, device ?? t.device, grad, undefined, uniform01),
  randn_like: (t, dtype, device, grad) =>
    drawInto(t.shape, dtype ?? t.dtype, device ?? t.device, grad, undefined, normal01),
  randint_like: (t, high, dtype, device, grad) =>
    drawInto(t.shape, dtype ?? t.dtype, device ?? t.device, grad, undefined, between(0, high)),
  'randint_like.low': (t, low, high, dtype, device, grad) =>
    drawInto(t.shape, dtype ?? t.dtype, device ?? t.device, grad, undefined, between(low, high)),
  bernoulli: (t, generator) =>
    fromHost(
      draws.bernoulliOf(generatorOf(generator), t.dtype, t.dtype, elements(t)),
      t.dtype,
      t.shape,
      t,
    ),
  'bernoulli.p': inplaceFirst((self, p, generator) => {
    const g = generatorOf(generator)
    if (isTensor(p)) {
      const probabilities = elements(p.expand(self.shape))
      const data = draws.bernoulliOf(g, self.dtype, p.dtype, probabilities)
      self.copy_(fromHost(data, self.dtype, self.shape, self))
      return
    }
    overwrite(self, (count) => draws.bernoulli(g, self.dtype, count, Number(p.valueOf())))
  }),
  multinomial,
  poisson: (t, generator) =>
    fromHost(draws.poisson(generatorOf(generator), t.dtype, elements(t)), t.dtype, t.shape, t),
  binomial: (count, prob, generator) => {
    const shape = count.add(prob).shape
    const data = draws.binomial(
      generatorOf(generator),
      prob.dtype,
      elements(count.to(prob.dtype).expand(shape)),
      elements(prob.expand(shape)),
    )
    return fromHost(data, prob.dtype, shape, prob)
  },
  uniform: inplaceFirst((self, from, to, generator) =>
    overwrite(self, (count) => draws.uniform(generatorOf(generator), self.dtype, count, from, to)),
  ),
  normal: inplaceFirst((self, mean, std, generator) =>
    overwrite(self, (count, contiguous) =>
      (contiguous ? draws.normal : draws.normalStrided)(
        generatorOf(generator),
        self.dtype,
        count,
        mean,
        std,
      ),
    ),
  ),
  'normal.Tensor': normalOf,
  random: inplaceFirst((self, generator) =>
    overwrite(self, (count) => draws.random(generatorOf(generator), self.dtype, count)),
  ),
  'random.to': inplaceFirst((self, to, generator) =>
    overwrite(self, (count) =>
      draws.randint(generatorOf(generator), self.dtype, count, 0, integer(to)),
    ),
  ),
  'random.from': inplaceFirst((self, from, to, generator) =>
    overwrite(self, (count) =>
      draws.randint(
        generatorOf(generator),
        self.dtype,
        count,
        integer(from),
        to === undefined ? null : integer(to),
      ),
    ),
  ),
  exponential: inplaceFirst((self, lambda, generator) =>
    overwrite(self, (count) =>
      draws.exponential(generatorOf(generator), self.dtype, count, lambda),
    ),
  ),
  geometric: inplaceFirst((self, p, generator) =>
    overwrite(self, (count) => draws.geometric(generatorOf(generator), self.dtype, count, p)),
  ),
  cauchy: inplaceFirst((self, median, sigma, generator) =>
    overwrite(self, (count) =>
      draws.cauchy(generatorOf(generator), self.dtype, count, median, sigma),
    ),
  ),
  log_normal: inplaceFirst((self, mean, std, generator) =>
    overwrite(self, (count) =>
      draws.logNormal(generatorOf(generator), self.dtype, count, mean, std),
    ),
  ),
}

define(randomSchemas, implementations)
