import { linalg, type linalgLeastSquaresSchemas, type Tensor } from '@sconce/core'
import { defineDerivatives, defineDerivativesWithNulls, defineNonDifferentiable } from '../row.ts'

/** Golub & Pereyra 1973, "The differentiation of pseudo-inverses", in the order of the smaller products. */
function pinvBackward(g: Tensor, inverse: Tensor, A: Tensor): Tensor {
  const [m, n] = [A.size(-2), A.size(-1)]
  const [Pt, gt] = [inverse.mT, g.mT]
  if (m <= n) {
    const K = gt.matmul(inverse)
    const KPt = K.matmul(Pt)
    return KPt.sub(inverse.matmul(K).mT)
      .sub(A.matmul(inverse).matmul(KPt))
      .add(Pt.matmul(inverse).matmul(gt.sub(K.matmul(A))))
  }
  const K = inverse.matmul(gt)
  const PtK = Pt.matmul(K)
  return PtK.sub(K.matmul(inverse).mT)
    .add(gt.sub(A.matmul(K)).matmul(inverse).matmul(Pt))
    .sub(PtK.matmul(inverse).matmul(A))
}

defineDerivatives<typeof linalgLeastSquaresSchemas>({
  'linalg_pinv.atol_rtol_tensor': {
    node: 'LinalgPinvBackward0',
    save: ['self', 'result'],
    self: (g, { self, result }) => pinvBackward(g, result, self),
  },
})

defineDerivativesWithNulls<typeof linalgLeastSquaresSchemas>({
  linalg_lstsq: {
    constant: ['residuals', 'singularValues'],
    save: { self: ['self', 'b'], b: ['self'] },
    together: (g, { self, b }, about, needs) => {
      if (!g.solution) return {}
      // The solution is pinv(A) B.
      const inverse = linalg.pinv(self)
      const vector = about.b.shape.length < about.self.shape.length
      const gX = vector ? g.solution.unsqueeze(-1) : g.solution
      const gB = inverse.mT.matmul(gX)
      const of = (side: Tensor) => (vector ? side.unsqueeze(-1) : side)
      return {
        self: needs.self ? pinvBackward(gX.matmul(of(b).mT), inverse, self) : null,
        b: vector ? gB.squeeze(-1) : gB,
      }
    },
  },
})

defineNonDifferentiable<typeof linalgLeastSquaresSchemas>([
  'linalg_matrix_rank.tol_tensor',
  'linalg_matrix_rank.atol_rtol_tensor',
])
