import { ValueError } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Decompositions by random projections; Halko, Martinsson and Tropp, *Finding structure with randomness*
 * (2009), algorithms 4.4 and 5.1.
 */
export const lowRankSchemas = {
  svdLowrank:
    'svd_lowrank(Tensor A, int? q=6, int? niter=2, Tensor? M=None) -> (Tensor U, Tensor S, Tensor V)',
  pcaLowrank:
    'pca_lowrank(Tensor A, int? q=None, bool center=True, int niter=2) -> (Tensor U, Tensor S, Tensor V)',
} as const satisfies Schemas

const basis = (A: Tensor): Tensor => (callOperation('linalg_qr', [A, 'reduced']) as { Q: Tensor }).Q

/** Orthonormal columns that span nearly what the columns of A span. */
function approximateBasis(A: Tensor, q: number, iterations: number): Tensor {
  const columns = A.shape[A.ndim - 1]
  let Q = basis(A.matmul(A.newEmpty([columns, q]).normal_()))
  for (let i = 0; i < iterations; i++) Q = basis(A.matmul(basis(A.transpose(-2, -1).matmul(Q))))
  return Q
}

function svdLowRank(A: Tensor, q: number, iterations: number) {
  const [rows, columns] = A.shape.slice(-2)
  const transposed = A.transpose(-2, -1)
  const svd = (B: Tensor) =>
    callOperation('linalg_svd', [B, false, undefined]) as { U: Tensor; S: Tensor; Vh: Tensor }
  // The projected matrix is to be small on either side.
  if (rows < columns || columns > q) {
    const Q = approximateBasis(transposed, q, iterations)
    const { U, S, Vh } = svd(A.matmul(Q))
    return { U, S, V: Q.matmul(Vh.transpose(-2, -1)) }
  }
  const Q = approximateBasis(A, q, iterations)
  const { U, S, Vh } = svd(transposed.matmul(Q).transpose(-2, -1))
  return { U: Q.matmul(U), S, V: Vh.transpose(-2, -1) }
}

const implementations: FamilyImplementations<typeof lowRankSchemas> = {
  svd_lowrank: (A, q = 6, iterations = 2, M) => svdLowRank(M ? A.sub(M) : A, q, iterations),
  pca_lowrank: (A, given, center, iterations) => {
    const [rows, columns] = A.shape.slice(-2)
    const limit = Math.min(rows, columns)
    const q = given ?? Math.min(6, limit)
    if (q < 0 || q > limit) {
      throw new ValueError(
        `q(=${q}) must be non-negative integer and not greater than min(m, n)=${limit}`,
      )
    }
    if (iterations < 0) throw new ValueError(`niter(=${iterations}) must be non-negative integer`)
    return svdLowRank(center ? A.sub(A.mean(-2, true)) : A, q, iterations)
  },
}

define(lowRankSchemas, implementations)
