import { functional as F, type Tensor } from '@sconce/core'

/** A weight as a matrix whose rows are the entries of a dim. */
export function asMatrix(weight: Tensor, dim: number): Tensor {
  const order = [dim, ...[...weight.shape.keys()].filter((d) => d !== dim)]
  const front = dim === 0 ? weight : weight.permute(order)
  return front.reshape([front.shape[0], -1])
}

const unit = (x: Tensor, eps: number): Tensor => F.normalize(x, { dim: 0, eps })

/** Two random unit vectors, for the rows and for the columns, in the order in which PyTorch draws them. */
export function randomVectors(matrix: Tensor, eps: number): [u: Tensor, v: Tensor] {
  const [rows, columns] = matrix.shape
  const u = unit(matrix.newEmpty([rows]).normal_(0, 1), eps)
  return [u, unit(matrix.newEmpty([columns]).normal_(0, 1), eps)]
}

/** The next approximations of the first singular vectors, written over the last ones. */
export function iterate(
  matrix: Tensor,
  u: Tensor,
  v: Tensor,
  eps: number,
  rowsFirst: boolean,
): void {
  const updateU = () => u.copy_(unit(matrix.mv(v), eps))
  const updateV = () => v.copy_(unit(matrix.t().mv(u), eps))
  if (rowsFirst) {
    updateU()
    updateV()
  } else {
    updateV()
    updateU()
  }
}

/** The first singular value, from approximate singular vectors. */
export const singularValue = (matrix: Tensor, u: Tensor, v: Tensor): Tensor => u.dot(matrix.mv(v))
