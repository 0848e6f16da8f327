import { dtypes, elementCount, isInteger } from '@sconce/backend'
import { check, sizes } from '../../errors.ts'
import { checkIsSquare, matrixExp } from '../../linalg/index.ts'
import { typeNames } from '../../random/dtype-limits.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes, wrapDim } from '../../shape.ts'
import {
  addAlias,
  callOperation,
  define,
  type FamilyImplementations,
  functionsOf,
} from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { chain } from '../products.ts'
import {
  batchOf,
  checkFloat,
  checkHasDims,
  checkInfo,
  checkKernel,
  checkSameDType,
  sizeOf,
} from './checks.ts'
import { batched, part, readBatch } from './host.ts'

/** Functions of a square matrix in the root of PyTorch. */
export const matrixFunctionSchemas = {
  matrixPower: 'matrix_power(Tensor self, int n) -> Tensor',
  matrixExp: 'matrix_exp(Tensor self) -> Tensor',
} as const satisfies Schemas

export const linalgProductSchemas = {
  matrixPower: 'linalg_matrix_power(Tensor self, int n) -> Tensor',
  matrixExp: 'linalg_matrix_exp(Tensor self) -> Tensor',
  /** The product of a chain of matrices in the order that takes the fewest multiplications. */
  multiDot: 'linalg_multi_dot(Tensor[] tensors) -> Tensor',
  vecdot: 'linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor',
  cross: 'linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor',
  diagonal: 'linalg_diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor',
  /** The inverse for `tensordot`. */
  tensorinv: 'linalg_tensorinv(Tensor self, int ind=2) -> Tensor',
  /** The X for which `tensordot(self, X, X.ndim)` is `other`. */
  tensorsolve: 'linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor',
  /** Powers 0 to N - 1 of the elements, in a new last dim. */
  vander: 'linalg_vander(Tensor x, *, int? N=None) -> Tensor',
} as const satisfies Schemas

function matrixPower(t: Tensor, n: number): Tensor {
  checkIsSquare('linalg.matrix_power', t.shape)
  if (n === 0) {
    const [size] = sizeOf(t)
    const one = t.newOnes([size]).diagEmbed()
    return t.clone().copy_(one)
  }
  return power(n < 0 ? (callOperation('linalg_inv', [t]) as Tensor) : t, Math.abs(n))
}

/** A power of 1 or more, by repeated squaring. */
function power(t: Tensor, n: number): Tensor {
  if (n === 1) return t
  if (n % 2 === 1) return power(t, n - 1).matmul(t)
  const half = power(t, n / 2)
  return half.matmul(half)
}

function exponential(t: Tensor): Tensor {
  checkIsSquare('linalg.matrix_exp', t.shape)
  checkFloat('matrix_exp', t)
  checkKernel('log2_vml_cpu', t)
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  return batched(t, batchOf(t), { exp: part(n, n) }, (i) => ({ exp: matrixExp(a.at(i), n) })).exp
}

function multiDot(tensors: readonly Tensor[]): Tensor {
  const op = 'multi_dot()'
  const count = tensors.length
  check(count >= 2, () => `${op}: expected at least 2 tensors but got ${count}`)
  const [first, last] = [tensors[0], tensors[count - 1]]
  for (const [name, { ndim }] of Object.entries({ first, last })) {
    check(
      ndim === 1 || ndim === 2,
      () => `${op}: the ${name} tensor must be 1D or 2D but got ${ndim}D`,
    )
  }
  tensors.slice(1, -1).forEach(({ ndim }, i) => {
    check(ndim === 2, () => `${op}: tensor ${i + 1} must be 2D but got ${ndim}D`)
  })
  tensors.forEach(({ dtype }, i) => {
    check(
      dtype === first.dtype,
      () =>
        `${op}: all tensors must have be the same dtype but tensor 0 is ${typeNames[first.dtype]} and tensor ${i} ${typeNames[dtype]}`,
    )
  })
  const matrices = tensors.map((t, i) =>
    t.ndim === 2 ? t : i === 0 ? t.unsqueeze(0) : t.unsqueeze(1),
  )
  for (let i = 1; i < count; i++) {
    check(
      matrices[i - 1].shape[1] === matrices[i].shape[0],
      () =>
        `${op}: tensors ${i - 1} and ${i} with shapes ${sizes(tensors[i - 1].shape)} and ${sizes(tensors[i].shape)} cannot be multiplied`,
    )
  }
  const product = chain(matrices)
  const rows = first.ndim === 1 ? product.squeeze(0) : product
  return last.ndim === 1 ? rows.squeeze(-1) : rows
}

function vecdot(x: Tensor, y: Tensor, dim: number): Tensor {
  checkFloat('linalg.vecdot', x)
  checkSameDType('linalg.vecdot', x, y, ['x', 'y'])
  if (x.ndim === 1 && y.ndim === 1) return x.vdot(y)
  return x.mul(y).sum(dim)
}

function cross(a: Tensor, b: Tensor, dim: number): Tensor {
  check(a.ndim === b.ndim, () => 'linalg.cross: inputs must have the same number of dimensions.')
  checkHasDims(a, dim)
  const d = wrapDim(dim, a.ndim)
  check(
    a.shape[d] === 3 && b.shape[d] === 3,
    () =>
      `linalg.cross: inputs dimension ${dim} must have length 3. Got ${a.shape[d]} and ${b.shape[d]}`,
  )
  const shape = broadcastShapes(a.shape, b.shape)
  const [x, y] = [a.expand(shape), b.expand(shape)]
  return x
    .roll(-1, d)
    .mul(y.roll(-2, d))
    .sub(x.roll(-2, d).mul(y.roll(-1, d)))
}

const requirement = (left: string, right: string, a: number, b: number): string =>
  `Expected self to satisfy the requirement prod(self.shape[${left}:]) == prod(self.shape[:${right}]), but got ${a} != ${b}`

function tensorinv(t: Tensor, ind: number): Tensor {
  check(ind > 0, () => `Expected a strictly positive integer for 'ind', but got ${ind}`)
  const [head, tail] = [t.shape.slice(0, ind), t.shape.slice(ind)]
  const [rows, columns] = [elementCount(head), elementCount(tail)]
  check(columns === rows, () => requirement('ind', 'ind', columns, rows))
  const { inverse, info } = callOperation('linalg_inv_ex', [t.reshape([columns, rows]), false]) as {
    inverse: Tensor
    info: Tensor
  }
  checkInfo('inv', info)
  return inverse.reshape([...tail, ...head])
}

function tensorsolve(t: Tensor, other: Tensor, dims: number[] | undefined): Tensor {
  const moved = dims
    ? t.movedim(
        dims,
        dims.map((_, i) => t.ndim - dims.length + i),
      )
    : t
  const shape = moved.shape.slice(other.ndim)
  const [unknowns, equations] = [elementCount(shape), other.numel()]
  check(unknowns === equations, () => requirement('other.ndim', 'other.ndim', unknowns, equations))
  const matrix = moved.reshape([unknowns, unknowns])
  return (callOperation('linalg_solve', [matrix, other.flatten(), true]) as Tensor).reshape(shape)
}

function vander(x: Tensor, N: number | undefined): Tensor {
  check(
    x.dtype === 'float32' || x.dtype === 'float64' || isInteger(x.dtype),
    () =>
      `linalg.vander supports floating point, complex, and integer tensors, but got ${dtypes[x.dtype].scalarType}`,
  )
  const base = x.ndim === 0 ? x.unsqueeze(-1) : x
  const n = N ?? base.shape[base.ndim - 1]
  check(n > 1, () => 'N must be greater than 1.')
  const powers = base
    .unsqueeze(-1)
    .expand([...base.shape, n - 1])
    .cumprod(-1)
  const one = powers.newOnes([...base.shape, 1])
  return callOperation('cat', [[one, powers], -1]) as Tensor
}

const implementations: FamilyImplementations<typeof matrixFunctionSchemas> = {
  matrix_power: (t, n) => functions.matrixPower(t, n),
  matrix_exp: (t) => functions.matrixExp(t),
}

const linalgImplementations: FamilyImplementations<typeof linalgProductSchemas> = {
  linalg_matrix_power: matrixPower,
  linalg_matrix_exp: exponential,
  linalg_multi_dot: multiDot,
  linalg_vecdot: vecdot,
  linalg_cross: cross,
  linalg_diagonal: (A, offset, dim1, dim2) => A.diagonal(offset, dim1, dim2),
  linalg_tensorinv: tensorinv,
  linalg_tensorsolve: tensorsolve,
  linalg_vander: vander,
}

define(matrixFunctionSchemas, implementations)
define(linalgProductSchemas, linalgImplementations, 'linalg')
addAlias('linalg.matmul', 'matmul')
const functions = functionsOf(linalgProductSchemas, 'linalg')
