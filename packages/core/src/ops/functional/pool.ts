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
import { type Geometry, geometryOf, outputSpace } from './pool-geometry.ts'

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
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  ceil: boolean,
  countPad: boolean,
  divisor: number | undefined,
): Tensor {
  check(divisor !== 0, () => 'divisor must be not zero')
  const n = kernel.length
  const g = geometryOf(kernel, stride, padding)
  const out = outputSpace(x, g, ceil, `avg_pool${n}d`)
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
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  dilation: number[],
  ceil: boolean,
): { values: Tensor; indices: Tensor } {
  const n = kernel.length
  const g = geometryOf(kernel, stride, padding, dilation)
  const out = outputSpace(
    x,
    g,
    ceil,
    n === 3 ? 'max_pool3d_with_indices_out_cpu_template' : 'max_pool2d',
  )
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

/** Windows along one dim, as those of an image of one row. */
const inRow = (window: number[] | undefined, other: number): number[] | undefined =>
  window && window.length > 0 ? [other, ...window] : undefined

function avgPool1d(
  x: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  ceil: boolean,
  countPad: boolean,
): Tensor {
  check(
    x.ndim === 2 || x.ndim === 3,
    () =>
      `Expected 2 to 3 dimensions, but got ${x.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for avg_pool1d)`,
  )
  const image = x.unsqueeze(-2)
  const steps = inRow(stride, 1)
  return avgPool(image, [1, ...kernel], steps, [0, ...padding], ceil, countPad, undefined).squeeze(
    -2,
  )
}

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
  const image = x.unsqueeze(-2)
  const steps = inRow(stride, 1)
  const { values, indices } = maxPoolIndices(
    image,
    [1, ...kernel],
    steps,
    [0, ...padding],
    [1, ...dilation],
    ceil,
  )
  return { values: values.squeeze(-2), indices: indices.squeeze(-2) }
}

/** The p-norm of each window, by the mean of the powers. */
function lpPool(
  x: Tensor,
  p: number,
  kernel: number[],
  stride: number[] | undefined,
  ceil: boolean,
): Tensor {
  const zeros = kernel.map(() => 0)
  const powers = x.pow(p)
  const mean =
    kernel.length === 1
      ? avgPool1d(powers, kernel, stride, zeros, ceil, true)
      : avgPool(powers, kernel, stride, zeros, ceil, true, undefined)
  return mean
    .sign()
    .mul(mean.abs().clampMin(0))
    .mul(elementCount(kernel))
    .pow(1 / p)
}

const implementations: FamilyImplementations<typeof poolSchemas> = {
  avg_pool1d: avgPool1d,
  avg_pool2d: avgPool,
  avg_pool3d: avgPool,
  max_pool1d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPool1d(x, kernel, stride, padding, dilation, ceil).values,
  max_pool2d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(x, kernel, stride, padding, dilation, ceil).values,
  max_pool3d: (x, kernel, stride, padding, dilation, ceil) =>
    maxPoolIndices(x, kernel, stride, padding, dilation, ceil).values,
  'max_pool1d.indices': maxPool1d,
  'max_pool2d.indices': maxPoolIndices,
  'max_pool3d.indices': maxPoolIndices,
  lp_pool1d: lpPool,
  lp_pool2d: lpPool,
}

const inner: FamilyImplementations<typeof poolInnerSchemas> = { _pool_argmax: poolArgmax }

define(poolSchemas, implementations, 'functional')
define(poolInnerSchemas, inner, 'internal')
