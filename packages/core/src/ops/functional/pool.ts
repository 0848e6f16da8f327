import {
  acc,
  constant,
  dtypes,
  type Expr,
  elementCount,
  index,
  input,
  isFloat,
} from '@sconce/backend'
import { check, sizes } from '../../errors.ts'
import { mapTo, reduceTo } from '../../kernel-call.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { fromHost } from './host.ts'

/** Pools; `torch.nn.functional`. With `returnIndices` the maxima come as `{ values, indices }`. */
export const poolSchemas = {
  avgPool1d:
    'avg_pool1d(Tensor self, int[1] kernel_size, int[1]? stride=None, int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor',
  avgPool2d:
    'avg_pool2d(Tensor self, int[2] kernel_size, int[2]? stride=None, int[2] padding=[0,0], bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
  avgPool3d:
    'avg_pool3d(Tensor self, int[3] kernel_size, int[3]? stride=None, int[3] padding=[0,0,0], bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor',
  maxPool1d: [
    'max_pool1d(Tensor self, int[1] kernel_size, int[1]? stride=None, int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False, false return_indices=False) -> Tensor',
    'max_pool1d.indices(Tensor self, int[1] kernel_size, int[1]? stride=None, int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False, true return_indices) -> (Tensor values, Tensor indices)',
  ],
  maxPool2d: [
    'max_pool2d(Tensor self, int[2] kernel_size, int[2]? stride=None, int[2] padding=[0,0], int[2] dilation=[1,1], bool ceil_mode=False, false return_indices=False) -> Tensor',
    'max_pool2d.indices(Tensor self, int[2] kernel_size, int[2]? stride=None, int[2] padding=[0,0], int[2] dilation=[1,1], bool ceil_mode=False, true return_indices) -> (Tensor values, Tensor indices)',
  ],
  maxPool3d: [
    'max_pool3d(Tensor self, int[3] kernel_size, int[3]? stride=None, int[3] padding=[0,0,0], int[3] dilation=[1,1,1], bool ceil_mode=False, false return_indices=False) -> Tensor',
    'max_pool3d.indices(Tensor self, int[3] kernel_size, int[3]? stride=None, int[3] padding=[0,0,0], int[3] dilation=[1,1,1], bool ceil_mode=False, true return_indices) -> (Tensor values, Tensor indices)',
  ],
  lpPool1d:
    'lp_pool1d(Tensor self, float norm_type, int[1] kernel_size, int[1]? stride=None, bool ceil_mode=False) -> Tensor',
  lpPool2d:
    'lp_pool2d(Tensor self, float norm_type, int[2] kernel_size, int[2]? stride=None, bool ceil_mode=False) -> Tensor',
} as const satisfies Schemas

/** The position in the flattened space of the largest element of each window. */
export const poolInnerSchemas = {
  poolArgmax:
    '_pool_argmax(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, int[] size) -> Tensor',
} as const satisfies Schemas

/** Number of windows along a dim, as `pooling_output_shape`. */
function windows(n: number, k: number, s: number, p: number, d: number, ceil: boolean): number {
  const free = n + 2 * p - d * (k - 1) - 1 + (ceil ? s - 1 : 0)
  const count = Math.floor(free / s) + 1
  // The last window has to start inside the input or its left padding.
  return ceil && (count - 1) * s >= n + p ? count - 1 : count
}

interface Geometry {
  kernel: number[]
  stride: number[]
  padding: number[]
  dilation: number[]
}

const geometryOf = (
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  dilation: number[],
): Geometry => ({
  kernel,
  stride: stride && stride.length > 0 ? stride : kernel,
  padding,
  dilation,
})

/** Checks, and the sizes of the output's space. */
function outputSpace(x: Tensor, n: number, g: Geometry, ceil: boolean, name: string): number[] {
  check(
    x.ndim === n + 1 || x.ndim === n + 2,
    () => `${name}: Expected ${n + 1}D or ${n + 2}D tensor for input, but got: ${sizes(x.shape)}`,
  )
  check(
    g.kernel.every((k) => k > 0),
    () => `kernel size should be greater than zero, but got ${g.kernel.join(' x ')}`,
  )
  check(
    g.stride.every((s) => s > 0),
    () => 'stride should not be zero',
  )
  check(
    g.dilation.every((d) => d > 0),
    () => `dilation should be greater than zero, but got dilation ${g.dilation.join(' x ')}`,
  )
  g.padding.forEach((p, i) => {
    check(p >= 0, () => `pad must be non-negative, but got pad: ${p}`)
    check(
      p <= Math.floor(g.kernel[i] / 2),
      () =>
        `pad should be at most half of kernel size, but got pad=${p} and kernel_size=${g.kernel[i]}`,
    )
  })
  const space = x.shape.slice(x.ndim - n)
  const out = space.map((s, i) =>
    windows(s, g.kernel[i], g.stride[i], g.padding[i], g.dilation[i], ceil),
  )
  check(
    out.every((s) => s >= 1),
    () =>
      `Given input size: (${x.shape.slice(x.ndim - n - 1).join('x')}). Calculated output size: (${[x.shape[x.ndim - n - 1], ...out].join('x')}). Output size is too small`,
  )
  return out
}

/**
 * All windows of the last dims in further dims: a strided view, of a padded copy where windows reach
 * outside.
 */
function windowed(x: Tensor, g: Geometry, out: readonly number[], fill: number): Tensor {
  const n = out.length
  const first = x.ndim - n
  const pad: number[] = []
  for (let i = n - 1; i >= 0; i--) {
    const reach = (out[i] - 1) * g.stride[i] + g.dilation[i] * (g.kernel[i] - 1) + 1
    pad.push(g.padding[i], Math.max(0, reach - x.shape[first + i] - g.padding[i]))
  }
  const source = pad.some((p) => p > 0) ? x.constantPadNd(pad, fill) : x
  const lead = source.strides.slice(0, first)
  const space = source.strides.slice(first)
  return source.asStrided(
    [...x.shape.slice(0, first), ...out, ...g.kernel],
    [...lead, ...space.map((s, i) => s * g.stride[i]), ...space.map((s, i) => s * g.dilation[i])],
    source.offset,
  )
}

function avgPool(
  n: number,
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  ceil: boolean,
  countPad: boolean,
  divisor: number | undefined,
): Tensor {
  check(divisor !== 0, () => 'divisor must be not zero')
  const g = {
    kernel,
    stride: stride && stride.length > 0 ? stride : kernel,
    padding,
    dilation: kernel.map(() => 1),
  }
  const out = outputSpace(x, n, g, ceil, `avg_pool${n}d`)
  const sums = windowed(x, g, out, 0).sum(windowDims(x.ndim, n))
  const divided = (by: Tensor | number) =>
    isFloat(x.dtype) ? sums.div(by) : sums.div(by, { roundingMode: 'trunc' })
  if (divisor !== undefined) return divided(divisor)
  const space = x.shape.slice(x.ndim - n)
  // Elements counted in each window, along each dim: inside the input, or its padding too.
  const counts = out.map((size, i) =>
    Array.from({ length: size }, (_, o) => {
      const start = o * g.stride[i] - padding[i]
      const end = Math.min(start + kernel[i], space[i] + padding[i])
      return countPad ? end - start : Math.min(end, space[i]) - Math.max(start, 0)
    }),
  )
  if (counts.every((list) => list.every((c) => c === list[0]))) {
    return divided(counts.reduce((product, list) => product * list[0], 1))
  }
  const sizesOf = counts.map((list, i) =>
    fromHost(list, x.dtype, x).view(out.map((_, d) => (d === i ? -1 : 1))),
  )
  return divided(sizesOf.reduce((a, b) => a.mul(b)))
}

/** The window dims of a windowed tensor: the last n of rank + n. */
const windowDims = (rank: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => rank + i)

function poolArgmax(
  x: Tensor,
  kernel: number[],
  stride: number[],
  padding: number[],
  dilation: number[],
  out: number[],
): Tensor {
  const n = out.length
  const g = { kernel, stride, padding, dilation }
  const view = windowed(x, g, out, Number.NEGATIVE_INFINITY)
  const { compute } = dtypes[x.dtype]
  const window = reduceTo(
    [{ op: 'argmax', value: input(0, x.dtype).cast(compute) }],
    [acc(0, 'int32')],
    [view],
    windowDims(x.ndim, n),
    false,
  )[0]
  // From the position in the window to that in the flattened space.
  const space = x.shape.slice(x.ndim - n)
  let rest: Expr = input(0, 'int32')
  let position: Expr = constant(0, 'int32')
  let scale = 1
  for (let i = n - 1; i >= 0; i--) {
    const offset = rest.rem(kernel[i])
    rest = rest.div(constant(kernel[i], 'int32'))
    const at = index(x.ndim - n + i)
      .mul(stride[i])
      .sub(padding[i])
      .add(offset.mul(dilation[i]))
    position = position.add(at.mul(scale))
    scale *= space[i]
  }
  return mapTo([position], [window], window.shape)[0]
}

/** Elements of the flattened space at positions. */
export function pickSpace(x: Tensor, positions: Tensor, n: number): Tensor {
  const lead = x.shape.slice(0, x.ndim - n)
  return x
    .reshape([...lead, elementCount(x.shape.slice(x.ndim - n))])
    .gather(-1, positions.reshape([...lead, elementCount(positions.shape.slice(x.ndim - n))]))
    .view(positions.shape)
}

function maxPoolIndices(
  n: number,
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  dilation: number[],
  ceil: boolean,
): { values: Tensor; indices: Tensor } {
  const g = { kernel, stride: stride && stride.length > 0 ? stride : kernel, padding, dilation }
  const out = outputSpace(x, n, g, ceil, `max_pool${n}d`)
  const indices = callOperation('_pool_argmax', [
    x.detach(),
    kernel,
    g.stride,
    padding,
    dilation,
    out,
  ]) as Tensor
  return { values: pickSpace(x, indices, n), indices }
}

function lpPool(
  n: number,
  x: Tensor,
  p: number,
  kernel: number[],
  stride: number[] | undefined,
  ceil: boolean,
): Tensor {
  const zeros = kernel.map(() => 0)
  const mean = avgPool(n, x.pow(p), kernel, stride, zeros, ceil, true, undefined)
  const size = kernel.reduce((a, b) => a * b, 1)
  return mean
    .sign()
    .mul(mean.abs().clampMin(0))
    .mul(size)
    .pow(1 / p)
}

/** In one dim as PyTorch does it: as an image of one row. */
function maxPool1d(
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  dilation: number[],
  ceil: boolean,
): { values: Tensor; indices: Tensor } {
  check(
    (x.ndim === 2 || x.ndim === 3) && elementCount(x.shape.slice(-2)) > 0,
    () =>
      `max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${sizes(x.shape)}`,
  )
  outputSpace(x, 1, geometryOf(kernel, stride, padding, dilation), ceil, 'max_pool1d')
  const { stride: step } = geometryOf(kernel, stride, padding, dilation)
  const image = x.unsqueeze(-2)
  const pads = [0, ...padding]
  const pooled = maxPoolIndices(
    2,
    image,
    [1, ...kernel],
    [1, ...step],
    pads,
    [1, ...dilation],
    ceil,
  )
  return { values: pooled.values.squeeze(-2), indices: pooled.indices.squeeze(-2) }
}

const implementations: FamilyImplementations<typeof poolSchemas> = {
  avg_pool1d: (x, kernel, stride, padding, ceil, countPad) => {
    outputSpace(x, 1, geometryOf(kernel, stride, padding, [1]), ceil, 'avg_pool1d')
    const flat = (list: number[]) => [1, ...list]
    const steps = stride && stride.length > 0 ? flat(stride) : undefined
    const image = x.unsqueeze(-2)
    return avgPool(
      2,
      image,
      flat(kernel),
      steps,
      [0, ...padding],
      ceil,
      countPad,
      undefined,
    ).squeeze(-2)
  },
  avg_pool2d: (x, kernel, stride, padding, ceil, countPad, divisor) =>
    avgPool(2, x, kernel, stride, padding, ceil, countPad, divisor),
  avg_pool3d: (x, kernel, stride, padding, ceil, countPad, divisor) =>
    avgPool(3, x, kernel, stride, padding, ceil, countPad, divisor),
  max_pool1d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPool1d(x, kernel, stride, padding, dilation, ceil).values,
  max_pool2d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(2, x, kernel, stride, padding, dilation, ceil).values,
  max_pool3d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(3, x, kernel, stride, padding, dilation, ceil).values,
  'max_pool1d.indices': (x, kernel, stride, padding, dilation, ceil) =>
    maxPool1d(x, kernel, stride, padding, dilation, ceil),
  'max_pool2d.indices': (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(2, x, kernel, stride, padding, dilation, ceil),
  'max_pool3d.indices': (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(3, x, kernel, stride, padding, dilation, ceil),
  lp_pool1d: (x, p, kernel, stride, ceil) => lpPool(1, x, p, kernel, stride, ceil),
  lp_pool2d: (x, p, kernel, stride, ceil) => lpPool(2, x, p, kernel, stride, ceil),
}

const inner: FamilyImplementations<typeof poolInnerSchemas> = { _pool_argmax: poolArgmax }

define(poolSchemas, implementations, 'functional')
define(poolInnerSchemas, inner, 'internal')
