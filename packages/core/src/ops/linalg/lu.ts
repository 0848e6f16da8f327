import { check } from '../../errors.ts'
import {
  checkInfos,
  checkIsSquare,
  checkPivots,
  checkSolveShapes,
  luFactor,
  luSolve,
  luUnpack,
  NO_PIVOT,
  notAMatrix,
  permutationMatrix,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes, sameShape } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkInfo, checkKernel, checkSameDType, sizeOf } from './checks.ts'
import { batched, integers, part, readBatch, readBroadcast } from './host.ts'

/** LU factors in the root of PyTorch. */
export const luSchemas = {
  /** The factors in one matrix, and the row exchanges; with `getInfos` also where U has a zero. */
  lu: [
    'lu(Tensor self, bool pivot=True, false get_infos=False) -> (Tensor LU, Tensor pivots)',
    'lu.infos(Tensor self, bool pivot=True, true get_infos) -> (Tensor LU, Tensor pivots, Tensor info)',
  ],
  luUnpack:
    'lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)',
  luSolve: 'lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor',
} as const satisfies Schemas

export const linalgLuSchemas = {
  /** A = P L U. */
  lu: 'linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)',
  luFactor: 'linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)',
  luFactorEx:
    'linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)',
  luSolve:
    'linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor',
} as const satisfies Schemas

function checkLu(op: string, t: Tensor, pivot: boolean): void {
  check(t.ndim >= 2, () => notAMatrix(op, t.shape))
  checkKernel('lu_cpu', t)
  check(pivot, () => NO_PIVOT)
}

function factorEx(t: Tensor, pivot: boolean, checkErrors: boolean) {
  checkLu('torch.lu_factor', t, pivot)
  const a = readBatch(t, 2)
  const [m, n] = sizeOf(t)
  const factors = Array.from({ length: a.count }, (_, i) => luFactor(a.at(i), m, n))
  if (checkErrors) {
    checkInfos(
      'torch.linalg.lu_factor_ex',
      factors.map(({ info }) => info),
      t.ndim === 2,
    )
  }
  const parts = { LU: part(m, n), pivots: integers(Math.min(m, n)), info: integers() }
  return batched(t, batchOf(t), parts, (i) => {
    const { lu, pivots, info } = factors[i]
    return { LU: lu, pivots, info }
  })
}

function lu(t: Tensor, pivot: boolean): { P: Tensor; L: Tensor; U: Tensor } {
  checkLu('linalg.lu', t, pivot)
  const a = readBatch(t, 2)
  const [m, n] = sizeOf(t)
  const k = Math.min(m, n)
  return batched(t, batchOf(t), { P: part(m, m), L: part(m, k), U: part(k, n) }, (i) => {
    const { lu, pivots } = luFactor(a.at(i), m, n)
    const { l, u } = luUnpack(lu, m, n)
    return { P: permutationMatrix(pivots, m), L: l, U: u }
  })
}

function unpack(
  data: Tensor,
  pivots: Tensor,
  unpackData: boolean,
  unpackPivots: boolean,
): { P: Tensor; L: Tensor; U: Tensor } {
  check(data.ndim >= 2, () => notAMatrix('torch.lu_unpack', data.shape))
  check(
    !unpackPivots || pivots.dtype === 'int32',
    () =>
      'torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n' +
      'Note: this function is intended to be used with the output produced by torch.linalg.lu_factor',
  )
  const [m, n] = sizeOf(data)
  const k = Math.min(m, n)
  const nothing = () => data.newEmpty([0])
  let P = nothing()
  if (unpackPivots) {
    const exchanges = readBroadcast(pivots, 1, batchOf(data))
    for (let i = 0; i < exchanges.count; i++) checkPivots('lu_unpack', exchanges.at(i), m)
    const parts = { P: part(m, m) }
    P = batched(data, batchOf(data), parts, (i) => ({ P: permutationMatrix(exchanges.at(i), m) })).P
  }
  if (!unpackData) return { P, L: nothing(), U: nothing() }
  const L = data.narrow(-1, 0, k).tril(-1)
  L.diagonal(0, -2, -1).fill_(1)
  return { P, L, U: data.narrow(-2, 0, k).triu() }
}

function solve(LU: Tensor, pivots: Tensor, B: Tensor, left: boolean, adjoint: boolean): Tensor {
  checkFloat('torch.linalg.lu_solve', LU)
  checkSameDType('linalg.lu_solve', LU, B, ['LU', 'B'])
  check(
    pivots.dtype === 'int32',
    () => 'linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32',
  )
  checkIsSquare('torch.linalg.lu_solve', LU.shape)
  checkSolveShapes('linalg.lu_solve', LU.shape, B.shape, left)
  check(
    sameShape(LU.shape.slice(0, -1), pivots.shape),
    () =>
      'linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix',
  )
  checkKernel('linalg.lu_solve_cpu', LU)
  const batch = broadcastShapes(batchOf(B), batchOf(LU))
  const [rows, columns] = sizeOf(B)
  const [n, k] = left ? [rows, columns] : [columns, rows]
  const factors = readBroadcast(LU, 2, batch)
  const exchanges = readBroadcast(pivots, 1, batch)
  const sides = readBroadcast(B, 2, batch)
  for (let i = 0; i < exchanges.count; i++) checkPivots('lu_solve', exchanges.at(i), n)
  return batched(B, batch, { X: part(rows, columns) }, (i) => {
    // Whole numbers, which came as doubles.
    const given = { lu: factors.at(i), pivots: Int32Array.from(exchanges.at(i)) }
    return { X: luSolve(given, n, sides.at(i), k, { left, adjoint }) }
  }).X
}

const implementations: FamilyImplementations<typeof luSchemas> = {
  lu: (t, pivot) => {
    const { LU, pivots } = functions.luFactorEx(t, { pivot })
    return { LU, pivots }
  },
  'lu.infos': (t, pivot) => functions.luFactorEx(t, { pivot }),
  lu_unpack: unpack,
  lu_solve: (B, LU, pivots) =>
    callOperation('linalg_lu_solve', [LU, pivots, B, true, false]) as Tensor,
}

const linalgImplementations: FamilyImplementations<typeof linalgLuSchemas> = {
  linalg_lu: lu,
  linalg_lu_factor: (t, pivot) => {
    const { LU, pivots, info } = functions.luFactorEx(t, { pivot })
    checkInfo('torch.linalg.lu_factor', info)
    return { LU, pivots }
  },
  linalg_lu_factor_ex: factorEx,
  linalg_lu_solve: solve,
}

define(luSchemas, implementations)
define(linalgLuSchemas, linalgImplementations, 'linalg')
const functions = functionsOf(linalgLuSchemas, 'linalg')
