import type { DType } from '@sconce/backend'
import { check, RuntimeError, sizes } from '../../errors.ts'
import {
  checkIsMatrix,
  checkIsSquare,
  condOrder,
  type MatrixNormOrder,
  matrixNormOrder,
} from '../../linalg/index.ts'
import { FloatScalar, type Scalar } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { wrapDim } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { checkNormDType, vectorNorm } from '../norms.ts'
import { batchOf, checkFloat } from './checks.ts'

/** Norms of matrices in the root of PyTorch. */
export const matrixNormSchemas = {
  frobeniusNorm: [
    'frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor',
    'frobenius_norm(Tensor self) -> Tensor',
  ],
  nuclearNorm: [
    'nuclear_norm.dim(Tensor self, int[] dim, bool keepdim=False) -> Tensor',
    'nuclear_norm(Tensor self, bool keepdim=False) -> Tensor',
  ],
} as const satisfies Schemas

export const linalgNormSchemas = {
  /** A vector norm, or of two dims with an `ord` a matrix norm. */
  norm: 'linalg_norm(Tensor self, Scalar|str? ord=None, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  /** `'fro'`, `'nuc'`, 2 and -2 (singular values), 1 and -1 (column sums), ±Infinity (row sums). */
  matrixNorm:
    "linalg_matrix_norm(Tensor self, Scalar|str ord='fro', int[] dim=[-2,-1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
  /** The condition number by a norm: infinite for a singular matrix. */
  cond: 'linalg_cond(Tensor self, Scalar|str? p=None) -> Tensor',
} as const satisfies Schemas

/** A number as Python prints it in a message. */
const printed = (ord: Scalar | string): string => {
  if (typeof ord === 'string') return ord
  const value = Number(ord.valueOf())
  if (Number.isNaN(value)) return 'nan'
  return Number.isFinite(value) ? `${value}` : value > 0 ? 'inf' : '-inf'
}

/** PyTorch's number for a message that is made of a float: `1.000000`. */
const printedFloat = (p: Scalar): string => {
  const value = Number(p.valueOf())
  const float = p instanceof FloatScalar || !Number.isInteger(value)
  return float && Number.isFinite(value) ? value.toFixed(6) : printed(p)
}

/** The dims moved to the end, and how many dims there are. */
function atEnd(t: Tensor, dims: readonly number[]): Tensor {
  const others = [...t.shape.keys()].filter((d) => !dims.includes(d))
  return t.permute([...others, ...dims])
}

/** A reduced tensor with the two reduced dims put back as 1. */
const restore = (t: Tensor, dims: readonly number[]): Tensor =>
  dims.toSorted((a, b) => a - b).reduce((x, d) => x.unsqueeze(d), t)

const orders: readonly MatrixNormOrder[] = ['fro', 'nuc', 2, -2, 1, -1, Infinity, -Infinity]

function matrixNorm(
  t: Tensor,
  given: Scalar | string,
  dim: readonly number[],
  keepdim: boolean,
  dtype: DType | undefined,
): Tensor {
  const op = 'linalg.matrix_norm'
  const ord = orders.find(
    (o) => o === (typeof given === 'string' ? given : Number(given.valueOf())),
  )
  check(ord !== undefined, () => matrixNormOrder(printed(given)))
  const spectral = ord === 'nuc' || ord === 2 || ord === -2
  checkIsMatrix(op, t.shape)
  checkFloat(op, t, !spectral)
  check(dim.length === 2, () => `${op}: dim must be a 2-tuple. Got ${dim.join(' ')}`)
  const [row, column] = dim.map((d) => wrapDim(d, t.ndim))
  check(row !== column, () => `${op}: dims must be different. Got (${dim.join(', ')})`)
  checkNormDType(op, t, dtype)
  const A = dtype === undefined ? t : t.to(dtype)
  if (ord === 'fro') return vectorNorm(A, 2, [row, column], keepdim)
  const largest = ord === 'nuc' || ord > 0
  if (spectral) {
    const s = singularValues(atEnd(A, [row, column]))
    const norm = ord === 'nuc' ? s.sum(-1) : largest ? s.amax(-1) : s.amin(-1)
    return keepdim ? restore(norm, [row, column]) : norm
  }
  // Sums over one dim, then the extreme one of the other.
  const [summed, other] = Math.abs(Number(ord)) === 1 ? [row, column] : [column, row]
  const sums = vectorNorm(A, 1, [summed], keepdim)
  const left = !keepdim && other > summed ? other - 1 : other
  return largest ? sums.amax(left, keepdim) : sums.amin(left, keepdim)
}

const singularValues = (A: Tensor): Tensor =>
  callOperation('linalg_svdvals', [A, undefined]) as Tensor

/** Throws unless a norm of matrices may be taken over these dims. */
function checkNormDims(t: Tensor, dim: readonly number[] | undefined): void {
  if (dim === undefined) {
    check(
      t.ndim === 1 || t.ndim === 2,
      () =>
        `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${t.ndim}D.`,
    )
  } else {
    check(
      dim.length === 1 || dim.length === 2,
      () => `linalg.norm: If dim is specified, it must be of length 1 or 2. Got ${sizes(dim)}`,
    )
  }
}

function norm(
  t: Tensor,
  ord: Scalar | string | undefined,
  dim: number[] | undefined,
  keepdim: boolean,
  dtype: DType | undefined,
): Tensor {
  if (ord !== undefined || dim !== undefined) checkNormDims(t, dim)
  const isMatrix = typeof ord === 'string' || (dim?.length ?? t.ndim) === 2
  if (ord !== undefined && isMatrix) return matrixNorm(t, ord, dim ?? [0, 1], keepdim, dtype)
  return callOperation('linalg_vector_norm', [t, ord ?? 2, dim, keepdim, dtype]) as Tensor
}

/** The product of the norms of a matrix and its inverse. */
function condOfSquare(t: Tensor, ord: Scalar | string): Tensor {
  const { inverse, info } = callOperation('linalg_inv_ex', [t, false]) as {
    inverse: Tensor
    info: Tensor
  }
  const singular = info.gt(0).unsqueeze(-1).unsqueeze(-1)
  const inverted = inverse.maskedFill(singular, Infinity)
  const of = (A: Tensor) => matrixNorm(A, ord, [-2, -1], false, undefined)
  // NumPy's 0 · Infinity of a matrix of zeros is infinite.
  return of(t).mul(of(inverted)).nanToNum(Infinity, Infinity, -Infinity)
}

function cond(t: Tensor, p: Scalar | string | undefined): Tensor {
  if (typeof p === 'string') return condByName(t, p)
  check(t.ndim >= 2, () => 'linalg.cond: The input tensor must have at least 2 dimensions.')
  const value = p === undefined ? 2 : Number(p.valueOf())
  if (Math.abs(value) === 2) {
    if (t.numel() === 0) return t.newZeros(batchOf(t))
    const s = singularValues(t)
    const [largest, smallest] = [s.narrow(-1, 0, 1), s.narrow(-1, -1, 1)]
    return (value > 0 ? largest.div(smallest) : smallest.div(largest)).squeeze(-1)
  }
  check(Math.abs(value) === 1 || Math.abs(value) === Infinity, () => condOrder(printed(p ?? 2)))
  checkIsSquare(`linalg.cond(ord=${printedFloat(p ?? 2)})`, t.shape)
  if (t.numel() === 0) return t.newZeros(batchOf(t))
  return condOfSquare(t, value)
}

function condByName(t: Tensor, p: string): Tensor {
  checkIsSquare(`linalg.cond(ord=${p})`, t.shape)
  check(p === 'fro' || p === 'nuc', () => condOrder(p))
  if (t.numel() === 0) return t.newZeros(batchOf(t))
  if (p === 'fro') return condOfSquare(t, p)
  // Not by the norm, which refuses the infinities of a singular matrix.
  const s = singularValues(t)
  return s.sum(-1).mul(s.reciprocal().sum(-1))
}

const implementations: FamilyImplementations<typeof matrixNormSchemas> = {
  frobenius_norm: (t) => vectorNorm(t, 2, undefined, false, undefined, 'NormBackward0'),
  'frobenius_norm.dim': (t, dim, keepdim) => {
    if (dim.length > 2) {
      throw new RuntimeError(
        `Expected at most 2 dimensions, but got ${dim.length} dimensions instead.`,
      )
    }
    return vectorNorm(t, 2, dim, keepdim, undefined, 'SqrtBackward0')
  },
  nuclear_norm: (t, keepdim) => {
    check(
      t.ndim === 2,
      () =>
        `Expected a tensor with 2 dimensions, but got a tensor with ${t.ndim} dimensions instead.`,
    )
    return matrixNorm(t, 'nuc', [0, 1], keepdim, undefined)
  },
  'nuclear_norm.dim': (t, dim, keepdim) => {
    check(dim.length === 2, () => "nuclear norm requires a 'dim' argument of size 2")
    return matrixNorm(t, 'nuc', dim, keepdim, undefined)
  },
}

const linalgImplementations: FamilyImplementations<typeof linalgNormSchemas> = {
  linalg_norm: norm,
  linalg_matrix_norm: matrixNorm,
  linalg_cond: cond,
}

define(matrixNormSchemas, implementations)
define(linalgNormSchemas, linalgImplementations, 'linalg')
