import { isFloat } from '@sconce/backend'
import { check, NotImplementedError, sizes, ValueError } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { fromHost } from './host.ts'

/** Resizing; `torch.nn.functional`. */
export const interpolateSchemas = {
  /** `mode: 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area'`. */
  interpolate:
    "interpolate(Tensor input, int|int[]? size=None, float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor",
  upsample:
    "upsample(Tensor input, int|int[]? size=None, float[]? scale_factor=None, str mode='nearest', bool? align_corners=None) -> Tensor",
  upsampleNearest:
    'upsample_nearest(Tensor input, int|int[]? size=None, float[]? scale_factor=None) -> Tensor',
  upsampleBilinear:
    'upsample_bilinear(Tensor input, int|int[]? size=None, float[]? scale_factor=None) -> Tensor',
} as const satisfies Schemas

/** Positions in the source with their weights, for every position of the result along a dim. */
interface Taps {
  readonly positions: number[]
  readonly weights: number[]
}

const f32 = Math.fround

/** A dim to be resized, and the precision in which PyTorch computes its coordinates. */
interface Dim {
  readonly n: number
  readonly out: number
  readonly align: boolean
  readonly factor: number | undefined
  /** To float32, or not at all where the elements are doubles. */
  readonly round: (x: number) => number
}

/** The coordinate in the source of the centre of element `i`. */
function sourceIndex(i: number, scale: number, { align, round }: Dim, cubic: boolean): number {
  if (align) return round(scale * i)
  const at = round(round(scale * (i + 0.5)) - 0.5)
  return at < 0 && !cubic ? 0 : at
}

/** Ratio of the sizes: of the corner centres when aligned, else given or of the lengths. */
function ratio({ n, out, align, factor, round }: Dim): number {
  if (align) return out > 1 ? round((n - 1) / (out - 1)) : 0
  return round(factor !== undefined && factor > 0 ? 1 / factor : n / out)
}

/** Always in float32, as PyTorch does. */
function nearest({ n, out, factor }: Dim, exact: boolean): Taps[] {
  const scale = factor !== undefined && factor > 0 ? f32(1 / factor) : f32(n / out)
  const positions = Array.from({ length: out }, (_, i) =>
    Math.min(Math.floor(exact ? f32((i + 0.5) * scale) : f32(i * scale)), n - 1),
  )
  return [{ positions, weights: positions.map(() => 1) }]
}

function linear(dim: Dim): Taps[] {
  const { n, out, round } = dim
  const scale = ratio(dim)
  const low: Taps = { positions: [], weights: [] }
  const high: Taps = { positions: [], weights: [] }
  for (let i = 0; i < out; i++) {
    const at = n === out ? i : sourceIndex(i, scale, dim, false)
    const first = Math.min(Math.floor(at), n - 1)
    const weight = Math.min(Math.max(round(at - first), 0), 1)
    low.positions.push(first)
    low.weights.push(1 - weight)
    high.positions.push(Math.min(first + 1, n - 1))
    high.weights.push(weight)
  }
  return [low, high]
}

const A = -0.75
const near = (x: number) => ((A + 2) * x - (A + 3)) * x * x + 1
const far = (x: number) => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A

/** Keys' cubic convolution with a = -0.75. */
function cubic(dim: Dim): Taps[] {
  const { n, out } = dim
  const scale = ratio(dim)
  const taps = Array.from({ length: 4 }, (): Taps => ({ positions: [], weights: [] }))
  for (let i = 0; i < out; i++) {
    const at = sourceIndex(i, scale, dim, true)
    const first = Math.floor(at)
    const t = at - first
    const weights = [far(t + 1), near(t), near(1 - t), far(2 - t)]
    taps.forEach((tap, k) => {
      tap.positions.push(Math.min(Math.max(first - 1 + k, 0), n - 1))
      tap.weights.push(weights[k])
    })
  }
  return taps
}

/** Weights that grow with the downscaling: a triangle or a cubic over the support. */
function antialiased(dim: Dim, isCubic: boolean): Taps[] {
  const { n, out } = dim
  const scale = ratio(dim)
  const size = isCubic ? 4 : 2
  const support = scale >= 1 ? size * 0.5 * scale : size * 0.5
  const inverse = scale >= 1 ? 1 / scale : 1
  const B = -0.5
  const filter = (given: number): number => {
    const x = Math.abs(given)
    if (!isCubic) return x < 1 ? 1 - x : 0
    if (x < 1) return ((B + 2) * x - (B + 3)) * x * x + 1
    return x < 2 ? ((B * x - 5 * B) * x + 8 * B) * x - 4 * B : 0
  }
  const count = Math.ceil(support) * 2 + 1
  const taps = Array.from({ length: count }, (): Taps => ({ positions: [], weights: [] }))
  for (let i = 0; i < out; i++) {
    const center = scale * (i + 0.5)
    const from = Math.max(Math.floor(center - support + 0.5), 0)
    const used = Math.min(Math.floor(center + support + 0.5), n) - from
    const weights = Array.from({ length: count }, (_, k) =>
      k < used ? filter((k + from - center + 0.5) * inverse) : 0,
    )
    const total = weights.reduce((a, b) => a + b, 0)
    taps.forEach((tap, k) => {
      tap.positions.push(Math.min(from + k, n - 1))
      tap.weights.push(weights[k] / total)
    })
  }
  return taps
}

/** One dim resized: the weighted sum of slices of the source. */
function resize(x: Tensor, d: number, taps: readonly Taps[]): Tensor {
  const weight = (t: Taps) =>
    fromHost(t.weights, isFloat(x.dtype) ? x.dtype : 'float32', x).view(
      x.shape.map((_, k) => (k === d ? -1 : 1)),
    )
  const parts = taps.map((t) => {
    const picked = x.indexSelect(d, fromHost(t.positions, 'int32', x))
    return t.weights.every((w) => w === 1) ? picked : picked.mul(weight(t))
  })
  return parts.reduce((a, b) => a.add(b))
}

const ranks: Readonly<Record<string, number>> = { linear: 3, bilinear: 4, bicubic: 4, trilinear: 5 }

function interpolate(
  x: Tensor,
  size: number | number[] | undefined,
  factors: number[] | undefined,
  mode: string,
  align: boolean | undefined,
  recompute: boolean | undefined,
  antialias: boolean,
): Tensor {
  const n = x.ndim - 2
  const exact = mode === 'nearest' || mode === 'area' || mode === 'nearest-exact'
  if (exact) {
    if (align !== undefined) {
      throw new ValueError(
        'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
      )
    }
  }
  const listed =
    size === undefined ? undefined : typeof size === 'number' ? Array<number>(n).fill(size) : size
  if (listed && factors) throw new ValueError('only one of size or scale_factor should be defined')
  if (listed && listed.length !== n) {
    throw new ValueError(
      `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ${sizes(x.shape.slice(2))} and output size of ${sizes(listed)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.`,
    )
  }
  if (!listed && !factors) throw new ValueError('either size or scale_factor should be defined')
  const scales = factors && (factors.length === 1 ? Array<number>(n).fill(factors[0]) : factors)
  if (scales && scales.length !== n) {
    throw new ValueError(
      `Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of ${sizes(x.shape.slice(2))} and scale_factor of shape ${sizes(scales)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.`,
    )
  }
  const space = x.shape.slice(2)
  const out = listed ?? space.map((s, i) => Math.floor(s * (scales as number[])[i]))
  const factorOf = (i: number) => (recompute || !scales ? undefined : scales[i])
  check(
    out.every((s) => s > 0) && space.every((s) => s > 0),
    () =>
      `Input and output sizes should be greater than 0, but got input (H: ${space[0]}, W: ${space[1]}) output (H: ${out[0]}, W: ${out[1]})`,
  )
  if (mode === 'area') return callOperation(`adaptive_avg_pool${n}d`, [x, out]) as Tensor
  if (mode in ranks && ranks[mode] !== x.ndim) {
    throw new NotImplementedError(
      `Got ${x.ndim}D input, but ${mode} mode needs ${ranks[mode]}D input`,
    )
  }
  if (antialias && mode !== 'bilinear' && mode !== 'bicubic') {
    throw new ValueError('Anti-alias option is only supported for bilinear and bicubic modes')
  }
  const round = x.dtype === 'float64' ? (value: number) => value : f32
  const tapsOf = (i: number): Taps[] => {
    const dim = { n: space[i], out: out[i], align: align ?? false, factor: factorOf(i), round }
    switch (mode) {
      case 'nearest':
        return nearest(dim, false)
      case 'nearest-exact':
        return nearest(dim, true)
      case 'linear':
      case 'bilinear':
      case 'trilinear':
      case 'bicubic': {
        const isCubic = mode === 'bicubic'
        if (antialias) return antialiased(dim, isCubic)
        return isCubic ? cubic(dim) : linear(dim)
      }
      default:
        throw new NotImplementedError(
          `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${x.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got ${mode})`,
        )
    }
  }
  return space.reduce((t, _, i) => resize(t, i + 2, tapsOf(i)), x)
}

const implementations: FamilyImplementations<typeof interpolateSchemas> = {
  interpolate,
  upsample: (x, size, factors, mode, align) =>
    interpolate(x, size, factors, mode, align, undefined, false),
  upsample_nearest: (x, size, factors) =>
    interpolate(x, size, factors, 'nearest', undefined, undefined, false),
  upsample_bilinear: (x, size, factors) =>
    interpolate(x, size, factors, 'bilinear', true, undefined, false),
}

define(interpolateSchemas, implementations, 'functional')
