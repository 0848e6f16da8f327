import { check } from '../../errors.ts'
import {
  checkInfos,
  checkIsSquare,
  cholesky,
  choleskyInverse,
  choleskySolve,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { broadcastShapes } from '../../shape.ts'
import { define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkInfo, checkKernel, checkOldSolve, sizeOf } from './checks.ts'
import { batched, integers, part, readBatch, readBroadcast } from './host.ts'

/** Cholesky factors in the root of PyTorch. */
export const choleskySchemas = {
  cholesky: 'cholesky(Tensor self, bool upper=False) -> Tensor',
  /** The inverse of A from its factor. */
  choleskyInverse: 'cholesky_inverse(Tensor self, bool upper=False) -> Tensor',
  /** Solves A X = B with the factor of A: `B.choleskySolve(factor)`. */
  choleskySolve: 'cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor',
} as const satisfies Schemas

export const linalgCholeskySchemas = {
  cholesky: 'linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor',
  /** The factor, and instead of an error the order of the first minor that is not positive. */
  choleskyEx:
    'linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)',
} as const satisfies Schemas

/** `op` is named in an error; without it a failure is only in `info`. */
function factor(t: Tensor, upper: boolean, op?: string): { L: Tensor; info: Tensor } {
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  const factors = Array.from({ length: a.count }, (_, i) => cholesky(a.at(i), n, { upper }))
  if (op !== undefined) {
    checkInfos(
      op,
      factors.map(({ info }) => info),
      t.ndim === 2,
    )
  }
  return batched(t, batchOf(t), { L: part(n, n), info: integers() }, (i) => ({
    L: factors[i].factor,
    info: factors[i].info,
  }))
}

function inverse(t: Tensor, upper: boolean): Tensor {
  checkIsSquare('cholesky_inverse', t.shape)
  checkKernel('cholesky_inverse_out_cpu', t)
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  const found = Array.from({ length: a.count }, (_, i) => choleskyInverse(a.at(i), n, { upper }))
  checkInfos(
    'cholesky_inverse',
    found.map(({ info }) => info),
    t.ndim === 2,
  )
  return batched(t, batchOf(t), { inverse: part(n, n) }, (i) => ({ inverse: found[i].inverse }))
    .inverse
}

function solve(b: Tensor, a: Tensor, upper: boolean): Tensor {
  for (const [name, { ndim }] of Object.entries({ b, u: a })) {
    check(
      ndim >= 2,
      () => `${name} should have at least 2 dimensions, but has ${ndim} dimensions instead`,
    )
  }
  checkOldSolve('cholesky_solve', b, a)
  checkKernel('cholesky_solve_cpu', b)
  const batch = broadcastShapes(batchOf(b), batchOf(a))
  const [n, k] = sizeOf(b)
  const factors = readBroadcast(a, 2, batch)
  const sides = readBroadcast(b, 2, batch)
  return batched(b, batch, { x: part(n, k) }, (i) => ({
    x: choleskySolve(factors.at(i), n, sides.at(i), k, { upper }),
  })).x
}

const implementations: FamilyImplementations<typeof choleskySchemas> = {
  cholesky: (t, upper) => {
    checkIsSquare('cholesky', t.shape)
    checkKernel('cholesky_cpu', t)
    return factor(t, upper, 'cholesky').L
  },
  cholesky_inverse: inverse,
  cholesky_solve: solve,
}

const linalgImplementations: FamilyImplementations<typeof linalgCholeskySchemas> = {
  linalg_cholesky: (t, upper) => {
    const { L, info } = functions.choleskyEx(t, { upper })
    checkInfo('linalg.cholesky', info)
    return L
  },
  linalg_cholesky_ex: (t, upper, checkErrors) => {
    checkIsSquare('linalg.cholesky', t.shape)
    checkFloat('linalg.cholesky', t)
    checkKernel('cholesky_cpu', t)
    return factor(t, upper, checkErrors ? 'linalg.cholesky_ex' : undefined)
  },
}

define(choleskySchemas, implementations)
define(linalgCholeskySchemas, linalgImplementations, 'linalg')
const functions = functionsOf(linalgCholeskySchemas, 'linalg')
