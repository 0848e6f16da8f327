import {
  check,
  eye,
  linalg,
  type linalgQrSchemas,
  NotImplementedError,
  type qrSchemas,
  stack,
  type Tensor,
} from '@sconce/core'
import { defineDerivatives, defineDerivativesWithNulls } from '../row.ts'

/** X + Xᵀ with the diagonal counted once. */
const symmetrized = (X: Tensor): Tensor => {
  const upper = X.triu()
  return upper.add(upper.triu(1).mT)
}

/** Walter & Lehmann 2010, "Algorithmic differentiation of linear algebra functions", for any shape. */
function qrBackward(
  gQ: Tensor | null,
  gR: Tensor | null,
  Q: Tensor,
  R: Tensor,
  mode: string,
): Tensor | null {
  check(
    mode !== 'r',
    () =>
      "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.",
  )
  const [m, n] = [Q.size(-2), R.size(-1)]
  check(
    mode === 'reduced' || m <= n,
    () => "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.",
  )
  if (!gQ && !gR) return null
  const byR = gR?.matmul(R.mT)
  const byQ = gQ && Q.mT.matmul(gQ)
  const inner = byR && byQ ? byR.sub(byQ) : (byR ?? byQ?.neg())
  if (!inner) return null
  if (m >= n) {
    const product = Q.matmul(symmetrized(inner))
    return linalg.solveTriangular(R.mT, gQ ? product.add(gQ) : product, {
      upper: false,
      left: false,
    })
  }
  const product = Q.matmul(inner.mT.sub(inner).tril())
  const square = linalg.solveTriangular(R.narrow(-1, 0, m).mT, product, {
    upper: false,
    left: false,
  })
  const wide = square.constantPadNd([0, n - m])
  return gR ? wide.add(Q.matmul(gR)) : wide
}

/**
 * Q = H₀ … Hₖ₋₁ E with Hᵢ = I − τᵢ vᵢ vᵢᵀ. With X = (H₀ … Hᵢ₋₁)ᵀ G and Y = Hᵢ₊₁ … Hₖ₋₁ E the gradient of
 * Hᵢ is X Yᵀ, of which only products with vᵢ are needed.
 */
function householderBackward(g: Tensor, input: Tensor, tau: Tensor): [Tensor, Tensor] {
  const [m, n] = [input.size(-2), input.size(-1)]
  const k = tau.size(-1)
  const identity = eye(m, n, { dtype: g.dtype, device: g.device })
  const vectors = input.tril(-1).add(identity)
  const v = (i: number) => vectors.narrow(-1, i, 1)
  const factor = (i: number) => tau.narrow(-1, i, 1).unsqueeze(-1)
  const reflect = (i: number, t: Tensor) => t.sub(factor(i).mul(v(i)).matmul(v(i).mT.matmul(t)))
  const after: Tensor[] = [identity.expand([...input.shape.slice(0, -2), m, n])]
  for (let i = k - 1; i > 0; i--) after.unshift(reflect(i, after[0]))
  const gVectors: Tensor[] = []
  const gFactors: Tensor[] = []
  let before = g
  for (let i = 0; i < k; i++) {
    const right = after[i].mT.matmul(v(i))
    const left = before.mT.matmul(v(i))
    gFactors.push(left.mul(right).sum(-2).neg().squeeze(-1))
    const both = before.matmul(right).add(after[i].matmul(left))
    gVectors.push(factor(i).mul(both).neg().squeeze(-1))
    before = reflect(i, before)
  }
  const gInput = stack(gVectors, -1)
    .tril(-1)
    .constantPadNd([0, n - k])
  return [gInput, stack(gFactors, -1)]
}

defineDerivativesWithNulls<typeof linalgQrSchemas>({
  linalg_qr: {
    save: ['Q', 'R'],
    A: (g, { Q, R, mode }) => qrBackward(g.Q, g.R, Q, R, mode),
  },
})

defineDerivatives<typeof linalgQrSchemas>({
  linalg_householder_product: {
    save: ['input', 'tau'],
    together: (g, s) => {
      // Without reflectors the result is constant.
      if (s.tau.size(-1) === 0) return {}
      const [input, tau] = householderBackward(g, s.input, s.tau)
      return { input, tau }
    },
  },
})

const underived = (op: string) => (): never => {
  throw new NotImplementedError(`the derivative for '${op}' is not implemented.`)
}

defineDerivatives<typeof qrSchemas>({
  geqrf: { self: underived('geqrf') },
  ormqr: {
    self: underived('ormqr'),
    input2: underived('ormqr'),
    input3: underived('ormqr'),
  },
})
