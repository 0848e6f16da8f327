import {
  type Combine,
  dtypes,
  type Expr,
  index,
  input,
  isFloat,
  isInteger,
  kernels,
} from '@sconce/backend'
import { check, IndexError, RuntimeError, sizes } from '../errors.ts'
import { runKernel, type View } from '../kernel-call.ts'
import { isScalar, type Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes, wrapDim } from '../shape.ts'
import { define, type FamilyImplementations, inplaceFirst } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { checkIndices, coordinate } from './index-kernels.ts'
import { scatterInto } from './indexing.ts'

/** Writing whole slices along a dim, reducing scatters, and positions in the flattened tensor. */
export const indexAlongSchemas = {
  indexAdd:
    'index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor!',
  indexCopy: 'index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor!',
  indexFill: 'index_fill(Tensor self, int dim, Tensor index, Tensor|Scalar value) -> Tensor!',
  indexReduce:
    'index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor!',
  scatterReduce:
    'scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor!',
  take: 'take(Tensor self, Tensor index) -> Tensor',
  takeAlongDim: 'take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor',
  put: 'put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor!',
  maskedScatter: 'masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor!',
} as const satisfies Schemas

const atLeast1d = (t: Tensor): Tensor => (t.ndim === 0 ? t.view([1]) : t)

/** Combines the slices of `source` into `self` at `index` along dim `d`. */
function combineAlong(self: Tensor, d: number, at: Tensor, source: Tensor, combine: Combine): void {
  if (source.numel() === 0) return
  const where: View = {
    storage: at.storage,
    dtype: at.dtype,
    shape: source.shape,
    strides: source.shape.map((_, i) => (i === d ? at.strides[0] : 0)),
    offset: at.offset,
  }
  const coordinates = source.shape.map(
    (_, i): Expr => (i === d ? coordinate(input(1, at.dtype)) : index(i)),
  )
  const kernel = kernels.scatter(combine, coordinates, input(0, source.dtype), self.dtype, [
    source.dtype,
    at.dtype,
  ])
  runKernel(self.storage.device, kernel, [source, where], [self])
}

/** The checks that `indexAdd`, `indexCopy` and `indexReduce` share. */
function checkSlices(name: string, self: Tensor, d: number, at: Tensor, source: Tensor): void {
  if (at.ndim > 1)
    throw new IndexError(`${name}_(): Index should have dimension 1 or 0 (got ${at.ndim})`)
  check(isInteger(at.dtype), () => `${name}(): Expected dtype int32/int64 for index`)
  check(
    self.dtype === source.dtype,
    () =>
      `${name}_(): self (${dtypes[self.dtype].scalarType}) and source (${dtypes[source.dtype].scalarType}) must have the same scalar type`,
  )
  check(
    d === 0 || d < source.ndim,
    () =>
      `${name}(): Indexing dim ${d} is out of bounds of the source tensor with dim ${source.ndim}`,
  )
  check(
    at.numel() === (source.ndim === 0 ? 1 : source.shape[d]),
    () =>
      `${name}(): Number of indices (${at.numel()}) should be equal to source.size(dim): (${source.ndim === 0 ? 1 : source.shape[d]}), for dim: ${d}`,
  )
  const same = self.shape.every((s, i) => i === d || s === source.shape[i])
  check(
    self.ndim === 0 || (same && self.ndim === source.ndim),
    () =>
      `${name}(): Source/destination tensor must have same slice shapes. Destination slice shape: ${sizes(self.shape.filter((_, i) => i !== d))} at dimension ${d} and source slice shape: ${sizes(source.shape.filter((_, i) => i !== d))} at dimension 0.`,
  )
  const size = self.ndim === 0 ? 1 : self.shape[d]
  checkIndices(at, 0, size, () => new RuntimeError('index out of range in self'))
}

const along =
  (name: string, combine: Combine) =>
  (self: Tensor, dim: number, at: Tensor, source: Tensor): void => {
    const d = wrapDim(dim, self.ndim)
    checkSlices(name, self, d, at, source)
    combineAlong(atLeast1d(self), d, atLeast1d(at), atLeast1d(source), combine)
  }

const addAlong = along('index_add', 'add')

function indexFill(self: Tensor, dim: number, at: Tensor, value: Tensor | Scalar): void {
  const d = wrapDim(dim, self.ndim)
  check(
    at.dtype === 'int64' || at.dtype === 'int32',
    () => 'index_fill_(): Expected dtype int64 for index.',
  )
  if (!isScalar(value)) {
    check(
      value.ndim === 0,
      () =>
        `index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`,
    )
  }
  const target = atLeast1d(self)
  const size = target.shape[d]
  if (at.ndim > 1) throw new IndexError('index_fill_(): Index is supposed to be a vector')
  checkIndices(
    at,
    -size,
    size,
    (i) => new IndexError(`index ${i} is out of bounds for dimension ${d} with size ${size}`),
  )
  const list = atLeast1d(at)
  const shape = target.shape.slice()
  shape[d] = list.numel()
  const source = isScalar(value) ? self.newFull([], value) : value.to(self.dtype)
  const positive = list.where(list.ge(0), list.add(size))
  combineAlong(target, d, positive, source.expand(shape), 'assign')
}

/** What a reduction starts from where the old value is not to be included. */
function neutral(reduce: string, t: Tensor): Scalar {
  switch (reduce) {
    case 'prod':
      return 1
    case 'amax':
      return isFloat(t.dtype) ? Number.NEGATIVE_INFINITY : least(t)
    case 'amin':
      return isFloat(t.dtype) ? Number.POSITIVE_INFINITY : greatest(t)
    default:
      return 0
  }
}

const bits = (t: Tensor): bigint => BigInt(8 * dtypes[t.dtype].size)
const least = (t: Tensor): bigint =>
  t.dtype === 'uint8' || t.dtype === 'bool' ? 0n : -(2n ** (bits(t) - 1n))
const greatest = (t: Tensor): bigint =>
  t.dtype === 'bool' ? 1n : t.dtype === 'uint8' ? 255n : 2n ** (bits(t) - 1n) - 1n

const combines: Readonly<Record<string, Combine>> = {
  sum: 'add',
  mean: 'add',
  prod: 'mul',
  amax: 'max',
  amin: 'min',
}

/**
 * A scatter that reduces: `write(target, source, combine)` is the plain scatter. The mean divides by
 * the number of what came together; integers round down.
 */
function reduceInto(
  self: Tensor,
  source: Tensor,
  reduce: string,
  includeSelf: boolean,
  write: (target: Tensor, source: Tensor | Scalar, combine: Combine) => void,
): void {
  if (!includeSelf) write(self, neutral(reduce, self), 'assign')
  write(self, source, combines[reduce])
  if (reduce !== 'mean') return
  const count = includeSelf ? self.onesLike() : self.zerosLike()
  write(count, 1, 'add')
  const divisor = count.maskedFill(count.eq(0), 1)
  self.copy_(isFloat(self.dtype) ? self.div(divisor) : self.div(divisor, { roundingMode: 'floor' }))
}

function scatterReduce(
  self: Tensor,
  dim: number,
  at: Tensor,
  src: Tensor,
  reduce: string,
  includeSelf: boolean,
): void {
  check(
    Object.hasOwn(combines, reduce),
    () => 'reduce argument must be either sum, prod, mean, amax or amin.',
  )
  reduceInto(self, src, reduce, includeSelf, (target, source, combine) =>
    scatterInto(target, dim, at, source, combine, 'scatter'),
  )
}

function indexReduce(
  self: Tensor,
  dim: number,
  at: Tensor,
  source: Tensor,
  reduce: string,
  includeSelf: boolean,
): void {
  check(
    reduce !== 'sum' && Object.hasOwn(combines, reduce),
    () => `reduce argument must be either prod, mean, amax or amin, got ${reduce}.`,
  )
  const d = wrapDim(dim, self.ndim)
  checkSlices('index_reduce', self, d, at, source)
  const [list, slices] = [atLeast1d(at), atLeast1d(source)]
  reduceInto(self, source, reduce, includeSelf, (target, given, combine) => {
    const value = isScalar(given) ? self.newFull([], given).expand(slices.shape) : slices
    combineAlong(atLeast1d(target), d, list, value, combine)
  })
}

function maskedScatter(self: Tensor, mask: Tensor, source: Tensor): Tensor {
  check(
    mask.dtype === 'bool' || mask.dtype === 'uint8',
    () => `masked_scatter_ only supports boolean masks, but got mask with dtype ${mask.dtype}`,
  )
  check(
    self.dtype === source.dtype,
    () =>
      `masked_scatter: expected self and source to have same dtypes but got${dtypes[self.dtype].scalarType} and ${dtypes[source.dtype].scalarType}`,
  )
  const shape = broadcastShapes(self.shape, mask.shape)
  const chosen = mask.bool().expand(shape)
  const count = chosen.sum()
  check(
    self.storage.device.backend.info.readSync !== 'free' || count.item() <= source.numel(),
    () => 'Number of elements of source < number of ones in mask',
  )
  if (source.numel() === 0 || chosen.numel() === 0) return self.expand(shape).clone()
  const position = chosen.reshape([-1]).cumsum(0).sub(1).clamp({ min: 0 })
  const values = source.reshape([-1]).index([position]).view(shape)
  return values.where(chosen, self)
}

const implementations: FamilyImplementations<typeof indexAlongSchemas> = {
  index_add: inplaceFirst((self, dim, at, source, alpha) =>
    addAlong(self, dim, at, alpha === 1 ? source : source.mul(alpha)),
  ),
  index_copy: inplaceFirst(along('index_copy', 'assign')),
  index_fill: inplaceFirst(indexFill),
  index_reduce: inplaceFirst(indexReduce),
  scatter_reduce: inplaceFirst(scatterReduce),
  take: (t, at) => {
    check(
      isInteger(at.dtype),
      () => `take(): Expected a long tensor for index, but got ${dtypes[at.dtype].scalarType}`,
    )
    if (t.numel() === 0 && at.numel() > 0) {
      throw new IndexError('take(): tried to take from an empty tensor')
    }
    const size = t.numel()
    checkIndices(
      at,
      -size,
      size,
      (at) =>
        new IndexError(
          `out of range: tried to access index ${at} on a tensor of ${size} elements.`,
        ),
    )
    return t.reshape([-1]).index([at])
  },
  take_along_dim: (t, at, dim) => {
    check(
      isInteger(at.dtype),
      () =>
        'torch.take_along_dim(): dtype of indices should be Long but got ' +
        dtypes[at.dtype].scalarType,
    )
    if (dim === undefined) return t.reshape([-1]).gather(0, at.reshape([-1]))
    check(
      t.ndim === at.ndim,
      () =>
        `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${t.ndim} dimensions for input, and ${at.ndim} dimensions for indices`,
    )
    const d = wrapDim(dim, t.ndim)
    const without = (shape: readonly number[]) => shape.map((s, i) => (i === d ? 1 : s))
    const common = broadcastShapes(without(t.shape), without(at.shape))
    const sized = (size: number) => common.map((s, i) => (i === d ? size : s))
    return t.expand(sized(t.shape[d])).gather(d, at.expand(sized(at.shape[d])))
  },
  put: (t, at, source, accumulate) => {
    check(
      isInteger(at.dtype),
      () => `put_(): Expected a long tensor for index, but got ${dtypes[at.dtype].scalarType}`,
    )
    check(
      t.dtype === source.dtype,
      () =>
        `put_(): self and source expected to have the same dtype, but got self.dtype = ${dtypes[t.dtype].scalarType} and source.dtype = ${dtypes[source.dtype].scalarType}`,
    )
    check(
      at.numel() === source.numel(),
      () =>
        `put_(): Expected source and index to have the same number of elements, but got source.numel() = ${source.numel()}, index.numel() = ${at.numel()}`,
    )
    return t
      .reshape([-1])
      .indexPut([at.reshape([-1])], source.reshape([-1]), { accumulate })
      .view(t.shape)
  },
  masked_scatter: maskedScatter,
}

define(indexAlongSchemas, implementations)
