import {
  cat,
  linalg,
  type linalgLuSchemas,
  type luSchemas,
  luUnpack,
  type Tensor,
} from '@sconce/core'
import { defineDerivatives, defineDerivativesWithNulls } from '../row.ts'

interface Factors {
  readonly P: Tensor
  readonly L: Tensor
  readonly U: Tensor
}

type Maybe = Tensor | null | undefined

const sum = (a: Maybe, b: Maybe): Tensor | null => (a && b ? a.add(b) : (a ?? b ?? null))
const difference = (a: Maybe, b: Tensor): Tensor => (a ? a.sub(b) : b.neg())

/**
 * With M = L₁⁻¹ d(PᵀA)₁ U₁⁻¹ of the square part, dL₁ = L₁ tril(M, −1) and dU₁ = triu(M) U₁; the rest of
 * a wide (tall) matrix follows by U₂ = L⁻¹ A₂ (L₂ = A₂ U⁻¹).
 */
function luBackward(gL: Tensor | null, gU: Tensor | null, { P, L, U }: Factors): Tensor | null {
  const [m, n] = [L.shape[L.ndim - 2], U.shape[U.ndim - 1]]
  const k = Math.min(m, n)
  const first = (t: Tensor, dim: number) => t.narrow(dim, 0, k)
  const rest = (t: Tensor, dim: number) => t.narrow(dim, k, t.size(dim) - k)
  const [L1, U1] = [first(L, -2), first(U, -1)]

  let lower: Maybe = gL && L1.mT.matmul(first(gL, -2))
  let upper: Maybe = gU && first(gU, -1).matmul(U1.mT)
  if (n > k && gU) lower = difference(lower, rest(gU, -1).matmul(rest(U, -1).mT))
  if (m > k && gL) upper = difference(upper, rest(L, -2).mT.matmul(rest(gL, -2)))
  const inner = sum(lower?.tril(-1), upper?.triu())
  if (!inner) return null

  const byL = (t: Tensor) => linalg.solveTriangular(L1.mT, t, { upper: true, unitriangular: true })
  const byU = (t: Tensor) => linalg.solveTriangular(U1.mT, t, { upper: false, left: false })
  const square = byL(byU(inner))
  if (m === n) return P.matmul(square)
  const dim = m > n ? -2 : -1
  const source = m > n ? gL : gU
  const other = source && (m > n ? byU(rest(source, -2)) : byL(rest(source, -1)))
  const whole = other ? cat([square, other], dim) : padded(square, m, n)
  return P.matmul(whole)
}

/** Zeros behind a matrix, so that it becomes `m` by `n`. */
const padded = (t: Tensor, m: number, n: number): Tensor =>
  t.constantPadNd([0, n - t.size(-1), 0, m - t.size(-2)])

defineDerivativesWithNulls<typeof linalgLuSchemas>({
  linalg_lu: {
    constant: ['P'],
    save: ['P', 'L', 'U'],
    A: (g, s) => luBackward(g.L, g.U, s),
  },
  linalg_lu_factor_ex: {
    save: ['LU', 'pivots'],
    A: (g, { LU, pivots }) => {
      if (!g.LU) return null
      const k = Math.min(LU.size(-2), LU.size(-1))
      return luBackward(g.LU.narrow(-1, 0, k), g.LU.narrow(-2, 0, k), luUnpack(LU, pivots))
    },
  },
})

defineDerivatives<typeof linalgLuSchemas>({
  linalg_lu_solve: {
    save: { LU: ['LU', 'pivots', 'result'], B: ['LU', 'pivots'] },
    together: (g, { LU, pivots, result, left, adjoint }, _about, needs) => {
      const B = linalg.luSolve(LU, pivots, g, { left, adjoint: !adjoint })
      if (!needs.LU) return { B }
      // The gradient of A, then those of L and U in A = P L U.
      const gA = adjoint
        ? left
          ? result.matmul(B.mT)
          : B.mT.matmul(result)
        : left
          ? B.matmul(result.mT)
          : result.mT.matmul(B)
      const { P, L, U } = luUnpack(LU, pivots)
      const inner = P.mT.matmul(gA)
      const lower = inner.matmul(U.mT).tril(-1)
      return { B, LU: lower.add(L.mT.matmul(inner).triu()).neg() }
    },
  },
})

defineDerivativesWithNulls<typeof luSchemas>({
  lu_unpack: {
    constant: ['P'],
    LUData: (g, { unpackData }, { LUData: { shape } }) => {
      if (!unpackData) return null
      const [m, n] = shape.slice(-2)
      const lower = g.L && padded(g.L.tril(-1), m, n)
      const upper = g.U && padded(g.U.triu(), m, n)
      return sum(lower, upper)
    },
  },
})
