import { type choleskySchemas, linalg, type linalgCholeskySchemas, type Tensor } from '@sconce/core'
import { defineDerivatives } from '../row.ts'

/**
 * From dL = L Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle with half of the diagonal (Murray 2016,
 * "Differentiation of the Cholesky decomposition").
 */
function choleskyBackward(g: Tensor, factor: Tensor, upper: boolean): Tensor {
  const [L, gL] = upper ? [factor.mT, g.mT] : [factor, g]
  const P = L.mT.matmul(gL)
  const phi = P.tril().add(P.tril(-1).mT).mul(0.5)
  const left = linalg.solveTriangular(L.mT, phi, { upper: true })
  return linalg.solveTriangular(L, left, { upper: false, left: false })
}

defineDerivatives<typeof choleskySchemas>({
  cholesky: {
    save: ['result'],
    self: (g, { result, upper }) => choleskyBackward(g, result, upper),
  },
  cholesky_inverse: {
    save: ['self', 'result'],
    self: (g, { self, result, upper }) => {
      const common = result.matmul(g.add(g.mT)).matmul(result)
      return (upper ? self.matmul(common) : common.matmul(self)).neg()
    },
  },
  cholesky_solve: {
    save: { self: ['input2'], input2: ['input2', 'result'] },
    together: (g, { input2, result, upper }, _about, needs) => {
      const gB = g.choleskySolve(input2, upper)
      if (!needs.input2) return { self: gB }
      const product = gB.matmul(result.mT)
      const common = product.add(product.mT)
      return {
        self: gB,
        input2: (upper ? input2.matmul(common) : common.matmul(input2)).neg(),
      }
    },
  },
})

defineDerivatives<typeof linalgCholeskySchemas>({
  linalg_cholesky_ex: {
    save: ['L'],
    self: (g, { L, upper }) => choleskyBackward(g.L, L, upper),
  },
})
