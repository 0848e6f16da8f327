import { type DType, dtypes, elementCount, isFloat } from '@sconce/backend'
import { check, RuntimeError, ValueError } from '../errors.ts'
import { promoteTypes } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes, wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { reducedDims } from './reductions.ts'

/** Norms and distances. */
export const normSchemas = {
  norm: 'norm(Tensor self, Scalar|str? p=2, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  dist: 'dist(Tensor self, Tensor other, Scalar p=2) -> Tensor',
  renorm: 'renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor!',
  cdist: 'cdist(Tensor x1, Tensor x2, float p=2, str|int? compute_mode=None) -> Tensor',
} as const satisfies Schemas

export const vectorNormSchemas = {
  vectorNorm:
    'linalg_vector_norm(Tensor self, Scalar ord=2, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
} as const satisfies Schemas

/** Throws unless a norm of the tensor can be computed in `dtype`. */
export function checkNormDType(op: string, t: Tensor, dtype: DType | undefined): void {
  check(
    isFloat(t.dtype),
    () =>
      `${op}: Expected a floating point or complex tensor as input. Got ${dtypes[t.dtype].scalarType}`,
  )
  if (dtype === undefined) return
  check(
    isFloat(dtype),
    () => `${op}: dtype should be floating point or complex, but got ${dtypes[dtype].scalarType}`,
  )
  check(
    promoteTypes(t.dtype, dtype) === dtype,
    () =>
      `${op}: the dtype of the input (${dtypes[t.dtype].scalarType}) should be convertible without narrowing to the specified dtype (${dtypes[dtype].scalarType})`,
  )
}

/**
 * The p-norm over dims: written with ops that have gradients, and safe at 0. `node` is the name of the
 * 2-norm's function in the graph.
 */
export function vectorNorm(
  self: Tensor,
  p: number,
  dim: readonly number[] | undefined,
  keepdim: boolean,
  dtype?: DType,
  node = 'LinalgVectorNormBackward0',
): Tensor {
  checkNormDType('linalg.vector_norm', self, dtype)
  const t = dtype === undefined ? self : self.to(dtype)
  const dims = reducedDims(t, dim)
  const count = elementCount(dims.map((d) => t.shape[d]))
  if (count === 0 && (p < 0 || p === Number.POSITIVE_INFINITY)) {
    if (dim === undefined || dim.length === 0) {
      throw new RuntimeError(
        `linalg.vector_norm cannot compute the ${p === Number.POSITIVE_INFINITY ? 'inf' : p} norm on an empty tensor because the operation does not have an identity`,
      )
    }
    for (const d of dims) {
      check(
        t.shape[d] !== 0,
        () =>
          `linalg.vector_norm cannot compute the ${p === Number.POSITIVE_INFINITY ? 'inf' : p} norm on the dimension ${d} because this dimension is empty and the operation does not have an identity`,
      )
    }
  }
  const options = { dim: dims, keepdim }
  if (t.ndim === 0 && p !== 0)
    return p === 2 || p === 1 || !Number.isFinite(p)
      ? t.abs()
      : t
          .abs()
          .pow(p)
          .pow(1 / p)
  switch (p) {
    case 0:
      return callOperation('_zero_norm', [t, dims, keepdim]) as Tensor
    case 1:
      return t.abs().sum(options)
    case 2:
      return callOperation('_euclidean_norm', [t, dims, keepdim, node]) as Tensor
    case Number.POSITIVE_INFINITY:
      return t.abs().amax(options)
    case Number.NEGATIVE_INFINITY:
      return t.abs().amin(options)
    default:
      return callOperation('_p_norm', [t, p, dims, keepdim]) as Tensor
  }
}

/** The p-norm of differences along a dim. How many differ has the gradient 0 here, where a norm has none. */
export const distance = (difference: Tensor, p: number, dim: number): Tensor =>
  p === 0 ? difference.sign().abs().sum(dim) : vectorNorm(difference, p, [dim], false)

/** Norms whose gradients need care at 0; autograd has rows for them. */
export const innerNormSchemas = {
  euclideanNorm: '_euclidean_norm(Tensor self, int[] dim, bool keepdim, str node) -> Tensor',
  pNorm: '_p_norm(Tensor self, float p, int[] dim, bool keepdim) -> Tensor',
  zeroNorm: '_zero_norm(Tensor self, int[] dim, bool keepdim) -> Tensor',
} as const satisfies Schemas

function normByName(
  t: Tensor,
  p: string,
  dim: number[] | undefined,
  keepdim: boolean,
  dtype: DType | undefined,
): Tensor {
  if (p === 'nuc') {
    if (dtype !== undefined) throw new ValueError('dtype argument is not supported in nuclear norm')
    return (
      dim === undefined
        ? callOperation('nuclear_norm', [t, keepdim])
        : callOperation('nuclear_norm.dim', [t, dim, keepdim])
    ) as Tensor
  }
  check(p === 'fro', () => `only valid string values are 'fro' and 'nuc', found: ${p}`)
  check(
    dim === undefined || dim.length <= 2,
    () => `Expected at most 2 dimensions, but got ${dim?.length} dimensions instead.`,
  )
  const x = dtype === undefined ? t : t.to(dtype)
  return vectorNorm(x, 2, dim, keepdim, undefined, 'NormBackward1')
}

function norm(
  t: Tensor,
  p: Scalar | string | undefined,
  dim: number[] | undefined,
  keepdim: boolean,
  dtype: DType | undefined,
): Tensor {
  if (typeof p === 'string') return normByName(t, p, dim, keepdim, dtype)
  const x = dtype === undefined ? t : t.to(dtype)
  if (!isFloat(x.dtype)) {
    throw new RuntimeError(
      `norm(): input dtype should be either floating point or complex. Got ${dtypes[x.dtype].scalarType} instead.`,
    )
  }
  return vectorNorm(x, Number((p ?? 2).valueOf()), dim, keepdim, undefined, 'NormBackward1')
}

/** Distances of all rows of x1 to all rows of x2, in batches. */
function cdist(x1: Tensor, x2: Tensor, p: number): Tensor {
  check(
    isFloat(x1.dtype),
    () => `cdist only supports floating-point dtypes, X1 got: ${dtypes[x1.dtype].scalarType}`,
  )
  check(
    isFloat(x2.dtype),
    () => `cdist only supports floating-point dtypes, X2 got: ${dtypes[x2.dtype].scalarType}`,
  )
  check(x1.ndim >= 2, () => `cdist only supports at least 2D tensors, X1 got: ${x1.ndim}D`)
  check(x2.ndim >= 2, () => `cdist only supports at least 2D tensors, X2 got: ${x2.ndim}D`)
  const [c1, c2] = [x1.shape[x1.ndim - 1], x2.shape[x2.ndim - 1]]
  check(c1 === c2, () => `X1 and X2 must have the same number of columns. X1: ${c1} X2: ${c2}`)
  check(p >= 0, () => 'cdist only supports non-negative p values')
  const batch = broadcastShapes(x1.shape.slice(0, -2), x2.shape.slice(0, -2))
  const [r1, r2] = [x1.shape[x1.ndim - 2], x2.shape[x2.ndim - 2]]
  if (c1 === 0 && !Number.isFinite(p)) return x1.newZeros([...batch, r1, r2])
  const a = x1.expand([...batch, r1, c1]).unsqueeze(-2)
  const b = x2.expand([...batch, r2, c1]).unsqueeze(-3)
  return distance(a.sub(b), p, -1)
}

const implementations: FamilyImplementations<typeof normSchemas> = {
  norm,
  dist: (a, b, p) => norm(a.sub(b), p, undefined, false, undefined),
  renorm: (t, p, dim, maxnorm) => {
    const power = Number(p.valueOf())
    const limit = Number(maxnorm.valueOf())
    check(power > 0, () => 'renorm: non-positive-norm not supported')
    check(limit >= 0, () => `renorm: expected maxnorm to be >= 0 but got ${limit}`)
    check(t.ndim > 1, () => `renorm: input needs at least 2 dimensions, got ${t.ndim} dimensions`)
    const d = wrapDim(dim, t.ndim)
    const others = [...t.shape.keys()].filter((k) => k !== d)
    const length = vectorNorm(t, power, others, true)
    const factor = length.add(1e-7).reciprocal().mul(limit)
    return t.mul(factor.where(length.gt(limit), 1))
  },
  cdist: (x1, x2, p) => cdist(x1, x2, p),
}

const innerImplementations: FamilyImplementations<typeof innerNormSchemas> = {
  _euclidean_norm: (t, dim, keepdim) => t.mul(t).sum(dim, keepdim).sqrt(),
  _p_norm: (t, p, dim, keepdim) =>
    t
      .abs()
      .pow(p)
      .sum(dim, keepdim)
      .pow(1 / p),
  _zero_norm: (t, dim, keepdim) => t.ne(0).sum(dim, keepdim, { dtype: t.dtype }),
}

const vectorNormImplementations: FamilyImplementations<typeof vectorNormSchemas> = {
  linalg_vector_norm: (t, ord, dim, keepdim, dtype) =>
    vectorNorm(t, Number(ord.valueOf()), dim, keepdim, dtype),
}

define(innerNormSchemas, innerImplementations, 'internal')
define(normSchemas, implementations)
define(vectorNormSchemas, vectorNormImplementations, 'linalg')
