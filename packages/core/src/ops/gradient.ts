import { check } from '../errors.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** Slopes of samples on a grid by finite differences; `torch.gradient`. */
export const gradientSchemas = {
  gradient: [
    'gradient.scalar(Tensor self, *, Scalar? spacing=None, int|int[]? dim=None, int edge_order=1) -> Tensor[]',
    'gradient.scalars(Tensor self, *, Scalar[] spacing, int|int[]? dim=None, int edge_order=1) -> Tensor[]',
    'gradient.tensors(Tensor self, *, Tensor[] spacing, int|int[]? dim=None, int edge_order=1) -> Tensor[]',
  ],
} as const satisfies Schemas

type Dims = number | number[] | undefined

/** PyTorch's checks, and the dims along which slopes are wanted. */
function prepare(t: Tensor, spacings: number | undefined, dim: Dims, edgeOrder: number): number[] {
  check(t.dtype !== 'uint8', () => 'torch.gradient does not support uint8 input.')
  const given = typeof dim === 'number' ? [dim] : dim
  if (spacings !== undefined && given === undefined) {
    check(
      spacings === 1 || spacings === t.ndim,
      () =>
        `torch.gradient expected spacing to be unspecified, a scalar or a list of length ${t.ndim} but got a list of length ${spacings}`,
    )
  }
  if (spacings !== undefined && given !== undefined) {
    check(
      spacings === given.length,
      () =>
        `torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, but got a spacing argument of length ${spacings} and a dim argument of length ${given.length}.`,
    )
  }
  check(
    edgeOrder === 1 || edgeOrder === 2,
    () => 'torch.gradient only supports edge_order=1 and edge_order=2.',
  )
  const dims = given?.map((d) => wrapDim(d, t.ndim)) ?? [...t.shape.keys()]
  dims.forEach((d, i) => {
    check(dims.indexOf(d) === i, () => `dim ${d} appears multiple times in the list of dims`)
  })
  for (const d of dims) {
    check(
      t.shape[d] >= edgeOrder + 1,
      () => 'torch.gradient expected each dimension size to be at least edge_order+1',
    )
  }
  return dims
}

/** The slice of `count` positions of `dim` from `start`, which counts from the end if negative. */
const part = (t: Tensor, dim: number, start: number, count: number): Tensor =>
  t.narrow(dim, start < 0 ? t.shape[dim] + start : start, count)

/** Sum of single slices, each times its factor. */
const combined = (
  t: Tensor,
  dim: number,
  terms: readonly (readonly [number, number | Tensor])[],
): Tensor =>
  terms.map(([at, factor]) => part(t, dim, at, 1).mul(factor)).reduce((sum, term) => sum.add(term))

const joined = (parts: Tensor[], dim: number): Tensor =>
  callOperation('cat', [parts, dim]) as Tensor

/** Slopes along `dim` where samples are at equal distances `h`. */
function even(t: Tensor, dim: number, h: Scalar, edgeOrder: number): Tensor {
  const inner = t.shape[dim] - 2
  const center = part(t, dim, 2, inner)
    .sub(part(t, dim, 0, inner))
    .div(h)
  const edge = (one: number, two: number, three: number, sign: 1 | -1) =>
    edgeOrder === 1
      ? part(t, dim, sign > 0 ? two : one, 1)
          .sub(part(t, dim, sign > 0 ? one : two, 1))
          .div(h)
      : combined(t, dim, [
          [one, -1.5 * sign],
          [two, 2 * sign],
          [three, -0.5 * sign],
        ]).div(h)
  return joined([edge(0, 1, 2, 1), center.div(2), edge(-1, -2, -3, -1)], dim)
}

/** Slopes along `dim` where samples are at the coordinates `x`. */
function uneven(t: Tensor, dim: number, x: Tensor, edgeOrder: number): Tensor {
  const shape = t.shape.map((_, d) => (d === dim ? -1 : 1))
  const steps = x.diff({ n: 1, dim: 0 })
  const inner = t.shape[dim] - 2
  const count = Math.max(steps.shape[0] - 1, 0)
  const [before, after] = [steps.narrow(0, 0, count), part(steps, 0, -count, count)]
  const both = before.add(after)
  const a = after.neg().div(before.mul(both)).reshape(shape)
  const b = after.sub(before).div(before.mul(after)).reshape(shape)
  const c = before.div(after.mul(both)).reshape(shape)
  const center = a
    .mul(part(t, dim, 0, inner))
    .add(b.mul(part(t, dim, 1, inner)))
    .add(c.mul(part(t, dim, 2, inner)))
  const edge = (first: number, second: number, samples: readonly [number, number, number]) => {
    const [near, far] = [steps.select(0, first), steps.select(0, second)]
    const sum = near.add(far)
    return combined(t, dim, [
      [samples[0], near.mul(2).add(far).div(near.mul(sum)).neg()],
      [samples[1], sum.div(near.mul(far))],
      [samples[2], near.div(far.mul(sum)).neg()],
    ])
  }
  const difference = (high: number, low: number, step: number) =>
    part(t, dim, high, 1)
      .sub(part(t, dim, low, 1))
      .div(steps.select(0, step))
  const [start, end] =
    edgeOrder === 1
      ? [difference(1, 0, 0), difference(-1, -2, -1)]
      : [edge(0, 1, [0, 1, 2]), edge(-1, -2, [-1, -2, -3]).neg()]
  return joined([start, center, end], dim)
}

const implementations: FamilyImplementations<typeof gradientSchemas> = {
  'gradient.scalar': (t, spacing, dim, edgeOrder) =>
    prepare(t, undefined, dim, edgeOrder).map((d) => even(t, d, spacing ?? 1, edgeOrder)),
  'gradient.scalars': (t, spacing, dim, edgeOrder) =>
    prepare(t, spacing.length, dim, edgeOrder).map((d, i) =>
      even(t, d, spacing[spacing.length === 1 ? 0 : i], edgeOrder),
    ),
  'gradient.tensors': (t, spacing, dim, edgeOrder) => {
    const dims = prepare(t, spacing.length, dim, edgeOrder)
    for (const x of spacing) {
      check(
        x.ndim === 1,
        () =>
          `torch.gradient expected each element of spacing to have one dimension, but got an element with ${x.ndim} dimensions!`,
      )
    }
    return dims.map((d, i) => uneven(t, d, spacing[spacing.length === 1 ? 0 : i], edgeOrder))
  },
}

define(gradientSchemas, implementations)
