import {
  cholesky,
  cross,
  eye,
  geqrf,
  linalg,
  lu,
  luUnpack,
  nuclearNorm,
  ones,
  ormqr,
  svd,
  symeig,
  type Tensor,
  tensor,
  zeros,
} from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { errorOf, values } from '../helpers.ts'

const float64 = { dtype: 'float64' } as const
const numbers = (t: Tensor): number[] => Array.from(t.to('float64').toTypedArray(), Number)

/** Compares shape and elements. */
function expectClose(t: Tensor, expected: Tensor, digits = 10): void {
  expect(t.shape).toEqual(expected.shape)
  const found = numbers(t)
  numbers(expected).forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, digits)
  })
}

/** Distinct, unround numbers. */
const sample = (...shape: number[]): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1)
  return tensor(
    Array.from({ length: count }, (_, i) => Math.cos(2 * i + 1) + 0.2 * i),
    float64,
  ).view(shape)
}
const spd = tensor(
  [
    [4, 2],
    [2, 5],
  ],
  float64,
)
const singular = ones([2, 2])

describe('factors', () => {
  it('multiply to the matrix', () => {
    const A = sample(2, 3, 4)
    const { P, L, U } = linalg.lu(A)
    expectClose(P.matmul(L).matmul(U), A)
    const { Q, R } = linalg.qr(A)
    expectClose(Q.matmul(R), A)
    const { U: left, S, V } = svd(A)
    expectClose(left.mul(S.unsqueeze(-2)).matmul(V.mT), A)
    expect(values(cholesky(spd))).toEqual([
      [2, 0],
      [1, 2],
    ])
    expect(values(linalg.cholesky(spd, { upper: true }))).toEqual([
      [2, 1],
      [0, 2],
    ])
  })

  it('can be unpacked from the compact forms', () => {
    const A = sample(3, 2)
    const { LU, pivots } = lu(A)
    const parts = luUnpack(LU, pivots)
    expectClose(parts.P.matmul(parts.L).matmul(parts.U), A)
    const { a, tau } = geqrf(A)
    expectClose(ormqr(a, tau, a.triu()), A)
    expectClose(linalg.householderProduct(a, tau), linalg.qr(A).Q)
  })

  it('keep the dtype, with int32 pivots and infos', () => {
    const { LU, pivots, info } = lu(singular, { getInfos: true })
    expect([LU.dtype, pivots.dtype, info.dtype]).toEqual(['float32', 'int32', 'int32'])
    expect([values(LU), values(pivots), values(info)]).toEqual([
      [
        [1, 1],
        [1, 0],
      ],
      [1, 2],
      2,
    ])
  })

  it('of an indefinite matrix are L D Lᵀ', () => {
    const A = tensor(
      [
        [0, 2],
        [2, 0],
      ],
      float64,
    )
    const { LD, pivots } = linalg.ldlFactor(A)
    expect(values(pivots)).toEqual([-2, -2])
    expectClose(linalg.ldlSolve(LD, pivots, A), eye(2, float64))
  })
})

describe('solvers', () => {
  it('broadcast batches, and take vectors', () => {
    const A = sample(2, 1, 3, 3).add(eye(3, float64).mul(4))
    const B = sample(4, 3, 2)
    const X = linalg.solve(A, B)
    expectClose(A.matmul(X), B.expand([2, 4, 3, 2]))
    const b = sample(3)
    expectClose(A.matmul(linalg.solve(A, b).unsqueeze(-1)).squeeze(-1), b.expand([2, 1, 3]))
  })

  it('solve from the right', () => {
    const A = sample(2, 2)
    const B = sample(3, 2)
    expectClose(linalg.solve(A, B, { left: false }).matmul(A), B)
    const triangle = A.triu()
    const X = linalg.solveTriangular(triangle, B, { upper: true, left: false })
    expectClose(X.matmul(triangle), B)
  })

  it('minimise what is left', () => {
    const A = sample(4, 2)
    const B = sample(4, 3)
    const { solution, residuals, rank, singularValues } = linalg.lstsq(A, B, { driver: 'gelsd' })
    expectClose(solution, linalg.pinv(A).matmul(B))
    expectClose(residuals, A.matmul(solution).sub(B).square().sum(0))
    expect(values(rank)).toBe(2)
    expectClose(singularValues, linalg.svdvals(A))
  })

  it('name the zero pivot and the element of the batch', () => {
    expect(errorOf(() => linalg.inv(singular))).toBe(
      'LinAlgError: linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.',
    )
    expect(errorOf(() => linalg.solve(zeros(2, 3, 3), ones(3, 1)))).toBe(
      'LinAlgError: torch.linalg.solve: (Batch element 0): The solver failed because the input matrix is singular.',
    )
    expect(values(linalg.invEx(singular).info)).toBe(2)
  })
})

describe('spectra', () => {
  it('read the named triangle', () => {
    const A = tensor(
      [
        [2, 9],
        [1, 2],
      ],
      float64,
    )
    expectClose(linalg.eigh(A).eigenvalues, tensor([1, 3], float64))
    expectClose(linalg.eigvalsh(A, 'U'), tensor([-7, 11], float64))
    expectClose(symeig(A, { upper: false }).eigenvalues, tensor([1, 3], float64))
  })

  it('of a matrix that is not symmetric must be real', () => {
    const A = tensor([
      [2, 1],
      [0, 3],
    ])
    expect(values(linalg.eig(A).eigenvalues)).toEqual([2, 3])
    const turn = tensor([
      [0, -1],
      [1, 0],
    ])
    expect(errorOf(() => linalg.eigvals(turn))).toBe(
      'RuntimeError: linalg.eigvals: the matrix has complex eigenvalues, and complex numbers are not supported',
    )
  })

  it('count as zero below the tolerance', () => {
    const A = tensor([1, 0.1, 1e-20], float64).diagEmbed()
    expect(values(linalg.matrixRank(A))).toBe(2)
    expect(values(linalg.matrixRank(A, tensor([0.5, 1e-30], float64)))).toEqual([1, 3])
    expectClose(linalg.pinv(A, { rtol: 0.5 }), tensor([1, 0, 0], float64).diagEmbed())
  })
})

describe('norms and products', () => {
  it('are those of singular values, columns and rows', () => {
    const A = tensor(
      [
        [3, 0],
        [4, 5],
      ],
      float64,
    )
    const [s1, s2] = [Math.sqrt(45), Math.sqrt(5)]
    const norms = (['nuc', 2, -2, 1, -1, Infinity, -Infinity] as const).map((ord) =>
      linalg.matrixNorm(A, ord).item(),
    )
    ;[s1 + s2, s1, s2, 7, 5, 9, 3].forEach((value, i) => {
      expect(norms[i]).toBeCloseTo(value, 10)
    })
    expect(linalg.norm(A).item()).toBeCloseTo(Math.sqrt(50), 10)
    expect(linalg.cond(A).item()).toBeCloseTo(3, 10)
    expect(linalg.cond(A, 1).item()).toBeCloseTo((7 * 9) / 15, 10)
    expect(values(linalg.cond(singular, 1))).toBe(Infinity)
    expect(nuclearNorm(A.unsqueeze(1), [0, 2], true).shape).toEqual([1, 1, 1])
  })

  it('powers, exponentials and inverses of more dims', () => {
    const A = sample(2, 2)
    expectClose(A.matrixPower(3), A.matmul(A).matmul(A))
    expectClose(A.matrixPower(-2).matmul(A).matmul(A), eye(2, float64))
    expect(
      values(
        tensor([
          [1, 1],
          [0, 1],
        ]).matrixPower(0),
      ),
    ).toEqual([
      [1, 0],
      [0, 1],
    ])
    const generator = tensor([
      [0, 2],
      [0, 0],
    ])
    expect(values(generator.matrixExp())).toEqual([
      [1, 2],
      [0, 1],
    ])
    const T = sample(2, 2, 4)
    expectClose(
      linalg
        .tensorinv(T)
        .reshape([4, 4])
        .matmul(T.reshape([4, 4])),
      eye(4, float64),
    )
    expect(values(linalg.multiDot([ones(2), ones(2, 3), ones(3)]))).toBe(6)
    expect(values(cross(tensor([1, 0, 0]), tensor([0, 1, 0])))).toEqual([0, 0, 1])
    expect(values(linalg.vander(tensor([2, 3]), { N: 3 }))).toEqual([
      [1, 2, 4],
      [1, 3, 9],
    ])
  })
})

describe('errors', () => {
  it.each<[string, () => unknown]>([
    [
      'RuntimeError: linalg.cholesky: Expected a floating point or complex tensor as input. Got Int',
      () => linalg.cholesky(tensor([[1]], { dtype: 'int32' })),
    ],
    [
      'RuntimeError: linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices',
      () => linalg.inv(ones(2, 3)),
    ],
    [
      'RuntimeError: linalg.solve: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)',
      () => linalg.solve(ones(2, 2), ones(3, 1)),
    ],
    [
      "RuntimeError: qr received unrecognized mode 'full' but expected one of 'reduced' (default), 'r', or 'complete'",
      () => linalg.qr(ones(2, 2), 'full'),
    ],
    [
      'RuntimeError: linalg.matrix_norm: Order 3 not supported.',
      () => linalg.matrixNorm(ones(2, 2), 3),
    ],
    [
      'RuntimeError: multi_dot(): tensors 0 and 1 with shapes [2, 3] and [2, 3] cannot be multiplied',
      () => linalg.multiDot([ones(2, 3), ones(2, 3)]),
    ],
    [
      'LinAlgError: cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 2 is not positive-definite).',
      () =>
        cholesky(
          tensor([
            [1, 2],
            [2, 1],
          ]),
        ),
    ],
  ])('%s', (message, call) => {
    expect(errorOf(call)).toBe(message)
  })
})
