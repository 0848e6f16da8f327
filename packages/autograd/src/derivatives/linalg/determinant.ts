import { finfo, type innerDeterminantSchemas, linalg, type Tensor } from '@sconce/core'
import { mode } from '../../mode.ts'
import { productOfOthers } from '../reductions.ts'
import { defineDerivativesWithNulls } from '../row.ts'

/** `scale` times the identity, for each matrix. */
const diagonal = (scale: Tensor, A: Tensor): Tensor =>
  scale.unsqueeze(-1).expand(A.shape.slice(0, -1)).diagEmbed()

/**
 * The gradient by the adjugate of a singular matrix, which is made of products of all but one of the
 * singular values (N. Higham, "What is the adjugate of a matrix?").
 */
function ofSingular(g: Tensor, A: Tensor): Tensor {
  const { U, S, Vh } = linalg.svd(A)
  const scale = linalg.det(U).mul(linalg.det(Vh)).mul(g)
  const others = productOfOthers(S, S.ndim - 1).mul(scale.unsqueeze(-1))
  return U.mul(others.unsqueeze(-2)).matmul(Vh)
}

interface Saved {
  readonly A: Tensor
  readonly result: Tensor
  /** Factors of the transpose. */
  readonly LU: Tensor
  readonly pivots: Tensor
}

function detBackward(g: Tensor, { A, result, LU, pivots }: Saved): Tensor {
  // Factors have no derivative: for a derivative of this the system is solved anew.
  const again = mode.enabled
  const ofRegular = (scale: Tensor, matrix: Tensor, lu: Tensor, exchanges: Tensor): Tensor =>
    again
      ? linalg.solve(matrix.mT, diagonal(scale, matrix))
      : linalg.luSolve(lu, exchanges, diagonal(scale, matrix))
  const singular = again
    ? result
        .detach()
        .abs()
        .lt(100 * finfo(A.dtype).eps)
    : LU.diagonal(0, -2, -1).eq(0).any(-1)
  const scale = g.mul(result)
  if (!singular.any().item()) return ofRegular(scale, A, LU, pivots)
  if (singular.all().item()) return ofSingular(g, A)
  // Each kind by itself: dividing by the zeros of the others would give NaN.
  const n = A.shape[A.ndim - 1]
  const flat = (t: Tensor, ...rest: number[]) => t.reshape([-1, ...rest])
  const matrices = flat(A, n, n)
  const mask = flat(singular)
  const others = mask.logicalNot()
  const gradient = matrices
    .zerosLike()
    .indexPut([mask], ofSingular(flat(g).at(mask), matrices.at(mask)))
    .indexPut(
      [others],
      ofRegular(
        flat(scale).at(others),
        matrices.at(others),
        flat(LU, n, n).at(others),
        flat(pivots, n).at(others),
      ),
    )
  return gradient.view(A.shape)
}

defineDerivativesWithNulls<typeof innerDeterminantSchemas>({
  _linalg_det: {
    node: 'LinalgDetBackward0',
    constant: ['LU'],
    save: ['A', 'result', 'LU', 'pivots'],
    A: (g, s) => (g.result === null || s.A.numel() === 0 ? null : detBackward(g.result, s)),
  },
  _linalg_slogdet: {
    node: 'LinalgSlogdetBackward0',
    constant: ['LU'],
    save: ['A', 'LU', 'pivots'],
    A: (g, { A, LU, pivots }) => {
      // The sign is constant wherever it has a derivative.
      if (g.logabsdet === null) return A.zerosLike()
      const side = diagonal(g.logabsdet, A)
      return mode.enabled ? linalg.solve(A.mT, side) : linalg.luSolve(LU, pivots, side)
    },
  },
})
