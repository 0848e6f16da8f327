import '@sconce/backend-cpu'
import { grad, gradcheck, gradgradcheck } from '@sconce/autograd'
import {
  cholesky,
  eye,
  linalg,
  lu,
  luUnpack,
  orgqr,
  qr,
  svd,
  symeig,
  type Tensor,
  tensor,
} from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { expectValues, graphText } from './helpers.ts'

const float64 = { dtype: 'float64' } as const

/** Distinct, unround numbers. */
const input = (...shape: number[]) => {
  const count = shape.reduce((a, b) => a * b, 1)
  const data = Array.from({ length: count }, (_, i) => Math.sin(3 * i + shape.length) + 0.1 * i)
  return tensor(data, float64).view(shape).requiresGrad_()
}

/** A symmetric positive-definite matrix made of any. */
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(eye(x.size(-1), float64))
/** A matrix without an eigenvalue or a pivot near 0. */
const regular = (x: Tensor): Tensor => x.add(eye(x.size(-1), float64).mul(3))
const symmetric = (x: Tensor): Tensor => x.add(x.mT)

type Case = [string, (...xs: Tensor[]) => Tensor | Tensor[], number[][]]

const check = (_: string, f: Case[1], shapes: number[][]): void => {
  const inputs = shapes.map((shape) => input(...shape))
  // Squared, so that the gradient depends on the values, and the sign of a vector does not matter.
  const squared = (...xs: Tensor[]) => [f(...xs)].flat().map((t) => t.mul(t))
  expect(gradcheck(squared, inputs)).toBe(true)
  expect(gradgradcheck(squared, inputs)).toBe(true)
}

const one = [[3, 3]]
const pair = [
  [2, 2],
  [2, 2],
]

describe('factors', () => {
  test.each<Case>([
    ['cholesky', (x) => cholesky(definite(x)), [[2, 2, 2]]],
    ['cholesky, upper', (x) => linalg.cholesky(definite(x), { upper: true }), one],
    ['choleskyInverse', (x) => regular(x).tril().choleskyInverse(), one],
    [
      'choleskySolve',
      (b, x) => b.choleskySolve(regular(x).triu(), true),
      [[2, 1], ...pair.slice(1)],
    ],
    ['lu', (x) => Object.values(linalg.lu(x)).slice(1), one],
    ['lu, wide', (x) => Object.values(linalg.lu(x)).slice(1), [[2, 4]]],
    ['lu, tall', (x) => Object.values(linalg.lu(x)).slice(1), [[4, 2]]],
    ['L alone of a tall matrix', (x) => linalg.lu(x).L, [[3, 2]]],
    ['luFactor, batched', (x) => linalg.luFactor(x).LU, [[2, 2, 3]]],
    ['luFactor, tall', (x) => lu(x).LU, [[3, 2]]],
    ['qr', (x) => Object.values(qr(x)), [[3, 2]]],
    ['qr, wide', (x) => Object.values(linalg.qr(x)), [[2, 3]]],
    ['qr, complete', (x) => Object.values(linalg.qr(x, 'complete')), [[2, 2, 3]]],
    ['R alone', (x) => linalg.qr(x).R, [[3, 2]]],
    ['orgqr', (x, tau) => orgqr(x, tau), [[3, 2], [2]]],
    [
      'orgqr, fewer reflectors',
      (x, tau) => orgqr(x, tau),
      [
        [2, 3, 2],
        [2, 1],
      ],
    ],
  ])('%s', check)
})

describe('solvers', () => {
  const luSolve =
    (left: boolean, adjoint: boolean): Case[1] =>
    (a, b) => {
      const { LU, pivots } = linalg.luFactor(a)
      return linalg.luSolve(LU, pivots, b, { left, adjoint })
    }
  const triangular =
    (upper: boolean, left: boolean, unitriangular: boolean): Case[1] =>
    (a, b) =>
      linalg.solveTriangular(regular(a), b, { upper, left, unitriangular })

  test.each<Case>([
    ['inv', (x) => linalg.inv(regular(x)), [[2, 2, 2]]],
    [
      'solve',
      (a, b) => linalg.solve(regular(a), b),
      [
        [2, 1, 2, 2],
        [3, 2, 1],
      ],
    ],
    ['solve, a vector', (a, b) => linalg.solve(regular(a), b), [[2, 2], [2]]],
    [
      'solve, a batch of vectors',
      (a, b) => linalg.solve(regular(a), b),
      [
        [2, 2, 2],
        [2, 2],
      ],
    ],
    [
      'solve from the right',
      (a, b) => linalg.solve(regular(a), b, { left: false }),
      [
        [2, 2],
        [1, 2],
      ],
    ],
    ['luSolve', luSolve(true, false), pair],
    ['luSolve of the transpose', luSolve(true, true), pair],
    ['luSolve from the right', luSolve(false, false), pair],
    ['luSolve of the transpose from the right', luSolve(false, true), pair],
    ['solveTriangular', triangular(true, true, false), pair],
    ['solveTriangular from the right', triangular(false, false, false), pair],
    ['solveTriangular, ones', triangular(false, true, true), pair],
    [
      'triangularSolve of the transpose',
      (b, a) => Object.values(b.triangularSolve(regular(a), true, true)),
      pair,
    ],
    ['pinv', (x) => linalg.pinv(x), [[2, 3]]],
    ['pinv, tall', (x) => x.pinverse(), [[3, 2]]],
    ['pinv, symmetric', (x) => linalg.pinv(definite(x), { hermitian: true }), [[2, 2]]],
    [
      'lstsq',
      (a, b) => linalg.lstsq(a, b).solution,
      [
        [3, 2],
        [3, 1],
      ],
    ],
    ['lstsq, a vector', (a, b) => linalg.lstsq(a, b).solution, [[2, 3], [2]]],
  ])('%s', check)
})

describe('spectra, determinants, functions', () => {
  test.each<Case>([
    ['svd', (x) => Object.values(svd(x)), [[3, 2]]],
    ['svd, wide', (x) => Object.values(linalg.svd(x, false)), [[2, 3]]],
    ['svd, full', (x) => Object.values(linalg.svd(x)).slice(0, 2), [[2, 3]]],
    ['svdvals', (x) => linalg.svdvals(x), [[2, 2, 3]]],
    ['eigh', (x) => Object.values(linalg.eigh(symmetric(x))), one],
    ['eigvalsh', (x) => linalg.eigvalsh(symmetric(x), 'U'), one],
    ['symeig', (x) => Object.values(symeig(symmetric(x), true)), [[2, 2]]],
    // Similar to a symmetric matrix: the eigenvalues are real.
    ['eig', (x, y) => Object.values(linalg.eig(symmetric(x).matmul(definite(y)))), pair],
    ['det', (x) => x.det(), [[2, 3, 3]]],
    ['slogdet', (x) => x.slogdet().logabsdet, one],
    ['logdet', (x) => definite(x).logdet(), one],
    ['matrixExp', (x) => x.mul(0.3).matrixExp(), [[2, 2]]],
    ['matrixPower', (x) => x.matrixPower(5), [[2, 2]]],
    ['matrixPower of the inverse', (x) => regular(x).matrixPower(-3), [[2, 2]]],
    ['multiDot', (a, b, c) => linalg.multiDot([a, b, c]), [[2], [2, 3], [3, 2]]],
    [
      'cross',
      (a, b) => linalg.cross(a, b),
      [
        [2, 3],
        [1, 3],
      ],
    ],
    [
      'vecdot',
      (a, b) => linalg.vecdot(a, b),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ['vander', (x) => linalg.vander(x, { N: 4 }), [[3]]],
    ['tensorinv', (x) => linalg.tensorinv(x), [[2, 2, 4]]],
    [
      'tensorsolve',
      (a, b) => linalg.tensorsolve(a, b, [0]),
      [
        [3, 1, 3],
        [1, 3],
      ],
    ],
  ])('%s', check)
})

describe('norms', () => {
  test.each<Case>([
    ['nuclear', (x) => linalg.matrixNorm(x, 'nuc'), [[2, 3]]],
    ['spectral', (x) => linalg.norm(x, 2), [[3, 2]]],
    ['of the smallest singular value', (x) => linalg.matrixNorm(x, -2), [[2, 2]]],
    ['of dims', (x) => linalg.matrixNorm(x, 1, [2, 0], true), [[2, 2, 3]]],
    ['of rows', (x) => linalg.matrixNorm(x, -Infinity), [[2, 3]]],
    ['Frobenius', (x) => linalg.norm(x, 'fro'), [[2, 3]]],
    ['cond', (x) => linalg.cond(regular(x)), [[2, 2]]],
    ['cond by the 1-norm', (x) => linalg.cond(regular(x), 1), [[2, 2]]],
    ['cond by the nuclear norm', (x) => linalg.cond(regular(x), 'nuc'), [[2, 2]]],
  ])('%s', check)

  test('torch.norm has the nuclear norm too', () => {
    const x = tensor(
      [
        [3, 0],
        [0, -4],
      ],
      float64,
    ).requiresGrad_()
    expectValues(grad(x.norm('nuc'), x)[0], [
      [1, 0],
      [0, -1],
    ])
  })
})

describe('the determinant of a singular matrix', () => {
  const singular = [
    [1, 2],
    [2, 4],
  ]
  const adjugate = [
    [4, -2],
    [-2, 1],
  ]

  test('has the adjugate as its gradient', () => {
    const x = tensor(singular, float64).requiresGrad_()
    expectValues(grad(x.det(), x)[0], adjugate)
    expectValues(grad(x.det(), x, { createGraph: true })[0], adjugate)
  })

  test('leaves the others of its batch alone', () => {
    const x = tensor(
      [
        singular,
        [
          [2, 1],
          [1, 3],
        ],
      ],
      float64,
    ).requiresGrad_()
    for (const createGraph of [false, true]) {
      expectValues(grad(x.det().sum(), x, { createGraph })[0], [
        adjugate,
        [
          [3, -1],
          [-1, 2],
        ],
      ])
    }
  })

  test('of rank 0 has a gradient of 0', () => {
    const x = tensor(
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      float64,
    ).requiresGrad_()
    expectValues(grad(x.det(), x)[0], [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
  })
})

describe('what has no gradient', () => {
  test('permutations, residuals and ranks', () => {
    const x = input(3, 2)
    const { P, L } = linalg.lu(x)
    expect([P.requiresGrad, L.requiresGrad]).toEqual([false, true])
    expect(luUnpack(...factors(x)).P.requiresGrad).toBe(false)
    const { solution, residuals, singularValues } = linalg.lstsq(x, input(3, 1), {
      driver: 'gelsd',
    })
    expect([solution, residuals, singularValues].map((t) => t.requiresGrad)).toEqual([
      true,
      false,
      false,
    ])
    expect(linalg.matrixRank(x).requiresGrad).toBe(false)
  })

  const factors = (x: Tensor): [Tensor, Tensor] => {
    const { LU, pivots } = linalg.luFactor(x)
    return [LU, pivots]
  }

  test.each<[string, (x: Tensor) => Tensor, string]>([
    [
      'qr without Q',
      (x) => linalg.qr(x, 'r').R,
      "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.",
    ],
    [
      'qr with arbitrary columns',
      (x) => linalg.qr(x, 'complete').R,
      "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.",
    ],
    ['geqrf', (x) => x.geqrf().a, "the derivative for 'geqrf' is not implemented."],
    [
      'ldlFactor',
      (x) => linalg.ldlFactor(x.mT.matmul(x)).LD,
      'derivative for aten::linalg_ldl_factor_ex is not implemented',
    ],
    [
      'symeig without vectors',
      (x) => symeig(x.mT.matmul(x)).eigenvalues,
      'linalg_eig_backward: torch.symeig(A, eigenvectors=False) is not differentiable. Use torch.linalg.eigvalsh(A) instead.',
    ],
  ])('%s', (_, f, message) => {
    const x = input(3, 2)
    expect(() => f(x).sum().backward()).toThrow(message)
  })
})

test('nodes have the names of PyTorch', () => {
  const x = input(2, 2)
  const names = [
    x.det(),
    x.inverse(),
    linalg.solve(x, x),
    linalg.eigvalsh(x),
    linalg.svdvals(x),
    x.pinverse(),
    x.matrixExp(),
    x.logdet(),
  ].map((t) => graphText(t).replace(/\(.*/, ''))
  expect(names).toEqual([
    'LinalgDetBackward0',
    'LinalgInvExBackward0',
    'LinalgSolveExBackward0',
    'LinalgEighBackward0',
    'LinalgSvdBackward0',
    'LinalgPinvBackward0',
    'LinalgMatrixExpBackward0',
    'WhereBackward0',
  ])
})
