import {
  constant,
  dtypes,
  type Expr,
  elementCount,
  index,
  input,
  isFloat,
  isInteger,
  kernels,
  load,
  scalar,
} from '@sconce/backend'
import { check, IndexError, sizes } from '../errors.ts'
import { mapTo, runKernel, type View } from '../kernel-call.ts'
import { defaultInt, resultType } from '../promotion.ts'
import { isScalar, type Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

const pair = '-> (Tensor values, Tensor indices)' as const

/** Order, ranks and searching. */
export const sortingSchemas = {
  sort: [
    `sort(Tensor self, int dim=-1, bool descending=False) ${pair}`,
    `sort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) ${pair}`,
  ],
  argsort: [
    'argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor',
    'argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor',
  ],
  msort: 'msort(Tensor self) -> Tensor',
  topk: `topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) ${pair}`,
  kthvalue: `kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) ${pair}`,
  median: [
    'median(Tensor self) -> Tensor',
    `median.dim(Tensor self, int dim, bool keepdim=False) ${pair}`,
  ],
  nanmedian: [
    'nanmedian(Tensor self) -> Tensor',
    `nanmedian.dim(Tensor self, int dim, bool keepdim=False) ${pair}`,
  ],
  mode: `mode(Tensor self, int dim=-1, bool keepdim=False) ${pair}`,
  quantile:
    "quantile(Tensor self, Tensor|Scalar q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
  nanquantile:
    "nanquantile(Tensor self, Tensor|Scalar q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
  searchsorted:
    'searchsorted(Tensor sorted_sequence, Tensor|Scalar input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor',
  bucketize:
    'bucketize(Tensor|Scalar input, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor',
} as const satisfies Schemas

/** A 0-d tensor as a 1-d one. */
const lifted = (t: Tensor): Tensor => (t.ndim === 0 ? t.view([1]) : t)

interface Sorted {
  values: Tensor
  indices: Tensor
}

/** The first `k` of the order along `dim`, in new tensors laid out like `self`. */
function sortTo(self: Tensor, dim: number, descending: boolean, k?: number): Sorted {
  const t = lifted(self)
  const d = wrapDim(dim, t.ndim)
  const shape = t.shape.slice()
  shape[d] = k ?? t.shape[d]
  const { device } = t.storage
  const values = makeTensor(device, t.dtype, shape)
  const indices = makeTensor(device, 'int32', shape)
  if (elementCount(shape) > 0) {
    const order = [...t.shape.keys()].filter((i) => i !== d).concat(d)
    const last = (v: Tensor): View => ({
      storage: v.storage,
      dtype: v.dtype,
      shape: order.map((i) => v.shape[i]),
      strides: order.map((i) => v.strides[i]),
      offset: v.offset,
    })
    runKernel(device, kernels.sort(t.dtype, descending), [last(t)], [last(values), last(indices)])
  }
  return self.ndim === 0
    ? { values: values.view([]), indices: indices.view([]) }
    : { values, indices }
}

function topk(t: Tensor, k: number, dim: number, largest: boolean): Sorted {
  const d = wrapDim(dim, t.ndim)
  const size = t.ndim === 0 ? 1 : t.shape[d]
  check(k >= 0 && k <= size, () => 'selected index k out of range')
  return sortTo(t, dim, largest, k)
}

function kthvalue(t: Tensor, k: number, dim: number, keepdim: boolean): Sorted {
  const d = wrapDim(dim, t.ndim)
  const size = t.ndim === 0 ? 1 : t.shape[d]
  if (t.ndim > 0 && size === 0) {
    throw new IndexError(`kthvalue(): Expected reduction dim ${d} to have non-zero size.`)
  }
  check(k >= 1 && k <= size, () => `kthvalue(): selected number k out of range for dimension ${d}`)
  const { values, indices } = sortTo(t, dim, false, k)
  return picked({ values, indices }, d, k - 1, keepdim)
}

const picked = ({ values, indices }: Sorted, d: number, at: number, keepdim: boolean): Sorted => {
  if (values.ndim === 0) return { values, indices }
  const pick = (t: Tensor) => {
    const one = t.narrow(d, at, 1).clone()
    return keepdim ? one : one.squeeze(d)
  }
  return { values: pick(values), indices: pick(indices) }
}

/** The element at a position that differs by row: `at` has size 1 along `d`. */
function pickedAt({ values, indices }: Sorted, d: number, at: Tensor, keepdim: boolean): Sorted {
  const pick = (t: Tensor) => {
    const one = t.gather(d, at)
    return keepdim ? one : one.squeeze(d)
  }
  return { values: pick(values), indices: pick(indices) }
}

function median(
  self: Tensor,
  dim: number,
  keepdim: boolean,
  name: string,
  skipNaN: boolean,
): Sorted {
  const d = wrapDim(dim, self.ndim)
  const t = lifted(self)
  const size = t.shape[d]
  if (size === 0) {
    throw new IndexError(`${name}(): Expected reduction dim ${d} to have non-zero size.`)
  }
  const sorted = sortTo(t, d, false)
  let result: Sorted
  if (!isFloat(t.dtype)) {
    result = picked(sorted, d, (size - 1) >> 1, keepdim)
  } else {
    // NaN sorts last: all NaN are skipped, or the first one is the median.
    const valid = t.isnan().logicalNot().sum(d, true)
    const middle = valid.sub(1).clamp({ min: 0 }).div(2, { roundingMode: 'floor' })
    const at = skipNaN ? middle : middle.where(valid.eq(size), valid)
    result = pickedAt(sorted, d, at, keepdim)
  }
  if (self.ndim > 0) return result
  return { values: result.values.view([]), indices: result.indices.view([]) }
}

function medianOfAll(t: Tensor, name: string, skipNaN: boolean): Tensor {
  check(t.dtype !== 'bool', () => `"median_cpu" not implemented for 'Bool'`)
  if (t.numel() === 0) {
    const { kind } = dtypes[t.dtype]
    return t.newFull([], kind === 'float' ? Number.NaN : 0)
  }
  return median(t.reshape([-1]), 0, false, name, skipNaN).values
}

/** The most frequent value of each row, the least of several, and the position of its last occurrence. */
function mode(self: Tensor, dim: number, keepdim: boolean): Sorted {
  const d = wrapDim(dim, self.ndim)
  const t = lifted(self)
  const size = t.shape[d]
  if (size === 0 && t.numel() === 0) {
    throw new IndexError(`mode(): Expected reduction dim ${d} to have non-zero size.`)
  }
  const sorted = sortTo(t, d, false)
  // The length of the run of equals up to each position: its distance from the last change.
  const { values } = sorted
  const shape = values.shape
  const own = [...shape.keys()].map((i) => index(i))
  const before = own.map((c, i) => (i === d ? c.sub(1) : c))
  const x = load(0, values.dtype, own).cast(dtypes[values.dtype].compute)
  const previous = load(0, values.dtype, before).cast(dtypes[values.dtype].compute)
  const start = index(d).eq(0).or(x.ne(previous))
  const starts = mapTo([start.where(index(d), constant(0, 'int32'))], [values], shape)[0]
  const run = makePositions(values, d).sub(starts.cummax(d).values)
  const at = run.argmax(d, true)
  const result = pickedAt(sorted, d, at, keepdim)
  if (self.ndim > 0) return result
  return { values: result.values.view([]), indices: result.indices.view([]) }
}

const makePositions = (like: Tensor, d: number): Tensor =>
  mapTo([index(d)], [], like.shape, [], like.storage.device)[0]

const interpolations = ['linear', 'lower', 'higher', 'midpoint', 'nearest']

function quantile(
  self: Tensor,
  given: Tensor | Scalar,
  dim: number | undefined,
  keepdim: boolean,
  interpolation: string,
  name: string,
  skipNaN: boolean,
): Tensor {
  if (isScalar(given)) {
    const level = Number(given.valueOf())
    check(
      level >= 0 && level <= 1,
      () => `quantile() q must be in the range [0, 1] but got ${level}`,
    )
  }
  check(self.numel() > 0, () => `${name}() input tensor must be non-empty`)
  const q = isScalar(given) ? self.newFull([], given) : given
  check(q.ndim <= 1, () => `${name}() q must be a scalar or 1D tensor`)
  check(
    self.dtype === 'float32' || self.dtype === 'float64',
    () => `${name}() input tensor must be either float or double dtype`,
  )
  check(q.dtype === self.dtype, () => `${name}() q tensor must be same dtype as the input tensor`)
  if (!isScalar(given) && q.storage.device.backend.info.readSync === 'free') {
    const inRange = Array.from(q.toTypedArray() as ArrayLike<number>).every((v) => v >= 0 && v <= 1)
    check(inRange, () => `${name}() q values must be in the range [0, 1]`)
  }
  check(
    interpolations.includes(interpolation),
    () =>
      `${name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`,
  )
  const d = dim === undefined ? 0 : wrapDim(dim, self.ndim)
  const t = dim === undefined ? self.reshape([-1]) : lifted(self)
  const sorted = t.sort({ dim: d }).values.movedim(d, -1)
  const size = sorted.shape[sorted.ndim - 1]
  const valid = sorted.isnan().logicalNot().sum(-1, true)
  // One rank for each q and row; a row with NaN is NaN, unless NaN are skipped.
  const queries = q.view([q.numel(), ...sorted.shape.slice(0, -1).map(() => 1), 1])
  const last = (skipNaN ? valid : sorted.newFull(valid.shape, size)).sub(1)
  const exact = queries.mul(last.to(self.dtype))
  const rank = skipNaN ? exact.clamp({ min: 0 }) : exact.where(valid.eq(size), size - 1)
  const rounded =
    interpolation === 'lower'
      ? rank.floor()
      : interpolation === 'higher'
        ? rank.ceil()
        : interpolation === 'nearest'
          ? rank.round()
          : rank
  const wide = sorted.expand([q.numel(), ...sorted.shape])
  const low = wide.gather(-1, rounded.detach().floor().to(defaultInt))
  let result = low
  if (interpolation === 'linear' || interpolation === 'midpoint') {
    const high = wide.gather(-1, rounded.detach().ceil().to(defaultInt))
    const weight =
      interpolation === 'midpoint' ? rounded.newFull([], 0.5) : rounded.sub(rounded.floor())
    result = low.lerp(high, weight)
  }
  // [q, ...rows, 1] to [q, ...shape with or without dim].
  const rows = result.squeeze(-1)
  let shaped: Tensor
  if (dim === undefined) {
    shaped = keepdim ? rows.view([q.numel(), ...self.shape.map(() => 1)]) : rows
  } else {
    shaped = keepdim && self.ndim > 0 ? rows.unsqueeze(d + 1) : rows
  }
  return q.ndim === 0 ? shaped.squeeze(0) : shaped
}

/**
 * Positions at which values would be inserted: a count of the smaller elements by bisection, unrolled
 * for the length of the sequence. Called on the last dim; `sorter` reorders an unsorted sequence.
 */
function search(sequence: Tensor, values: Tensor, right: boolean, sorter?: Tensor): Tensor {
  const size = sequence.shape[sequence.ndim - 1]
  const steps = Math.ceil(Math.log2(size + 1))
  const { compute } = dtypes[sequence.dtype]
  const target = input(1, values.dtype).cast(compute)
  const lead = values.shape.length
  const prefix = sequence.ndim === 1 ? [] : Array.from({ length: lead - 1 }, (_, i) => index(i))
  const at = (position: Expr): Expr => {
    const place = sorter ? load(2, sorter.dtype, [...prefix, position]).cast('int32') : position
    return load(0, sequence.dtype, [...prefix, place]).cast(compute)
  }
  let low: Expr = constant(0, 'int32')
  let high: Expr = scalar(0, 'int32')
  for (let s = 0; s < steps; s++) {
    const middle = low.add(high.sub(low).shr(1))
    const x = at(middle)
    // NaN counts as greater than everything.
    const below = right ? target.lt(x).not() : x.lt(target)
    const ordered = isFloat(compute)
      ? right
        ? x.isnan().and(target.isnan().not()).not().and(below)
        : below.or(target.isnan().and(x.isnan().not()))
      : below
    const open = low.lt(high)
    const next = open.and(ordered).where(middle.add(1), low)
    high = open.and(ordered.not()).where(middle, high)
    low = next
  }
  const inputs = sorter ? [sequence, values, sorter] : [sequence, values]
  return mapTo([low], inputs, values.shape, [size])[0]
}

function searchsorted(
  sequence: Tensor,
  given: Tensor | Scalar,
  outInt32: boolean,
  right: boolean,
  side: string | undefined,
  sorter: Tensor | undefined,
): Tensor {
  check(
    sequence.ndim > 0,
    () =>
      'torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor dim(0)',
  )
  check(
    side === undefined || side === 'left' || side === 'right',
    () => `torch.searchsorted(): side can only be 'left' or 'right' but got ${side}`,
  )
  check(
    !(side === 'left' && right),
    () =>
      "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
  )
  const dtype = resultType([sequence, given])
  const values = isScalar(given) ? sequence.newFull([], given, { dtype }) : given.to(dtype)
  check(
    sequence.ndim === 1 || values.ndim === sequence.ndim,
    () =>
      `torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor ${sizes(sequence.shape)} and input value tensor ${sizes(values.shape)}`,
  )
  if (sequence.ndim > 1) {
    check(
      sequence.shape.slice(0, -1).every((s, i) => s === values.shape[i]),
      () =>
        `torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor ${sizes(sequence.shape)} and input value tensor ${sizes(values.shape)}`,
    )
  }
  if (sorter) {
    check(
      sizes(sorter.shape) === sizes(sequence.shape),
      () =>
        `torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor ${sizes(sequence.shape)}and got sorter tensor ${sizes(sorter.shape)}`,
    )
    check(
      isInteger(sorter.dtype),
      () =>
        `torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ${sorter.dtype}`,
    )
  }
  const found = search(sequence.to(dtype), values, right || side === 'right', sorter)
  return outInt32 ? found : found.to(defaultInt)
}

const implementations: FamilyImplementations<typeof sortingSchemas> = {
  sort: (t, dim, descending) => sortTo(t, dim, descending),
  'sort.stable': (t, _stable, dim, descending) => sortTo(t, dim, descending),
  argsort: (t, dim, descending) => sortTo(t, dim, descending).indices,
  'argsort.stable': (t, _stable, dim, descending) => sortTo(t, dim, descending).indices,
  msort: (t) => t.sort({ dim: 0 }).values,
  topk: (t, k, dim, largest) => topk(t, k, dim, largest),
  kthvalue,
  median: (t) => medianOfAll(t, 'median', false),
  'median.dim': (t, dim, keepdim) => median(t, dim, keepdim, 'median', false),
  nanmedian: (t) => medianOfAll(t, 'nanmedian', true),
  'nanmedian.dim': (t, dim, keepdim) => median(t, dim, keepdim, 'nanmedian', true),
  mode,
  quantile: (t, q, dim, keepdim, interpolation) =>
    quantile(t, q, dim, keepdim, interpolation, 'quantile', false),
  nanquantile: (t, q, dim, keepdim, interpolation) =>
    quantile(t, q, dim, keepdim, interpolation, 'nanquantile', true),
  searchsorted,
  bucketize: (given, boundaries, outInt32, right) => {
    check(
      boundaries.ndim === 1,
      () => `boundaries tensor must be 1 dimension, but got dim(${boundaries.ndim})`,
    )
    return searchsorted(boundaries, given, outInt32, right, undefined, undefined)
  },
}

define(sortingSchemas, implementations)
