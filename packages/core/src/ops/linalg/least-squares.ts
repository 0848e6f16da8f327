import { dtypes } from '@sconce/backend'
import { check, sizes } from '../../errors.ts'
import { finfo } from '../../limits.ts'
import {
  checkInfos,
  checkIsMatrix,
  checkIsSquare,
  LSTSQ_DRIVER,
  type LstsqDriver,
  lstsq as lstsqHost,
  matrixRank,
  pseudoinverse,
} from '../../linalg/index.ts'
import { defaultInt } from '../../promotion.ts'
import { isScalar, type Scalar } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkEpsilon, isWide, sizeOf } from './checks.ts'
import { batched, type HostBatch, part, readBroadcast, upload } from './host.ts'

export const leastSquaresSchemas = {
  /** The Moore–Penrose inverse; singular values below `rcond` times the largest count as zero. */
  pinverse: 'pinverse(Tensor self, float rcond=1e-15) -> Tensor',
} as const satisfies Schemas

export const linalgLeastSquaresSchemas = {
  /** The X that minimises |A X − B|; drivers are those of LAPACK, `gelsy` by default. */
  lstsq:
    'linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)',
  /** The Moore–Penrose inverse. */
  pinv: [
    'linalg_pinv.rcond_tensor(Tensor self, Tensor|Scalar rcond, bool hermitian=False) -> Tensor',
    'linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None, bool hermitian=False) -> Tensor',
  ],
  /** How many singular values exceed `max(atol, rtol · largest)`. */
  matrixRank: [
    'linalg_matrix_rank.tol_tensor(Tensor input, Tensor|Scalar tol, bool hermitian=False) -> Tensor',
    'linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None, bool hermitian=False) -> Tensor',
  ],
} as const satisfies Schemas

type Bound = Tensor | Scalar | undefined

/** A tolerance for each matrix of a batch. */
function readBound(bound: Bound, batch: readonly number[]): (i: number) => number | undefined {
  if (bound === undefined) return () => undefined
  if (isScalar(bound)) return () => Number(bound.valueOf())
  const values = readBroadcast(bound, 0, batch)
  return (i) => values.at(i)[0]
}

/** The batch that the matrices and their tolerances make together. */
const commonBatch = (t: Tensor, ...bounds: Bound[]): readonly number[] =>
  bounds.reduce<readonly number[]>(
    (batch, bound) =>
      bound === undefined || isScalar(bound) ? batch : broadcastShapes(bound.shape, batch),
    batchOf(t),
  )

/** Throws for the first matrix whose decomposition failed; eigenvalues of one that isn't finite are NaN. */
function checkDecomposed(
  t: Tensor,
  matrices: HostBatch,
  found: readonly { readonly info: number }[],
  hermitian: boolean,
): void {
  const infoOf = (info: number, i: number): number =>
    info || (hermitian && !matrices.at(i).every(Number.isFinite) ? t.size(-1) - 1 : 0)
  checkInfos(
    hermitian ? 'linalg.eigh' : 'linalg.svd',
    found.map(({ info }, i) => infoOf(info, i)),
    t.ndim === 2,
  )
}

function pinv(t: Tensor, atol: Bound, rtol: Bound, hermitian: boolean): Tensor {
  check(
    t.ndim >= 2 && isWide(t.dtype),
    () =>
      `linalg.pinv(${dtypes[t.dtype].scalarType}{${sizes(t.shape)}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types`,
  )
  for (const [name, bound] of Object.entries({ atol, rtol })) {
    check(
      bound === undefined || isScalar(bound) || !bound.requiresGrad,
      () =>
        `The function 'linalg_pinv' is not differentiable with respect to argument '${name}'. This input cannot have requires_grad True.`,
    )
  }
  const [m, n] = sizeOf(t)
  if (t.numel() === 0) return t.newEmpty([...batchOf(t), n, m])
  if (hermitian) checkIsSquare('linalg.eigh', t.shape)
  const batch = commonBatch(t, atol, rtol)
  const matrices = readBroadcast(t, 2, batch)
  const [absolute, relative] = [readBound(atol, batch), readBound(rtol, batch)]
  const { eps } = finfo(t.dtype)
  const found = Array.from({ length: matrices.count }, (_, i) =>
    pseudoinverse(matrices.at(i), m, n, {
      hermitian,
      eps,
      atol: absolute(i),
      rtol: relative(i),
    }),
  )
  checkDecomposed(t, matrices, found, hermitian)
  return batched(t, batch, { inverse: part(n, m) }, (i) => ({ inverse: found[i].inverse })).inverse
}

function rank(t: Tensor, atol: Bound, rtol: Bound, hermitian: boolean): Tensor {
  checkIsMatrix('torch.linalg.matrix_rank', t.shape, 'input')
  checkEpsilon(t)
  if (hermitian) checkIsSquare('linalg.eigh', t.shape)
  const batch = commonBatch(t, atol, rtol)
  const [m, n] = sizeOf(t)
  const matrices = readBroadcast(t, 2, batch)
  const [absolute, relative] = [readBound(atol, batch), readBound(rtol, batch)]
  const { eps } = finfo(t.dtype)
  const found = Array.from({ length: matrices.count }, (_, i) =>
    matrixRank(matrices.at(i), m, n, { hermitian, eps, atol: absolute(i), rtol: relative(i) }),
  )
  checkDecomposed(t, matrices, found, hermitian)
  return upload(
    found.map((f) => f.rank),
    defaultInt,
    batch,
    t,
  )
}

const drivers: readonly LstsqDriver[] = ['gels', 'gelsy', 'gelsd', 'gelss']

function checkLstsq(a: Tensor, b: Tensor): void {
  const op = 'torch.linalg.lstsq'
  check(a.ndim >= 2, () => `${op}: input must have at least 2 dimensions.`)
  check(b.ndim >= 1, () => `${op}: other must have at least 1 dimension.`)
  check(
    a.dtype === b.dtype,
    () =>
      `${op}: Expected input and other to have the same dtype, but got input's dtype ${dtypes[a.dtype].scalarType} and other's dtype ${dtypes[b.dtype].scalarType}`,
  )
  const difference = a.ndim - b.ndim
  check(
    difference >= 0 && difference <= 1,
    () =>
      `${op}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1`,
  )
  const side = difference === 1 ? -1 : -2
  check(a.size(-2) === b.size(side), () => `${op}: input.size(-2) should match other.size(${side})`)
  checkEpsilon(a)
}

function lstsq(a: Tensor, b: Tensor, rcond: number | undefined, given: string | undefined) {
  checkLstsq(a, b)
  const driver = given === undefined ? 'gelsy' : drivers.find((d) => d === given)
  check(driver !== undefined, () => LSTSQ_DRIVER)
  const vector = b.ndim < a.ndim
  const side = vector ? b.unsqueeze(-1) : b
  const batch = broadcastShapes(batchOf(a), batchOf(side))
  const [m, n] = sizeOf(a)
  const [, k] = sizeOf(side)
  const matrices = readBroadcast(a, 2, batch)
  const sides = readBroadcast(side, 2, batch)
  const tolerance = rcond ?? finfo(a.dtype).eps * Math.max(m, n)
  const found = Array.from({ length: matrices.count }, (_, i) =>
    lstsqHost(matrices.at(i), m, n, sides.at(i), k, { driver, rcond: tolerance }),
  )
  checkInfos(
    'torch.linalg.lstsq',
    found.map(({ info }) => info),
    batch.length === 0,
  )
  const nothing = (dtype = a.dtype) => a.newEmpty([0], { dtype })
  const { X } = batched(a, batch, { X: part(n, k) }, (i) => ({ X: found[i].solution }))
  // PyTorch has residuals only if all matrices of the batch have them.
  const residuals =
    found.length > 0 && k > 0 && found.every((f) => f.residuals.length > 0)
      ? batched(a, batch, { r: part(k) }, (i) => ({ r: found[i].residuals })).r
      : nothing()
  const singularValues =
    driver === 'gelsd' || driver === 'gelss'
      ? batched(a, batch, { s: part(Math.min(m, n)) }, (i) => ({
          s: found[i].singularValues ?? [],
        })).s
      : nothing()
  const ranks = found.map((f) => f.rank ?? 0)
  return {
    solution: vector ? X.squeeze(-1) : X,
    residuals,
    rank: driver === 'gels' ? nothing(defaultInt) : upload(ranks, defaultInt, batch, a),
    singularValues,
  }
}

const implementations: FamilyImplementations<typeof leastSquaresSchemas> = {
  pinverse: (t, rcond) => callPinv(t, undefined, rcond, false),
}

/** Every form of `pinv` comes to this op, which autograd has a row for. */
const callPinv = (t: Tensor, atol: Bound, rtol: Bound, hermitian: boolean): Tensor =>
  callOperation('linalg_pinv.atol_rtol_tensor', [t, atol, rtol, hermitian]) as Tensor

const linalgImplementations: FamilyImplementations<typeof linalgLeastSquaresSchemas> = {
  linalg_lstsq: lstsq,
  'linalg_pinv.rcond_tensor': (t, rcond, hermitian) => callPinv(t, undefined, rcond, hermitian),
  'linalg_pinv.atol_rtol_tensor': pinv,
  'linalg_matrix_rank.tol_tensor': (t, tol, hermitian) => rank(t, tol, 0, hermitian),
  'linalg_matrix_rank.atol_rtol_tensor': rank,
}

define(leastSquaresSchemas, implementations)
define(linalgLeastSquaresSchemas, linalgImplementations, 'linalg')
