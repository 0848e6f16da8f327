import { check } from '../../errors.ts'
import {
  checkInfos,
  checkIsSquare,
  checkSolveShapes,
  luFactor,
  luSolve,
  solve as solveHost,
  transpose,
  triangularSolve,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes } from '../../shape.ts'
import { define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import {
  batchOf,
  checkFloat,
  checkInfo,
  checkKernel,
  checkOldSolve,
  checkSameDType,
  isVectorRhs,
  sizeOf,
} from './checks.ts'
import { batched, broadcastPosition, integers, part, readBatch, readBroadcast } from './host.ts'

export const solveSchemas = {
  inverse: 'inverse(Tensor self) -> Tensor',
  /** Solves a triangular system and returns A beside the solution: `B.triangularSolve(A)`. */
  triangularSolve:
    'triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)',
} as const satisfies Schemas

export const linalgSolveSchemas = {
  inv: 'linalg_inv(Tensor A) -> Tensor',
  /** The inverse, and instead of an error the number of a zero pivot. */
  invEx: 'linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)',
  /** The solution of A X = B, or of X A = B if `left` is false. */
  solve: 'linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor',
  solveEx:
    'linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)',
  solveTriangular:
    'linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor',
} as const satisfies Schemas

/** What the solvers come down to; autograd has rows for it. The factors are those of the transpose. */
export const innerSolveSchemas = {
  linalgSolveEx:
    '_linalg_solve_ex(Tensor A, Tensor B, bool left, bool check_errors) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)',
} as const satisfies Schemas

function solveEx(A: Tensor, B: Tensor, left: boolean, checkErrors: boolean) {
  checkFloat('linalg.solve', A)
  checkSameDType('linalg.solve', A, B)
  checkIsSquare('linalg.solve', A.shape)
  const vector = isVectorRhs(A.shape, B.shape)
  const side = vector ? B.unsqueeze(-1) : B
  checkSolveShapes('linalg.solve', A.shape, side.shape, left)
  checkKernel('lu_cpu', A)
  const own = batchOf(A)
  const batch = broadcastShapes(batchOf(side), own)
  const [rows, columns] = sizeOf(side)
  const [n, k] = left ? [rows, columns] : [columns, rows]
  const matrices = readBatch(A, 2)
  const factors = Array.from({ length: matrices.count }, (_, i) =>
    luFactor(transpose(matrices.at(i), n, n), n, n),
  )
  if (checkErrors) {
    checkInfos(
      'torch.linalg.solve_ex',
      factors.map(({ info }) => info),
      A.ndim === 2,
    )
  }
  const parts = { LU: part(n, n), pivots: integers(n), info: integers() }
  const { LU, pivots, info } = batched(A, own, parts, (i) => ({
    LU: factors[i].lu,
    pivots: factors[i].pivots,
    info: factors[i].info,
  }))
  const sides = readBroadcast(side, 2, batch)
  const position = broadcastPosition(own, batch)
  const { X } = batched(A, batch, { X: part(rows, columns) }, (i) => ({
    X: luSolve(factors[position(i)], n, sides.at(i), k, { left, adjoint: true }),
  }))
  return { result: vector ? X.squeeze(-1) : X, LU, pivots, info }
}

function invEx(A: Tensor, checkErrors: boolean): { inverse: Tensor; info: Tensor } {
  checkIsSquare('linalg.inv', A.shape)
  checkFloat('linalg.inv', A, false)
  const a = readBatch(A, 2)
  const [n] = sizeOf(A)
  const identity = new Float64Array(n * n)
  for (let i = 0; i < n; i++) identity[i * n + i] = 1
  const found = Array.from({ length: a.count }, (_, i) => solveHost(a.at(i), n, identity, n))
  if (checkErrors) {
    checkInfos(
      'linalg.inv_ex',
      found.map(({ info }) => info),
      A.ndim === 2,
    )
  }
  return batched(A, batchOf(A), { inverse: part(n, n), info: integers() }, (i) => ({
    inverse: found[i].x,
    info: found[i].info,
  }))
}

interface Triangular {
  upper: boolean
  transpose?: boolean
  unitriangular: boolean
  left?: boolean
}

function substitute(A: Tensor, B: Tensor, options: Triangular): Tensor {
  checkKernel('triangular_solve_cpu', A)
  const batch = broadcastShapes(batchOf(B), batchOf(A))
  const [rows, columns] = sizeOf(B)
  const [n, k] = options.left === false ? [columns, rows] : [rows, columns]
  const matrices = readBroadcast(A, 2, batch)
  const sides = readBroadcast(B, 2, batch)
  return batched(A, batch, { X: part(rows, columns) }, (i) => ({
    X: triangularSolve(matrices.at(i), n, sides.at(i), k, options),
  })).X
}

function triangularSolveOld(
  b: Tensor,
  A: Tensor,
  upper: boolean,
  transposed: boolean,
  unitriangular: boolean,
): { solution: Tensor; clonedCoefficient: Tensor } {
  for (const [name, { ndim }] of Object.entries({ b, A })) {
    check(
      ndim >= 2,
      () =>
        `torch.triangular_solve: Expected ${name} to have at least 2 dimensions, but it has ${ndim} dimensions instead`,
    )
  }
  checkOldSolve('triangular_solve', b, A)
  const solution = substitute(A, b, { upper, transpose: transposed, unitriangular })
  const [n] = sizeOf(A)
  return { solution, clonedCoefficient: A.expand([...batchOf(solution), n, n]).clone() }
}

const implementations: FamilyImplementations<typeof solveSchemas> = {
  inverse: (t) => functions.inv(t),
  triangular_solve: triangularSolveOld,
}

const linalgImplementations: FamilyImplementations<typeof linalgSolveSchemas> = {
  linalg_inv: (A) => {
    const { inverse, info } = functions.invEx(A)
    checkInfo('linalg.inv', info)
    return inverse
  },
  linalg_inv_ex: invEx,
  linalg_solve: (A, B, left) => {
    const { result, info } = inner.linalgSolveEx(A, B, left, false)
    checkInfo('torch.linalg.solve', info)
    return result
  },
  linalg_solve_ex: (A, B, left, checkErrors) => {
    const { result, info } = inner.linalgSolveEx(A, B, left, checkErrors)
    return { result, info }
  },
  linalg_solve_triangular: (A, B, upper, left, unitriangular) => {
    checkSolveShapes('linalg.solve_triangular', A.shape, B.shape, left)
    checkSameDType('linalg.solve_triangular', A, B)
    return substitute(A, B, { upper, left, unitriangular })
  },
}

define(solveSchemas, implementations)
define(linalgSolveSchemas, linalgImplementations, 'linalg')
define(innerSolveSchemas, { _linalg_solve_ex: solveEx }, 'internal')
const functions = functionsOf(linalgSolveSchemas, 'linalg')
const inner = functionsOf(innerSolveSchemas, 'internal')
