import { dtypes, isFloat } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { readNumbers } from './host-map.ts'

/** Reductions of consecutive segments of a dim, whose lengths are given; `torch.segment_reduce`. */
export const segmentReduceSchemas = {
  segmentReduce:
    'segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor',
} as const satisfies Schemas

interface Reduction {
  /** The value of an empty segment. */
  readonly empty: number
  /** Of a segment that isn't empty, along dim 0. */
  readonly reduce: (segment: Tensor) => Tensor
  /** Takes the initial value in; `count` elements were reduced. */
  readonly include: (value: Tensor, initial: Scalar, count: number) => Tensor
}

const reductions: Readonly<Record<string, Reduction>> = {
  sum: { empty: 0, reduce: (s) => s.sum(0), include: (v, initial) => v.add(initial) },
  mean: {
    empty: Number.NaN,
    reduce: (s) => s.mean(0),
    include: (v, initial, count) => v.add(Number(initial.valueOf()) / count),
  },
  prod: { empty: 1, reduce: (s) => s.prod(0), include: (v, initial) => v.mul(initial) },
  max: {
    empty: Number.NEGATIVE_INFINITY,
    reduce: (s) => s.amax(0),
    include: (v, initial) => v.clampMin(initial),
  },
  min: {
    empty: Number.POSITIVE_INFINITY,
    reduce: (s) => s.amin(0),
    include: (v, initial) => v.clampMax(initial),
  },
}

/** Segments along dim 0 of `data`; `lengths` of more dims hold those of each slice. */
function reduced(
  data: Tensor,
  lengths: Tensor,
  reduction: Reduction,
  initial: Scalar | undefined,
): Tensor {
  const stacked = (parts: Tensor[]) => callOperation('stack', [parts, 0]) as Tensor
  if (lengths.ndim > 1) {
    const slices = data.unbind(0)
    return stacked(lengths.unbind(0).map((row, i) => reduced(slices[i], row, reduction, initial)))
  }
  const counts = readNumbers(lengths)
  let start = 0
  const parts = counts.map((count) => {
    const segment = data.narrow(0, start, count)
    start += count
    if (count === 0) return segment.newFull(data.shape.slice(1), initial ?? reduction.empty)
    const value = reduction.reduce(segment)
    return initial === undefined ? value : reduction.include(value, initial, count)
  })
  return parts.length > 0 ? stacked(parts) : data.newZeros([0, ...data.shape.slice(1)])
}

const implementations: FamilyImplementations<typeof segmentReduceSchemas> = {
  segment_reduce: (data, reduce, lengths, indices, offsets, axis, unsafe, initial) => {
    const reduction = reductions[reduce]
    if (!reduction) throw new RuntimeError(`unsupported reduction given! ${reduce}`)
    if (!isFloat(data.dtype)) {
      throw new RuntimeError(
        `"_segment_reduce_cpu" not implemented for '${dtypes[data.dtype].scalarType}'`,
      )
    }
    const dim = wrapDim(axis, data.ndim)
    check(
      data.numel() > 0,
      () =>
        'Expected data.numel() > 0 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)',
    )
    check(
      indices === undefined,
      () => 'segment_reduce(): indices based reduction is not supported yet.',
    )
    check(
      lengths !== undefined || offsets !== undefined,
      () => 'segment_reduce(): Either lengths or offsets must be defined.',
    )
    const sizes = lengths ?? (offsets as Tensor).diff({ dim: -1 })
    check(
      dim === sizes.ndim - 1,
      () => `segment_reduce(): Expected axis to be the last dimension of lengths but got ${dim}.`,
    )
    if (!unsafe) {
      check(!sizes.lt(0).any().item(), () => 'lengths contains negative value!')
      check(
        Boolean(sizes.sum(-1).eq(data.shape[dim]).all().item()),
        () =>
          'segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.',
      )
    }
    return reduced(data, sizes, reduction, initial)
  },
}

define(segmentReduceSchemas, implementations)
