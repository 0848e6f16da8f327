import { describe, expect, it } from 'vitest'
import {
  determinant,
  identity,
  inverse,
  ldlFactor,
  ldlSolve,
  luFactor,
  luSolve,
  luUnpack,
  matrixPower,
  multiply,
  permutationMatrix,
  slogdet,
  solve,
  symmetric,
  transpose,
  triangularSolve,
} from '../src/linalg/index.ts'
import { expectClose, matrix, ofRank, randomMatrix } from './linalg-helpers.ts'

const A = matrix([
  [2, -1, 3, 1],
  [4, 1, -2, 0],
  [-3, 5, 1, 2],
  [1, 0, 2, -4],
])
const B = matrix([
  [1, 0],
  [2, 1],
  [0, -1],
  [3, 2],
])
const TALL = matrix([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [2, -1, 0],
])

describe('luFactor', () => {
  it('has the factors and pivots of torch.linalg.lu_factor', () => {
    const { lu, pivots, info } = luFactor(A, 4, 4)
    expect(Array.from(lu)).toEqual([
      4, 1, -2, 0, -0.75, 5.75, -0.5, 2, 0.5, -0.2608695652173913, 3.869565217391304,
      1.5217391304347827, 0.25, -0.043478260869565216, 0.6404494382022472, -4.887640449438202,
    ])
    expect(Array.from(pivots)).toEqual([2, 3, 3, 4])
    expect(info).toBe(0)
  })

  it('takes tall and wide matrices', () => {
    const tall = luFactor(TALL, 4, 3)
    expect(Array.from(tall.lu)).toEqual([
      7, 8, 10, 0.2857142857142857, -3.2857142857142856, -2.8571428571428568, 0.14285714285714285,
      -0.26086956521739135, 0.8260869565217392, 0.5714285714285714, -0.13043478260869573,
      -0.10526315789473614,
    ])
    expect(Array.from(tall.pivots)).toEqual([3, 4, 3])
    const wide = luFactor(transpose(TALL, 4, 3), 3, 4)
    expect(Array.from(wide.lu)).toEqual([
      3, 6, 10, 0, 0.3333333333333333, 2, 3.666666666666667, 2, 0.6666666666666666, 0.5,
      -0.49999999999999956, -2,
    ])
    expect(Array.from(wide.pivots)).toEqual([3, 3, 3])
  })

  it('goes on past a zero pivot and reports the first', () => {
    const { lu, pivots, info } = luFactor(
      matrix([
        [1, 2],
        [2, 4],
      ]),
      2,
      2,
    )
    expect(Array.from(lu)).toEqual([2, 4, 0.5, 0])
    expect(Array.from(pivots)).toEqual([2, 2])
    expect(info).toBe(2)
    expect(luFactor(new Float64Array(9), 3, 3).info).toBe(1)
  })

  it('unpacks into P L U', () => {
    const { lu, pivots } = luFactor(TALL, 4, 3)
    const { l, u } = luUnpack(lu, 4, 3)
    const p = permutationMatrix(pivots, 4)
    expect(Array.from(p)).toEqual([0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0])
    expect(Array.from(l.subarray(0, 6))).toEqual([1, 0, 0, 0.2857142857142857, 1, 0])
    expectClose(multiply(p, multiply(l, u, 4, 3, 3), 4, 4, 3), TALL)
  })

  it.each([
    [0, 3],
    [3, 0],
    [1, 1],
    [5, 8],
    [8, 5],
    [17, 17],
  ])('reconstructs a random %i by %i matrix', (m, n) => {
    const a = randomMatrix(m * 31 + n, m, n)
    const { lu, pivots } = luFactor(a, m, n)
    const { l, u } = luUnpack(lu, m, n)
    const k = Math.min(m, n)
    expect(pivots.length).toBe(k)
    expect(l.every((x) => Math.abs(x) <= 1)).toBe(true)
    expectClose(multiply(permutationMatrix(pivots, m), multiply(l, u, m, k, n), m, m, n), a)
  })
})

describe('luSolve, solve and inverse', () => {
  const X = [
    0.5310344827586208, 0.23448275862068968, 0.4505747126436781, 0.10804597701149427,
    0.2873563218390804, 0.022988505747126436, -0.47356321839080456, -0.4298850574712644,
  ]
  const RIGHT = [
    0.4482758620689655, 0.4367816091954023, 0.40229885057471265, -0.43678160919540227,
    0.027586206896551706, 0.21149425287356324, 0.1632183908045977, -0.41149425287356317,
  ]

  it('has the values of torch.linalg.solve on either side', () => {
    expectClose(solve(A, 4, B, 2).x, X)
    expectClose(solve(A, 4, transpose(B, 4, 2), 2, { left: false }).x, RIGHT)
  })

  it('solves from the factors, also with the transpose', () => {
    const factors = luFactor(A, 4, 4)
    expectClose(luSolve(factors, 4, B, 2), X)
    expectClose(luSolve(factors, 4, transpose(B, 4, 2), 2, { left: false }), RIGHT)
    // X A = B is Aᵀ Xᵀ = Bᵀ.
    expectClose(
      luSolve(factors, 4, B, 2, { adjoint: true }),
      transpose(Float64Array.from(RIGHT), 2, 4),
    )
  })

  it('has the values of torch.linalg.inv', () => {
    expectClose(
      inverse(A, 4).inverse,
      [
        0.1103448275862069, 0.1793103448275862, -0.013793103448275862, 0.020689655172413793,
        -0.027586206896551717, 0.12183908045977011, 0.17011494252873563, 0.07816091954022987,
        0.20689655172413793, -0.08045977011494253, 0.057471264367816084, 0.08045977011494251,
        0.13103448275862067, 0.00459770114942529, 0.02528735632183908, -0.20459770114942527,
      ],
    )
    expect(inverse(new Float64Array(0), 0)).toEqual({ inverse: new Float64Array(0), info: 0 })
  })

  it('reports and answers a singular matrix as torch.linalg.inv_ex does', () => {
    const { inverse: inverted, info } = inverse(
      matrix([
        [1, 2],
        [2, 4],
      ]),
      2,
    )
    expect(info).toBe(2)
    expect(Array.from(inverted)).toEqual([-Infinity, Infinity, Infinity, -Infinity])
  })

  it('counts the pivots of the transpose, which PyTorch factors', () => {
    expect(
      inverse(
        matrix([
          [0, 1],
          [0, 0],
        ]),
        2,
      ).info,
    ).toBe(2)
    expect(
      inverse(
        matrix([
          [0, 0],
          [1, 0],
        ]),
        2,
      ).info,
    ).toBe(1)
  })

  it.each([1, 2, 6, 19])('inverts a random matrix of order %i', (n) => {
    const a = randomMatrix(n, n, n)
    expectClose(multiply(a, inverse(a, n).inverse, n, n, n), identity(n), 1e-11)
  })
})

describe('triangularSolve', () => {
  it('has the values of torch.linalg.solve_triangular', () => {
    const b = B.map((x) => x - 1)
    expectClose(
      triangularSolve(A, 4, b, 2, { upper: true }),
      [0.75, 0.375, 1, -3, 0, -1.5, -0.5, -0.25],
    )
  })

  const n = 5
  const full = randomMatrix(4, n, n)
  for (let i = 0; i < n; i++) full[i * n + i] += 3
  for (const upper of [false, true]) {
    for (const transposed of [false, true]) {
      for (const unitriangular of [false, true]) {
        for (const left of [false, true]) {
          it(`solves with ${JSON.stringify({ upper, transposed, unitriangular, left })}`, () => {
            const t = full.map((x, i) => {
              const [r, c] = [Math.floor(i / n), i % n]
              if (r === c) return unitriangular ? 1 : x
              return upper === r < c ? x : 0
            })
            const op = transposed ? transpose(t, n, n) : t
            const b = randomMatrix(9, n, 3)
            const options = { upper, transpose: transposed, unitriangular, left }
            const x = triangularSolve(full, n, b, 3, options)
            expectClose(left ? multiply(op, x, n, n, 3) : multiply(x, op, 3, n, n), b)
          })
        }
      }
    }
  }

  it('gives infinities and NaNs for a zero on the diagonal', () => {
    const x = triangularSolve(new Float64Array(4), 2, Float64Array.of(1, 1), 1, { upper: true })
    expect(Array.from(x)).toEqual([Number.NaN, Infinity])
  })
})

describe('determinant', () => {
  it('has the values of torch.linalg.det and slogdet', () => {
    expectClose([determinant(A, 4)], [-435])
    const { sign, logabsdet } = slogdet(A, 4)
    expect(sign).toBe(-1)
    expectClose([logabsdet], [6.075346031088684])
  })

  it('is 1 for the empty matrix and a signed zero for a singular one', () => {
    expect(determinant(new Float64Array(0), 0)).toBe(1)
    expect(
      determinant(
        matrix([
          [1, 2],
          [2, 4],
        ]),
        2,
      ),
    ).toBe(-0)
    expect(
      slogdet(
        matrix([
          [1, 2],
          [2, 4],
        ]),
        2,
      ),
    ).toEqual({ sign: -0, logabsdet: -Infinity })
  })
})

describe('matrixPower', () => {
  it('has the values of torch.linalg.matrix_power', () => {
    expect(Array.from(matrixPower(A, 4, 5).power)).toEqual([
      1187, -1474, 1013, 273, 1354, 853, -1782, -238, -2563, 2184, 1086, 1056, 381, -347, 1002,
      -1831,
    ])
    expectClose(
      matrixPower(A, 4, -3).power.subarray(0, 4),
      [0.006976150450339635, 0.004230285966806531, 0.009116751176532226, 0.003563610188564061],
    )
    expect(Array.from(matrixPower(A, 4, 0).power)).toEqual(Array.from(identity(4)))
    expect(Array.from(matrixPower(A, 4, 1).power)).toEqual(Array.from(A))
  })

  it('reports a matrix without inverse', () => {
    expect(
      matrixPower(
        matrix([
          [1, 2],
          [2, 4],
        ]),
        2,
        -1,
      ).info,
    ).toBe(2)
  })
})

describe('ldl', () => {
  const N = matrix([
    [0, 1, 2],
    [1, 0, 3],
    [2, 3, 0],
  ])

  it('has the factors and pivots of torch.linalg.ldl_factor', () => {
    const two = ldlFactor(N, 3)
    expect(Array.from(two.ld)).toEqual([0, 0, 0, 2, 0, 0, 1.5, 0.5, -3])
    expect(Array.from(two.pivots)).toEqual([-3, -3, 3])
    const one = ldlFactor(
      matrix([
        [4, 1, -2, 2],
        [1, 2, 0, 1],
        [-2, 0, 3, -2],
        [2, 1, -2, -1],
      ]),
      4,
    )
    expectClose(
      one.ld,
      [
        4, 0, 0, 0, 0.25, 1.75, 0, 0, -0.5, 0.2857142857142857, 1.8571428571428572, 0, 0.5,
        0.2857142857142857, -0.6153846153846153, -2.846153846153846,
      ],
    )
    expect(Array.from(one.pivots)).toEqual([1, 2, 3, 4])
  })

  it('reports a zero block', () => {
    expect(ldlFactor(new Float64Array(4), 2)).toMatchObject({
      info: 1,
      pivots: Int32Array.of(1, 2),
    })
  })

  it('has the values of torch.linalg.ldl_solve', () => {
    expectClose(
      ldlSolve(ldlFactor(N, 3), 3, B.subarray(0, 6), 2),
      [0.25, 0.25, -0.16666666666666666, -0.5, 0.5833333333333334, 0.25],
    )
  })

  it.each([1, 4, 9, 16])('solves a random symmetric system of order %i', (n) => {
    const a = symmetric(randomMatrix(n + 100, n, n), n, false)
    const b = randomMatrix(n, n, 2)
    expectClose(multiply(a, ldlSolve(ldlFactor(a, n), n, b, 2), n, n, 2), b, 1e-11)
  })
})

it('a matrix of low rank loses its determinant', () => {
  expect(Math.abs(determinant(ofRank(3, 6, 6, 4), 6))).toBeLessThan(1e-30)
})
