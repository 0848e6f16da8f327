import { check, RuntimeError, sizes, ValueError } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { fromHost } from './host.ts'

/** Sampling at given coordinates; `torch.nn.functional`. */
export const gridSchemas = {
  affineGrid: 'affine_grid(Tensor theta, int[] size, bool? align_corners=None) -> Tensor',
  gridSample:
    "grid_sample(Tensor input, Tensor grid, str mode='bilinear', str padding_mode='zeros', bool? align_corners=None) -> Tensor",
} as const satisfies Schemas

/** `size` coordinates from -1 to 1: of the corners' centres when aligned, else of the elements' centres. */
function axis(size: number, align: boolean): number[] {
  if (size <= 1) return Array<number>(size).fill(0)
  const step = 2 / (size - 1)
  const scale = align ? 1 : (size - 1) / size
  return Array.from({ length: size }, (_, i) => (-1 + step * i) * scale)
}

function affineGrid(theta: Tensor, size: number[], align: boolean): Tensor {
  const n = size.length - 2
  const expected = [size[0], n, n + 1]
  if (n !== 2 && n !== 3) {
    throw new RuntimeError(
      `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size torch.Size(${sizes(size)}).`,
    )
  }
  if (sizes(theta.shape) !== sizes(expected)) {
    throw new ValueError(
      `Expected a batch of ${n}D affine matrices of shape Nx${n}x${n + 1} for size torch.Size(${sizes(size)}). Got torch.Size(${sizes(theta.shape)}).`,
    )
  }
  if (size.some((s) => s <= 0)) {
    throw new ValueError(`Expected non-zero, positive output size. Got torch.Size(${sizes(size)})`)
  }
  const space = size.slice(2)
  // Coordinates x, y, (z), 1 of every point: the last dim of the space is x.
  const columns = space
    .map((s, d) =>
      fromHost(axis(s, align), theta.dtype, theta)
        .view(space.map((_, k) => (k === d ? -1 : 1)))
        .expand(space),
    )
    .reverse()
  columns.push(theta.newOnes([]).expand(space))
  const base = (callOperation('stack', [columns, -1]) as Tensor).reshape([-1, n + 1])
  return base
    .expand([size[0], base.shape[0], n + 1])
    .bmm(theta.transpose(1, 2))
    .view([size[0], ...space, n])
}

/** Mirrors coordinates into [low, high]; both are doubled to be integers. */
function reflected(x: Tensor, twiceLow: number, twiceHigh: number): Tensor {
  if (twiceLow === twiceHigh) return x.mul(0)
  const low = twiceLow / 2
  const span = (twiceHigh - twiceLow) / 2
  const away = x.sub(low).abs()
  const extra = away.detach().fmod(span)
  const flips = away.detach().div(span).floor()
  const even = flips.remainder(2).eq(0)
  // extra + the part of x that has a gradient of ±1.
  const inside = away.sub(away.detach()).add(extra)
  return inside.add(low).where(even, inside.neg().add(span + low))
}

function unnormalized(c: Tensor, size: number, align: boolean): Tensor {
  return align
    ? c
        .add(1)
        .div(2)
        .mul(size - 1)
    : c.add(1).mul(size).sub(1).div(2)
}

/** Clamps without a gradient outside. */
const clipped = (x: Tensor, size: number): Tensor => x.clamp({ min: 0, max: size - 1 })

function padded(x: Tensor, size: number, mode: string, align: boolean): Tensor {
  if (mode === 'border') return clipped(x, size)
  if (mode !== 'reflection') return x
  const mirrored = align ? reflected(x, 0, 2 * (size - 1)) : reflected(x, -1, 2 * size - 1)
  return clipped(mirrored, size)
}

/** Values at integer coordinates, 0 outside. `at[k]` are [N, P] coordinates of dim k of the space. */
function lookup(x: Tensor, at: readonly Tensor[]): Tensor {
  const [n, c, ...space] = x.shape
  let inside: Tensor | undefined
  let flat: Tensor | undefined
  at.forEach((t, k) => {
    const valid = t.ge(0).logicalAnd(t.lt(space[k]))
    inside = inside ? inside.logicalAnd(valid) : valid
    const held = t.clamp({ min: 0, max: space[k] - 1 })
    flat = flat ? flat.mul(space[k]).add(held) : held
  })
  if (!inside || !flat) throw new RuntimeError('grid_sample(): no coordinates')
  const points = flat.shape[1]
  const index = flat.to('int32').unsqueeze(1).expand([n, c, points])
  return x.reshape([n, c, -1]).gather(2, index).mul(inside.to(x.dtype).unsqueeze(1))
}

function bicubicWeights(t: Tensor): Tensor[] {
  const A = -0.75
  const near = (x: Tensor) =>
    x
      .mul(A + 2)
      .sub(A + 3)
      .mul(x)
      .mul(x)
      .add(1)
  const far = (x: Tensor) =>
    x
      .mul(A)
      .sub(5 * A)
      .mul(x)
      .add(8 * A)
      .mul(x)
      .sub(4 * A)
  return [far(t.add(1)), near(t), near(t.neg().add(1)), far(t.neg().add(2))]
}

function gridSample(
  x: Tensor,
  grid: Tensor,
  mode: string,
  padding: string,
  align: boolean,
): Tensor {
  if (!['bilinear', 'nearest', 'bicubic'].includes(mode)) {
    throw new ValueError(
      `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
    )
  }
  if (!['zeros', 'border', 'reflection'].includes(padding)) {
    throw new ValueError(
      `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${padding}'`,
    )
  }
  const dims = x.ndim - 2
  check(
    x.ndim === 4 || x.ndim === 5,
    () =>
      `grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes ${sizes(x.shape)} and grid with sizes ${sizes(grid.shape)}`,
  )
  check(
    grid.ndim === x.ndim,
    () =>
      `grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes ${sizes(x.shape)} and grid with sizes ${sizes(grid.shape)}`,
  )
  check(
    x.shape[0] === grid.shape[0],
    () =>
      `grid_sampler(): expected grid and input to have same batch size, but got input with sizes ${sizes(x.shape)} and grid with sizes ${sizes(grid.shape)}`,
  )
  check(
    grid.shape[grid.ndim - 1] === dims,
    () =>
      `grid_sampler(): expected grid to have size ${dims} in last dimension, but got grid with sizes ${sizes(grid.shape)}`,
  )
  check(
    x.dtype === grid.dtype,
    () =>
      `grid_sampler(): expected input and grid to have same dtype, but input has ${x.dtype} and grid has ${grid.dtype}`,
  )
  check(
    !(mode === 'bicubic' && x.ndim === 5),
    () => 'grid_sampler(): bicubic interpolation only supports 4D input',
  )
  const [n, c, ...space] = x.shape
  const out = grid.shape.slice(1, -1)
  const flat = grid.reshape([n, -1, dims])
  // The grid lists x first; the space lists it last.
  const raw = space.map((size, k) => unnormalized(flat.select(2, dims - 1 - k), size, align))
  const shape = [n, c, ...out]
  if (mode === 'bicubic') {
    const bases = raw.map((t) => t.detach().floor())
    const weights = raw.map((t, k) => bicubicWeights(t.sub(bases[k])))
    let sum: Tensor | undefined
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const at = [bases[0].add(i - 1), bases[1].add(j - 1)].map((t, k) =>
          padded(t, space[k], padding, align),
        )
        const term = lookup(x, at).mul(weights[0][i].mul(weights[1][j]).unsqueeze(1))
        sum = sum ? sum.add(term) : term
      }
    }
    return (sum as Tensor).view(shape)
  }
  const at = raw.map((t, k) => padded(t, space[k], padding, align))
  if (mode === 'nearest') {
    const picked = lookup(
      x,
      at.map((t) => t.detach().round()),
    )
    // The grid has a gradient of 0.
    return picked.add(flat.sub(flat.detach()).sum().mul(0)).view(shape)
  }
  const low = at.map((t) => t.detach().floor())
  const fraction = at.map((t, k) => t.sub(low[k]))
  let sum: Tensor | undefined
  // Every corner of the cell, weighted by the volume opposite.
  for (let corner = 0; corner < 2 ** dims; corner++) {
    const high = space.map((_, k) => (corner >> k) & 1)
    const weight = fraction.map((f, k) => (high[k] ? f : f.neg().add(1))).reduce((a, b) => a.mul(b))
    const term = lookup(
      x,
      low.map((t, k) => t.add(high[k])),
    ).mul(weight.unsqueeze(1))
    sum = sum ? sum.add(term) : term
  }
  return (sum as Tensor).view(shape)
}

const implementations: FamilyImplementations<typeof gridSchemas> = {
  affine_grid: (theta, size, align) => affineGrid(theta, size, align ?? false),
  grid_sample: (x, grid, mode, padding, align) =>
    gridSample(x, grid, mode, padding, align ?? false),
}

define(gridSchemas, implementations, 'functional')
