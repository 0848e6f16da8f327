import {
  type innerSolveSchemas,
  linalg,
  type linalgSolveSchemas,
  type solveSchemas,
  type Tensor,
} from '@sconce/core'
import { mode } from '../../mode.ts'
import { defineDerivatives, defineDerivativesWithNulls } from '../row.ts'

/** The triangle that was read; without the diagonal where that was taken as ones. */
const triangle = (t: Tensor, upper: boolean, unitriangular: boolean): Tensor =>
  upper ? t.triu(unitriangular ? 1 : 0) : t.tril(unitriangular ? -1 : 0)

defineDerivativesWithNulls<typeof innerSolveSchemas>({
  _linalg_solve_ex: {
    node: 'LinalgSolveExBackward0',
    constant: ['LU'],
    save: ['A', 'result', 'LU', 'pivots'],
    together: (g, { A, result, LU, pivots, left }, about, needs) => {
      if (!g.result) return {}
      // As in `linalg.solve` itself: B was a vector if the result has the rank of one.
      const vector = about.B.shape.length === 1 || result.ndim < A.ndim
      const matrix = (t: Tensor) => (vector ? t.unsqueeze(-1) : t)
      const gX = matrix(g.result)
      // The factors are of the transpose, but have no derivative.
      const gB = mode.enabled
        ? linalg.solve(A.mT, gX, { left })
        : linalg.luSolve(LU, pivots, gX, { left })
      const X = matrix(result)
      return {
        A: needs.A ? (left ? gB.matmul(X.mT) : X.mT.matmul(gB)).neg() : null,
        B: vector ? gB.squeeze(-1) : gB,
      }
    },
  },
})

defineDerivatives<typeof linalgSolveSchemas>({
  linalg_inv_ex: {
    save: ['inverse'],
    A: (g, { inverse }) => inverse.mT.matmul(g.inverse).matmul(inverse.mT).neg(),
  },
  linalg_solve_triangular: {
    save: { self: ['self', 'result'], B: ['self'] },
    together: (g, { self, result, upper, left, unitriangular }, _about, needs) => {
      const B = linalg.solveTriangular(self.mT, g, { upper: !upper, left, unitriangular })
      if (!needs.self) return { B }
      const gA = left ? B.matmul(result.mT) : result.mT.matmul(B)
      return { B, self: triangle(gA.neg(), upper, unitriangular) }
    },
  },
})

defineDerivativesWithNulls<typeof solveSchemas>({
  triangular_solve: {
    save: ['A', 'solution'],
    together: (g, { A, solution, upper, transpose, unitriangular }) => {
      if (!g.solution) return { A: g.clonedCoefficient }
      const { solution: gB } = g.solution.triangularSolve(A, upper, !transpose, unitriangular)
      const product = transpose ? solution.matmul(gB.mT) : gB.matmul(solution.mT)
      const gA = triangle(product.neg(), upper, unitriangular)
      return { self: gB, A: g.clonedCoefficient ? gA.add(g.clonedCoefficient) : gA }
    },
  },
})
