/**
 * Initialisers; `torch.nn.init`. They change a tensor in place, unrecorded, and return it. The same seed
 * gives PyTorch's numbers: draws are made in its order.
 */
import { noGrad } from '@sconce/autograd'
import { type Generator, linalg, randperm, type Tensor, ValueError } from '@sconce/core'

/** Functions after which `calculateGain` knows the gain. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu'

const FIXED_GAINS: Readonly<Record<string, number>> = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  conv_transpose1d: 1,
  conv_transpose2d: 1,
  conv_transpose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  selu: 3 / 4,
}

/**
 * The gain that keeps the variance through a nonlinearity; `calculate_gain`. `param` is the negative slope of
 * `leaky_relu`, 0.01 by default.
 *
 * @throws ValueError for an unknown one.
 */
export function calculateGain(nonlinearity: Nonlinearity | string, param?: number): number {
  if (Object.hasOwn(FIXED_GAINS, nonlinearity)) return FIXED_GAINS[nonlinearity]
  if (nonlinearity !== 'leaky_relu')
    throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`)
  const slope = param ?? 0.01
  if (typeof slope !== 'number') throw new ValueError(`negative_slope ${slope} not a valid number`)
  return Math.sqrt(2 / (1 + slope ** 2))
}

/**
 * How many inputs an output sees, and outputs an input reaches; `_calculate_fan_in_and_fan_out`.
 *
 * @throws ValueError for fewer than two dims.
 */
export function _calculateFanInAndFanOut(t: Tensor): [fanIn: number, fanOut: number] {
  if (t.ndim < 2) {
    throw new ValueError(
      'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
    )
  }
  const [out, into, ...space] = t.shape
  const field = space.reduce((a, b) => a * b, 1)
  return [into * field, out * field]
}

/** Arguments by position, the last of them maybe an options object, as one options object. */
function named<T extends object>(
  given: readonly (number | string | T | undefined)[],
  names: readonly (keyof T)[],
): Partial<T> {
  const values: Partial<T> = {}
  given.forEach((value, i) => {
    if (typeof value === 'object') Object.assign(values, value)
    else if (value !== undefined) Object.assign(values, { [names[i]]: value })
  })
  return values
}

const changed = (t: Tensor, change: () => unknown): Tensor => {
  noGrad(change)
  return t
}

interface UniformOptions {
  a?: number
  b?: number
  generator?: Generator
}

/** Uniform in [a, b); `uniform_`. */
export function uniform_(
  t: Tensor,
  a?: number | UniformOptions,
  b?: number | UniformOptions,
): Tensor {
  const { a: low = 0, b: high = 1, generator } = named<UniformOptions>([a, b], ['a', 'b'])
  return changed(t, () => t.uniform_(low, high, { generator }))
}

interface NormalOptions {
  mean?: number
  std?: number
  generator?: Generator
}

/** Normal; `normal_`. */
export function normal_(
  t: Tensor,
  mean?: number | NormalOptions,
  std?: number | NormalOptions,
): Tensor {
  const options = named<NormalOptions>([mean, std], ['mean', 'std'])
  const { mean: center = 0, std: deviation = 1, generator } = options
  return changed(t, () => t.normal_(center, deviation, { generator }))
}

/** Options of `truncNormal_`. */
interface TruncNormalOptions {
  mean?: number
  std?: number
  a?: number
  b?: number
}

/** The standard normal distribution function, to double precision. */
function normalCdf(x: number): number {
  // erfc by its continued fraction (Lentz) or erf by its series, whichever converges at once.
  const z = x / Math.SQRT2
  if (Math.abs(z) < 2) {
    let term = z
    let sum = z
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= -(z * z) / n
      sum += term / (2 * n + 1)
    }
    return 0.5 + sum / Math.sqrt(Math.PI)
  }
  const size = Math.abs(z)
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction)
  const tail = Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)) / 2
  return z < 0 ? tail : 1 - tail
}

/**
 * Normal, restricted to [a, b], by the inverse of the distribution function; `trunc_normal_`.
 */
export function truncNormal_(
  t: Tensor,
  mean?: number | TruncNormalOptions,
  std?: number | TruncNormalOptions,
  a?: number | TruncNormalOptions,
  b?: number | TruncNormalOptions,
): Tensor {
  const options = named<TruncNormalOptions>([mean, std, a, b], ['mean', 'std', 'a', 'b'])
  const { mean: center = 0, std: deviation = 1, a: low = -2, b: high = 2 } = options
  const from = normalCdf((low - center) / deviation)
  const to = normalCdf((high - center) / deviation)
  return changed(t, () =>
    t
      .uniform_(2 * from - 1, 2 * to - 1)
      .erfinv_()
      .mul_(deviation * Math.SQRT2)
      .add_(center)
      .clamp_({ min: low, max: high }),
  )
}

/** Fills with a value; `constant_`. */
export const constant_ = (t: Tensor, value: number | { val: number }): Tensor =>
  changed(t, () => t.fill_(typeof value === 'object' ? value.val : value))

/** Fills with ones; `ones_`. */
export const ones_ = (t: Tensor): Tensor => constant_(t, 1)

/** Fills with zeros; `zeros_`. */
export const zeros_ = (t: Tensor): Tensor => constant_(t, 0)

/** Makes the identity of a matrix; `eye_`. @throws ValueError for other ranks. */
export function eye_(t: Tensor): Tensor {
  if (t.ndim !== 2) throw new ValueError('Only tensors with 2 dimensions are supported')
  return changed(t, () => t.zero_().diagonal().fill_(1))
}

/**
 * Makes a convolution hand its channels on, as many as there are, in each of the groups; `dirac_`.
 *
 * @throws ValueError for other than three to five dims, or channels that groups don't divide.
 */
export function dirac_(t: Tensor, groups: number | { groups?: number } = 1): Tensor {
  const parts = typeof groups === 'object' ? (groups.groups ?? 1) : groups
  if (t.ndim < 3 || t.ndim > 5)
    throw new ValueError('Only tensors with 3, 4, or 5 dimensions are supported')
  const [out, into, ...space] = t.shape
  if (out % parts !== 0) throw new ValueError('dim 0 must be divisible by groups')
  const channels = out / parts
  return changed(t, () => {
    t.zero_()
    const middle = space.map((size) => Math.floor(size / 2))
    for (let g = 0; g < parts; g++) {
      for (let d = 0; d < Math.min(channels, into); d++)
        t.at(g * channels + d, d, ...middle).fill_(1)
    }
  })
}

/** Options of the Xavier initialisers. */
type Gain = number | { gain?: number }
const gainOf = (gain: Gain): number => (typeof gain === 'object' ? (gain.gain ?? 1) : gain)

/** Uniform with variance 2 / (fan in + fan out), times gain²; Glorot & Bengio (2010); `xavier_uniform_`. */
export function xavierUniform_(t: Tensor, gain: Gain = 1): Tensor {
  const [into, out] = _calculateFanInAndFanOut(t)
  const bound = Math.sqrt(3) * (gainOf(gain) * Math.sqrt(2 / (into + out)))
  return uniform_(t, -bound, bound)
}

/** Normal with variance 2 / (fan in + fan out), times gain²; `xavier_normal_`. */
export function xavierNormal_(t: Tensor, gain: Gain = 1): Tensor {
  const [into, out] = _calculateFanInAndFanOut(t)
  return normal_(t, 0, gainOf(gain) * Math.sqrt(2 / (into + out)))
}

/** Options of the Kaiming initialisers. */
export interface KaimingOptions {
  /** Negative slope of a leaky rectifier behind. */
  a?: number
  mode?: 'fan_in' | 'fan_out'
  nonlinearity?: Nonlinearity
}

function kaimingStd(
  t: Tensor,
  { a = 0, mode = 'fan_in', nonlinearity = 'leaky_relu' }: KaimingOptions,
) {
  if (mode !== 'fan_in' && mode !== 'fan_out') {
    throw new ValueError(`Mode ${mode} not supported, please use one of ['fan_in', 'fan_out']`)
  }
  const [into, out] = _calculateFanInAndFanOut(t)
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === 'fan_in' ? into : out)
}

/** Uniform with variance gain² / fan; He et al. (2015); `kaiming_uniform_`. */
export function kaimingUniform_(
  t: Tensor,
  a?: number | KaimingOptions,
  mode?: KaimingOptions['mode'] | KaimingOptions,
  nonlinearity?: Nonlinearity | KaimingOptions,
): Tensor {
  if (t.shape.includes(0)) return t
  const bound =
    Math.sqrt(3) *
    kaimingStd(t, named<KaimingOptions>([a, mode, nonlinearity], ['a', 'mode', 'nonlinearity']))
  return uniform_(t, -bound, bound)
}

/** Normal with variance gain² / fan; `kaiming_normal_`. */
export function kaimingNormal_(
  t: Tensor,
  a?: number | KaimingOptions,
  mode?: KaimingOptions['mode'] | KaimingOptions,
  nonlinearity?: Nonlinearity | KaimingOptions,
): Tensor {
  if (t.shape.includes(0)) return t
  return normal_(
    t,
    0,
    kaimingStd(t, named<KaimingOptions>([a, mode, nonlinearity], ['a', 'mode', 'nonlinearity'])),
  )
}

/**
 * Makes the rows of a matrix (or its columns, if there are fewer) orthogonal, of length `gain`; Saxe et al.
 * (2014); `orthogonal_`. Further dims count as columns.
 *
 * @throws ValueError for fewer than two dims.
 */
export function orthogonal_(t: Tensor, gain: Gain = 1): Tensor {
  if (t.ndim < 2) throw new ValueError('Only tensors with 2 or more dimensions are supported')
  if (t.numel() === 0) return t
  return changed(t, () => {
    const rows = t.shape[0]
    const columns = t.numel() / rows
    const drawn = t.newEmpty([rows, columns]).normal_(0, 1)
    const { Q, R } = linalg.qr(rows < columns ? drawn.t() : drawn)
    // Makes the distribution uniform: arXiv math-ph/0609050.
    const uniform = Q.mul(R.diagonal().sign())
    t.view([rows, columns]).copy_(rows < columns ? uniform.t() : uniform)
    t.mul_(gainOf(gain))
  })
}

interface SparseOptions {
  sparsity?: number
  std?: number
}

/**
 * Zeros in that part of each column, the rest normal; Martens (2010); `sparse_`.
 *
 * @throws ValueError for other than matrices.
 */
export function sparse_(
  t: Tensor,
  sparsity: number | SparseOptions,
  std?: number | SparseOptions,
): Tensor {
  if (t.ndim !== 2) throw new ValueError('Only tensors with 2 dimensions are supported')
  const options = named<SparseOptions>([sparsity, std], ['sparsity', 'std'])
  const { sparsity: part = 0, std: deviation = 0.01 } = options
  const [rows, columns] = t.shape
  const count = Math.ceil(part * rows)
  return changed(t, () => {
    t.normal_(0, deviation)
    for (let column = 0; column < columns; column++) {
      const chosen = randperm(rows, { device: t.device }).narrow(0, 0, count)
      t.select(1, column).indexFill_(0, chosen, 0)
    }
  })
}
