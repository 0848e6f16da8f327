import {
  check,
  eye,
  type innerSpectralSchemas,
  linalg,
  type linalgSpectralSchemas,
  type Tensor,
} from '@sconce/core'
import { defineDerivativesWithNulls } from '../row.ts'

/** x_j − x_i at (i, j), and 1 on the diagonal. */
const differences = (x: Tensor): Tensor => {
  const n = x.size(-1)
  const ones = eye(n, { dtype: x.dtype, device: x.device })
  return x.unsqueeze(-2).sub(x.unsqueeze(-1)).add(ones)
}

const skew = (X: Tensor): Tensor => X.sub(X.mT)

interface Singular<T> {
  readonly U: T
  readonly S: T
  readonly Vh: T
}

/**
 * With E of `differences` of the squared singular values: U [(skew(Uᵀ gU) S + S skew(Vᵀ gV)) / E + gS] Vᵀ,
 * and for a matrix that isn't square the part of gU (gV) that is orthogonal to U (V).
 */
function svdBackward(
  g: Singular<Tensor | null | undefined>,
  { U, S, Vh }: Singular<Tensor>,
): Tensor | null {
  const [m, n] = [U.size(-2), Vh.size(-1)]
  const around = (inner: Tensor) =>
    m >= n ? U.matmul(inner.matmul(Vh)) : U.matmul(inner).matmul(Vh)
  if (!g.U && !g.Vh) return g.S ? around(g.S.diagEmbed()) : null
  const left = g.U && skew(U.mT.matmul(g.U)).mul(S.unsqueeze(-2))
  const right = g.Vh && S.unsqueeze(-1).mul(skew(Vh.matmul(g.Vh.mT)))
  const both = left && right ? left.add(right) : (left ?? right)
  if (!both) return null
  const offDiagonal = both.div(differences(S.mul(S)))
  const inner = g.S ? offDiagonal.add(g.S.diagEmbed()) : offDiagonal
  if (m > n && g.U) {
    const scaled = g.U.div(S.unsqueeze(-2))
    const beside = scaled.sub(U.matmul(U.mT.matmul(scaled)))
    return U.matmul(inner).add(beside).matmul(Vh)
  }
  if (m < n && g.Vh) {
    const scaled = g.Vh.div(S.unsqueeze(-1))
    const beside = scaled.sub(scaled.matmul(Vh.mT).matmul(Vh))
    return U.matmul(inner.matmul(Vh).add(beside))
  }
  return around(inner)
}

/** V [(Vᵀ gV, its skew part) / E + gL] Vᵀ with E of `differences` of the eigenvalues. */
function eighBackward(gL: Tensor | null, gV: Tensor | null, L: Tensor, V: Tensor): Tensor | null {
  if (!gV) return gL && V.mul(gL.unsqueeze(-2)).matmul(V.mT)
  const turned = skew(V.mT.matmul(gV)).mul(0.5).div(differences(L))
  const inner = gL ? turned.add(gL.diagEmbed()) : turned
  return V.matmul(inner).matmul(V.mT)
}

/** As `eighBackward` with V⁻ᵀ in place of V; vectors of length 1 do not grow. */
function eigBackward(gL: Tensor | null, gV: Tensor | null, L: Tensor, V: Tensor): Tensor | null {
  if (!gV) return gL && linalg.solve(V.mT, gL.unsqueeze(-1).mul(V.mT))
  const product = V.mT.matmul(gV)
  const growth = V.mT.matmul(V.mul(product.diagonal(0, -2, -1).unsqueeze(-2)))
  const turned = product.sub(growth).div(differences(L))
  const inner = gL ? turned.add(gL.diagEmbed()) : turned
  return linalg.solve(V.mT, inner.matmul(V.mT))
}

defineDerivativesWithNulls<typeof innerSpectralSchemas>({
  _linalg_svd: {
    node: 'LinalgSvdBackward0',
    save: ['U', 'S', 'Vh'],
    A: (g, { U, S, Vh, fullMatrices }) => {
      if (!fullMatrices) return svdBackward(g, { U, S, Vh })
      // Vectors beyond min(m, n) are any that complete a basis: they have no derivative.
      const k = S.size(-1)
      return svdBackward(
        { U: g.U?.narrow(-1, 0, k), S: g.S, Vh: g.Vh?.narrow(-2, 0, k) },
        { U: U.narrow(-1, 0, k), S, Vh: Vh.narrow(-2, 0, k) },
      )
    },
  },
  _linalg_eigh: {
    node: 'LinalgEighBackward0',
    save: ['eigenvalues', 'eigenvectors'],
    A: (g, s) => eighBackward(g.eigenvalues, g.eigenvectors, s.eigenvalues, s.eigenvectors),
  },
  _symeig_helper: {
    node: 'SymeigBackward0',
    save: ['eigenvalues', 'eigenvectors'],
    self: (g, s) => {
      check(
        s.computeV,
        () =>
          'linalg_eig_backward: torch.symeig(A, eigenvectors=False) is not differentiable. Use torch.linalg.eigvalsh(A) instead.',
      )
      return eighBackward(g.eigenvalues, g.eigenvectors, s.eigenvalues, s.eigenvectors)
    },
  },
})

defineDerivativesWithNulls<typeof linalgSpectralSchemas>({
  linalg_eig: {
    save: ['eigenvalues', 'eigenvectors'],
    self: (g, s) => eigBackward(g.eigenvalues, g.eigenvectors, s.eigenvalues, s.eigenvectors),
  },
})
