import {
  acc,
  constant,
  type DType,
  dtypes,
  type Expr,
  elementCount,
  input,
  isFloat,
  kernels,
  type ReduceKernel,
  type ReduceOp,
  scalar,
} from '@sconce/backend'
import { check, IndexError } from '../errors.ts'
import { reduceTo, runReduce } from '../kernel-call.ts'
import { byDTypes } from '../kernel-memo.ts'
import { defaultFloat, defaultInt } from '../promotion.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim, wrapDims } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** Ops that collapse dims. */
export const reductionSchemas = {
  sum: 'sum(Tensor self, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  nansum:
    'nansum(Tensor self, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  mean: 'mean(Tensor self, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  nanmean:
    'nanmean(Tensor self, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  prod: 'prod(Tensor self, int? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  amax: 'amax(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor',
  amin: 'amin(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor',
  aminmax: 'aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)',
  argmax: 'argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
  argmin: 'argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
  max: [
    'max(Tensor self) -> Tensor',
    'max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
    'max.other(Tensor self, Tensor other) -> Tensor',
  ],
  min: [
    'min(Tensor self) -> Tensor',
    'min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)',
    'min.other(Tensor self, Tensor other) -> Tensor',
  ],
  any: 'any(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
  all: 'all(Tensor self, int? dim=None, bool keepdim=False) -> Tensor',
  countNonzero: 'count_nonzero(Tensor self, int[]? dim=None) -> Tensor',
  logsumexp: 'logsumexp(Tensor self, int[] dim, bool keepdim=False) -> Tensor',
  var: [
    'var(Tensor self, bool unbiased) -> Tensor',
    'var.dim(Tensor self, int[]? dim=None, bool? unbiased=None, bool keepdim=False, *, int? correction=None) -> Tensor',
  ],
  std: [
    'std(Tensor self, bool unbiased) -> Tensor',
    'std.dim(Tensor self, int[]? dim=None, bool? unbiased=None, bool keepdim=False, *, int? correction=None) -> Tensor',
  ],
  varMean: [
    'var_mean(Tensor self, bool unbiased) -> (Tensor var, Tensor mean)',
    'var_mean.dim(Tensor self, int[]? dim=None, bool? unbiased=None, bool keepdim=False, *, int? correction=None) -> (Tensor var, Tensor mean)',
  ],
  stdMean: [
    'std_mean(Tensor self, bool unbiased) -> (Tensor std, Tensor mean)',
    'std_mean.dim(Tensor self, int[]? dim=None, bool? unbiased=None, bool keepdim=False, *, int? correction=None) -> (Tensor std, Tensor mean)',
  ],
} as const satisfies Schemas

const allDims = (t: Tensor): number[] => [...t.shape.keys()]

/** Wrapped dims; none given means all. */
export const reducedDims = (t: Tensor, dim: readonly number[] | undefined): number[] =>
  dim === undefined || dim.length === 0 ? allDims(t) : wrapDims(dim, t.ndim).slice(0, t.ndim)

/** The dtype of a sum: floats keep theirs, int64 its own, smaller integers and bool widen. */
const sumDType = (t: Tensor, dtype: DType | undefined): DType =>
  dtype ?? (isFloat(t.dtype) || t.dtype === 'int64' ? t.dtype : defaultInt)

/** Of truth values the product and the least are `all`, the sum and the largest are `any`. */
const truthOp = (op: ReduceOp, x: Expr): ReduceOp =>
  x.dtype !== 'bool'
    ? op
    : op === 'max' || op === 'sum'
      ? 'any'
      : op === 'min' || op === 'prod'
        ? 'all'
        : op

/** The kernel of one reduction of an expression of the elements. */
function reduction(
  from: DType,
  op: ReduceOp,
  value: (x: Expr) => Expr,
  out: (a: Expr) => Expr,
): ReduceKernel {
  const x = value(input(0, from))
  return kernels.reduce([{ op: truthOp(op, x), value: x }], [out(acc(0, x.dtype))], [from])
}

/** One reduction of an expression of the elements. */
const reduceOne = (
  t: Tensor,
  op: ReduceOp,
  value: (x: Expr) => Expr,
  out: (a: Expr) => Expr,
  dims: readonly number[],
  keepdim: boolean,
): Tensor => runReduce(reduction(t.dtype, op, value, out), [t], dims, keepdim)[0]

const sumKernel = byDTypes((from, to) =>
  reduction(
    from,
    'sum',
    (x) => x.cast(dtypes[to].compute),
    (a) => a.cast(to),
  ),
)

const meanKernel = byDTypes((from, to) =>
  reduction(
    from,
    'sum',
    (x) => x.cast(dtypes[to].compute),
    (a) => a.div(scalar(0, dtypes[to].compute)).cast(to),
  ),
)

function sum(t: Tensor, dim: number[] | undefined, keepdim: boolean, dtype?: DType): Tensor {
  return runReduce(sumKernel(t.dtype, sumDType(t, dtype)), [t], reducedDims(t, dim), keepdim)[0]
}

function nansum(t: Tensor, dim: number[] | undefined, keepdim: boolean, dtype?: DType): Tensor {
  if (!isFloat(t.dtype)) return sum(t, dim, keepdim, dtype)
  const to = dtype ?? t.dtype
  const { compute } = dtypes[to]
  return reduceOne(
    t,
    'sum',
    (x) => {
      const y = x.cast(dtypes[t.dtype].compute)
      return y.isnan().where(0, y).cast(compute)
    },
    (a) => a.cast(to),
    reducedDims(t, dim),
    keepdim,
  )
}

function mean(t: Tensor, dim: number[] | undefined, keepdim: boolean, dtype?: DType): Tensor {
  const to = dtype ?? t.dtype
  check(
    isFloat(to),
    () =>
      `mean(): could not infer output dtype. ${dtype ? 'Optional' : 'Input'} dtype must be either a floating point or complex dtype. Got: ${dtypes[to].scalarType}`,
  )
  const dims = reducedDims(t, dim)
  const count = elementCount(dims.map((d) => t.shape[d]))
  return runReduce(meanKernel(t.dtype, to), [t], dims, keepdim, [count])[0]
}

function prod(t: Tensor, dim: number | undefined, keepdim: boolean, dtype?: DType): Tensor {
  const to = sumDType(t, dtype)
  const { compute } = dtypes[to]
  return reduceOne(
    t,
    'prod',
    (x) => x.cast(compute),
    (a) => a.cast(to),
    reducedDims(t, dim === undefined ? undefined : [dim]),
    keepdim,
  )
}

/** Throws where a reduction without a neutral element would be over nothing. */
function checkNotEmpty(
  t: Tensor,
  dims: readonly number[],
  name: string,
  whole: boolean,
  short = false,
): void {
  if (t.numel() > 0) return
  if (whole) {
    const message = `${name}(): Expected reduction dim to be specified for input.numel() == 0.`
    if (short) throw new IndexError(message)
    check(false, () => `${message} Specify the reduction dim with the 'dim' argument.`)
  }
  for (const d of dims) {
    if (t.shape[d] === 0) {
      throw new IndexError(`${name}(): Expected reduction dim ${d} to have non-zero size.`)
    }
  }
}

const inCompute = (t: Tensor) => (x: Expr) => x.cast(dtypes[t.dtype].compute)

/** min or max over dims; `name` for messages. */
function extreme(
  t: Tensor,
  op: 'min' | 'max',
  name: string,
  dim: number[] | undefined,
  keepdim: boolean,
): Tensor {
  const dims = reducedDims(t, dim)
  checkNotEmpty(t, dims, name, dim === undefined || dim.length === 0)
  return reduceOne(t, op, inCompute(t), (a) => a.cast(t.dtype), dims, keepdim)
}

function extremeAlong(t: Tensor, op: 'min' | 'max', dim: number, keepdim: boolean) {
  const d = wrapDim(dim, t.ndim)
  const dims = t.ndim === 0 ? [] : [d]
  checkNotEmpty(t, dims, op, false)
  const x = inCompute(t)(input(0, t.dtype))
  const [values, indices] = reduceTo(
    [
      { op: truthOp(op, x), value: x },
      { op: op === 'min' ? 'argmin' : 'argmax', value: x },
    ],
    [acc(0, x.dtype).cast(t.dtype), acc(1, 'int32')],
    [t],
    dims,
    keepdim,
  )
  return { values, indices }
}

function argExtreme(
  t: Tensor,
  op: 'argmin' | 'argmax',
  dim: number | undefined,
  keepdim: boolean,
): Tensor {
  const dims = reducedDims(t, dim === undefined ? undefined : [dim])
  checkNotEmpty(t, dims, op, dim === undefined, true)
  const x = inCompute(t)(input(0, t.dtype))
  const result = reduceTo([{ op, value: x }], [acc(0, 'int32')], [t], dims, keepdim)[0]
  return result
}

function truth(t: Tensor, op: 'any' | 'all', dim: number | undefined, keepdim: boolean): Tensor {
  const to = t.dtype === 'uint8' ? 'uint8' : 'bool'
  return reduceOne(
    t,
    op,
    (x) => x.cast('bool'),
    (a) => a.cast(to),
    reducedDims(t, dim === undefined ? undefined : [dim]),
    keepdim,
  )
}

function logsumexp(t: Tensor, dim: number[], keepdim: boolean): Tensor {
  const dims = reducedDims(t, dim)
  const to = isFloat(t.dtype) ? t.dtype : defaultFloat
  const { compute } = dtypes[to]
  if (t.numel() === 0) {
    return t.to(to).exp().sum(dims, keepdim).log()
  }
  const peak = reduceOne(
    t,
    'max',
    (x) => x.cast(compute),
    (a) => a.abs().eq(Number.POSITIVE_INFINITY).where(0, a),
    dims,
    true,
  )
  const e = input(0, t.dtype).cast(compute).sub(input(1, compute)).exp()
  const out = acc(0, compute).log().add(input(1, compute)).cast(to)
  return reduceTo([{ op: 'sum', value: e }], [out], [t, peak], dims, keepdim)[0]
}

/** Variance and mean: two passes, so that large means do no harm. */
function varMean(
  t: Tensor,
  name: string,
  dim: number[] | undefined,
  correction: number,
  keepdim: boolean,
  root: boolean,
): [Tensor, Tensor] {
  check(isFloat(t.dtype), () => `${name} only support floating point and complex dtypes`)
  const dims = reducedDims(t, dim)
  const { compute } = dtypes[t.dtype]
  const count = elementCount(dims.map((d) => t.shape[d]))
  const center = runReduce(meanKernel(t.dtype, compute), [t], dims, true, [count])[0]
  const apart = input(0, t.dtype).cast(compute).sub(input(1, compute))
  const variance = acc(0, compute).div(scalar(0, compute))
  const [spread, middle] = reduceTo(
    [{ op: 'sum', value: apart.mul(apart) }],
    [(root ? variance.sqrt() : variance).cast(t.dtype), input(1, compute).cast(t.dtype)],
    [t, center],
    dims,
    keepdim,
    [Math.max(0, count - correction)],
  )
  return [spread, middle]
}

const correctionOf = (unbiased: boolean | undefined, correction: number | undefined): number =>
  correction ?? (unbiased === false ? 0 : 1)

const implementations: FamilyImplementations<typeof reductionSchemas> = {
  sum,
  nansum,
  mean,
  nanmean: (t, dim, keepdim, dtype) => {
    check(
      isFloat(t.dtype),
      () =>
        `nanmean(): expected input to have floating point dtype but got ${dtypes[t.dtype].scalarType}`,
    )
    const count = t.isnan().logicalNot().sum({ dim, keepdim })
    return t.nansum({ dim, keepdim, dtype }).div(count)
  },
  prod,
  amax: (t, dim, keepdim) => extreme(t, 'max', 'amax', dim, keepdim),
  amin: (t, dim, keepdim) => extreme(t, 'min', 'amin', dim, keepdim),
  aminmax: (t, dim, keepdim) => {
    const dims = reducedDims(t, dim === undefined ? undefined : [dim])
    check(
      t.numel() > 0 || dim !== undefined,
      () =>
        'aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.',
    )
    checkNotEmpty(t, dims, 'aminmax', false)
    const x = inCompute(t)(input(0, t.dtype))
    const [min, max] = reduceTo(
      [
        { op: truthOp('min', x), value: x },
        { op: truthOp('max', x), value: x },
      ],
      [acc(0, x.dtype).cast(t.dtype), acc(1, x.dtype).cast(t.dtype)],
      [t],
      dims,
      keepdim,
    )
    return { min, max }
  },
  argmax: (t, dim, keepdim) => argExtreme(t, 'argmax', dim, keepdim),
  argmin: (t, dim, keepdim) => argExtreme(t, 'argmin', dim, keepdim),
  max: (t) => extreme(t, 'max', 'max', undefined, false),
  'max.dim': (t, dim, keepdim) => extremeAlong(t, 'max', dim, keepdim),
  'max.other': (t, other) => t.maximum(other),
  min: (t) => extreme(t, 'min', 'min', undefined, false),
  'min.dim': (t, dim, keepdim) => extremeAlong(t, 'min', dim, keepdim),
  'min.other': (t, other) => t.minimum(other),
  any: (t, dim, keepdim) => truth(t, 'any', dim, keepdim),
  all: (t, dim, keepdim) => truth(t, 'all', dim, keepdim),
  count_nonzero: (t, dim) =>
    reduceOne(
      t,
      'sum',
      (x) => x.cast('bool').where(constant(1, defaultInt), 0),
      (a) => a,
      reducedDims(t, dim),
      false,
    ),
  logsumexp,
  var: (t, unbiased) => varMean(t, 'std and var', undefined, unbiased ? 1 : 0, false, false)[0],
  'var.dim': (t, dim, unbiased, keepdim, correction) =>
    varMean(t, 'std and var', dim, correctionOf(unbiased, correction), keepdim, false)[0],
  std: (t, unbiased) => varMean(t, 'std and var', undefined, unbiased ? 1 : 0, false, true)[0],
  'std.dim': (t, dim, unbiased, keepdim, correction) =>
    varMean(t, 'std and var', dim, correctionOf(unbiased, correction), keepdim, true)[0],
  var_mean: (t, unbiased) => {
    const [spread, middle] = varMean(t, 'var_mean', undefined, unbiased ? 1 : 0, false, false)
    return { var: spread, mean: middle }
  },
  'var_mean.dim': (t, dim, unbiased, keepdim, correction) => {
    const by = correctionOf(unbiased, correction)
    const [spread, middle] = varMean(t, 'var_mean', dim, by, keepdim, false)
    return { var: spread, mean: middle }
  },
  std_mean: (t, unbiased) => {
    const [spread, middle] = varMean(t, 'std_mean', undefined, unbiased ? 1 : 0, false, true)
    return { std: spread, mean: middle }
  },
  'std_mean.dim': (t, dim, unbiased, keepdim, correction) => {
    const by = correctionOf(unbiased, correction)
    const [spread, middle] = varMean(t, 'std_mean', dim, by, keepdim, true)
    return { std: spread, mean: middle }
  },
}

define(reductionSchemas, implementations)
