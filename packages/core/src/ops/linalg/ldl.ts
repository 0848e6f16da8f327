import { check, sizes } from '../../errors.ts'
import { checkInfos, checkIsSquare, ldlFactor, ldlSolve } from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes, sameShape, wrapDim } from '../../shape.ts'
import { define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkInfo, checkKernel, checkOldSolve, sizeOf } from './checks.ts'
import { batched, integers, part, readBatch, readBroadcast } from './host.ts'

/** A = L D Lᵀ of a symmetric matrix, which need not be definite. PyTorch has no derivatives of it. */
export const linalgLdlSchemas = {
  ldlFactor:
    'linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)',
  ldlFactorEx:
    'linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)',
  ldlSolve:
    'linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor',
} as const satisfies Schemas

function factorEx(t: Tensor, checkErrors: boolean) {
  const op = 'torch.linalg.ldl_factor_ex'
  checkIsSquare(op, t.shape)
  checkFloat(op, t)
  checkKernel('ldl_factor_kernel_cpu', t)
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  const factors = Array.from({ length: a.count }, (_, i) => ldlFactor(a.at(i), n))
  if (checkErrors) {
    checkInfos(
      op,
      factors.map(({ info }) => info),
      t.ndim === 2,
    )
  }
  const parts = { LD: part(n, n), pivots: integers(n), info: integers() }
  return batched(t, batchOf(t), parts, (i) => {
    const { ld, pivots, info } = factors[i]
    return { LD: ld, pivots, info }
  })
}

function solve(LD: Tensor, pivots: Tensor, B: Tensor): Tensor {
  const op = 'torch.linalg.ldl_solve'
  checkIsSquare(op, LD.shape)
  checkFloat(op, LD)
  wrapDim(-2, B.ndim)
  check(
    sameShape(LD.shape.slice(0, -1), pivots.shape),
    () =>
      `${op}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape ${sizes(pivots.shape)} instead`,
  )
  checkOldSolve('linalg_ldl_solve', B, LD)
  checkKernel('ldl_solve_kernel_cpu', LD)
  const batch = broadcastShapes(batchOf(B), batchOf(LD))
  const [n, k] = sizeOf(B)
  const factors = readBroadcast(LD, 2, batch)
  const exchanges = readBroadcast(pivots, 1, batch)
  const sides = readBroadcast(B, 2, batch)
  return batched(B, batch, { X: part(n, k) }, (i) => {
    // Whole numbers, which came as doubles.
    const given = { ld: factors.at(i), pivots: Int32Array.from(exchanges.at(i)) }
    return { X: ldlSolve(given, n, sides.at(i), k) }
  }).X
}

// Real matrices that are Hermitian are symmetric.
const implementations: FamilyImplementations<typeof linalgLdlSchemas> = {
  linalg_ldl_factor: (t, hermitian) => {
    const { LD, pivots, info } = functions.ldlFactorEx(t, { hermitian })
    checkInfo('torch.linalg.ldl_factor', info)
    return { LD, pivots }
  },
  linalg_ldl_factor_ex: (t, _hermitian, checkErrors) => factorEx(t, checkErrors),
  linalg_ldl_solve: (LD, pivots, B) => solve(LD, pivots, B),
}

define(linalgLdlSchemas, implementations, 'linalg')
const functions = functionsOf(linalgLdlSchemas, 'linalg')
