import {
  checkIsSquare,
  determinantFromLu,
  luFactor,
  slogdetFromLu,
  transpose,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkKernel, sizeOf } from './checks.ts'
import { batched, integers, part, readBatch } from './host.ts'

/** Determinants in the root of PyTorch. */
export const determinantSchemas = {
  det: 'det(Tensor self) -> Tensor',
  slogdet: 'slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)',
  /** The logarithm of the determinant; NaN where that is negative. */
  logdet: 'logdet(Tensor self) -> Tensor',
} as const satisfies Schemas

export const linalgDeterminantSchemas = {
  det: 'linalg_det(Tensor A) -> Tensor',
  /** Sign and logarithm of the magnitude of the determinant. */
  slogdet: 'linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)',
} as const satisfies Schemas

/** Determinants with the factors they are taken from, which are those of the transpose. */
export const innerDeterminantSchemas = {
  linalgDet: '_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)',
  linalgSlogdet:
    '_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)',
} as const satisfies Schemas

function factors(A: Tensor) {
  checkKernel('lu_cpu', A)
  const a = readBatch(A, 2)
  const [n] = sizeOf(A)
  return (i: number) => luFactor(transpose(a.at(i), n, n), n, n)
}

function det(A: Tensor) {
  checkIsSquare('linalg.det', A.shape)
  checkFloat('linalg.det', A)
  const factor = factors(A)
  const [n] = sizeOf(A)
  return batched(A, batchOf(A), { result: part(), LU: part(n, n), pivots: integers(n) }, (i) => {
    const { lu, pivots } = factor(i)
    return { result: determinantFromLu({ lu, pivots }, n), LU: lu, pivots }
  })
}

function slogdet(A: Tensor) {
  checkIsSquare('linalg.slogdet', A.shape)
  checkFloat('linalg.slogdet', A, false)
  const factor = factors(A)
  const [n] = sizeOf(A)
  const parts = { sign: part(), logabsdet: part(), LU: part(n, n), pivots: integers(n) }
  return batched(A, batchOf(A), parts, (i) => {
    const { lu, pivots } = factor(i)
    return { ...slogdetFromLu({ lu, pivots }, n), LU: lu, pivots }
  })
}

const implementations: FamilyImplementations<typeof determinantSchemas> = {
  det: (t) => functions.det(t),
  slogdet: (t) => functions.slogdet(t),
  logdet: (t) => {
    checkIsSquare('logdet', t.shape)
    checkFloat('logdet', t, false)
    const { sign, logabsdet } = functions.slogdet(t)
    return logabsdet.newFull([], Number.NaN).where(sign.eq(-1), logabsdet)
  },
}

const linalgImplementations: FamilyImplementations<typeof linalgDeterminantSchemas> = {
  linalg_det: (A) => inner.linalgDet(A).result,
  linalg_slogdet: (A) => {
    const { sign, logabsdet } = inner.linalgSlogdet(A)
    return { sign, logabsdet }
  },
}

define(determinantSchemas, implementations)
define(linalgDeterminantSchemas, linalgImplementations, 'linalg')
define(innerDeterminantSchemas, { _linalg_det: det, _linalg_slogdet: slogdet }, 'internal')
const functions = functionsOf(linalgDeterminantSchemas, 'linalg')
const inner = functionsOf(innerDeterminantSchemas, 'internal')
