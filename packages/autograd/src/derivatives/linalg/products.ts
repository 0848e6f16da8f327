import { cat, linalg, type linalgProductSchemas, type Tensor } from '@sconce/core'
import { defineDerivatives } from '../row.ts'

/**
 * The derivative of exp at Aᵀ in the direction G is the upper right block of exp([[Aᵀ, G], [0, Aᵀ]])
 * (Mathias 1996, "A chain rule for matrix functions").
 */
function matrixExpBackward(g: Tensor, A: Tensor): Tensor {
  const n = A.size(-1)
  const above = cat([A.mT, g], -1)
  const below = cat([A.zerosLike(), A.mT], -1)
  return linalg
    .matrixExp(cat([above, below], -2))
    .narrow(-2, 0, n)
    .narrow(-1, n, n)
}

defineDerivatives<typeof linalgProductSchemas>({
  linalg_matrix_exp: {
    save: ['self'],
    self: (g, { self }) => matrixExpBackward(g, self),
  },
  linalg_cross: {
    save: { self: ['other'], other: ['self'] },
    self: (g, { other, dim }) => linalg.cross(other, g, { dim }),
    other: (g, { self, dim }) => linalg.cross(g, self, { dim }),
  },
})
