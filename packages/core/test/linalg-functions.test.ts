import { describe, expect, it } from 'vitest'
import {
  conditionNumber,
  identity,
  matrixExp,
  matrixNorm,
  matrixRank,
  multiply,
  pseudoinverse,
  rankTolerance,
  transpose,
} from '../src/linalg/index.ts'
import { expectClose, hilbert, matrix, ofRank, randomMatrix } from './linalg-helpers.ts'

const A = matrix([
  [2, -1, 3, 1],
  [4, 1, -2, 0],
  [-3, 5, 1, 2],
  [1, 0, 2, -4],
])
const TALL = matrix([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [2, -1, 0],
])
const DEFICIENT = matrix([
  [1, 2, 3],
  [2, 4, 6],
  [1, 0, 1],
  [0, 2, 2],
])

describe('matrixNorm and conditionNumber', () => {
  it.each([
    ['fro', 17.578395831246947, 4.536232781482916],
    ['nuc', 20.293225899096292, 17.057463145388017],
    [1, 19, 4.758620689655173],
    [-1, 14, 1.8666666666666667],
    [2, 17.41662127939548, 1.9128273077679812],
    [-2, 0.5654116692010772, 0.5227863466498024],
    [Infinity, 25, 4.678160919540229],
    [-Infinity, 3, 2.2689655172413796],
  ] as const)('have the values of torch.linalg for order %s', (order, norm, condition) => {
    expectClose([matrixNorm(TALL, 4, 3, order)], [norm])
    expectClose([conditionNumber(A, 4, 4, order)], [condition])
  })

  it('take other shapes for the spectral condition, and none at all', () => {
    expectClose([conditionNumber(TALL, 4, 3)], [30.80343443212809], 1e-12)
    expect(conditionNumber(new Float64Array(0), 0, 3)).toBe(0)
    expect(conditionNumber(new Float64Array(0), 0, 0, 1)).toBe(0)
  })

  it('find a singular matrix infinitely ill-conditioned', () => {
    expect(
      conditionNumber(
        matrix([
          [1, 2],
          [2, 4],
        ]),
        2,
        2,
        'fro',
      ),
    ).toBe(Infinity)
    expect(conditionNumber(new Float64Array(4), 2, 2)).toBeNaN()
  })

  it('neither overflow nor vanish', () => {
    expectClose([matrixNorm(Float64Array.of(3e200, 4e200), 1, 2, 'fro')], [5e200])
    expectClose([matrixNorm(Float64Array.of(3e-200, 4e-200), 1, 2, 'fro')], [5e-200])
    expect(matrixNorm(Float64Array.of(1, Number.NaN), 1, 2, 'fro')).toBeNaN()
    expect(matrixNorm(Float64Array.of(1, Number.NaN), 1, 2, 1)).toBeNaN()
    expect(matrixNorm(new Float64Array(0), 0, 3, 'fro')).toBe(0)
    expect(matrixNorm(new Float64Array(0), 0, 3, 'nuc')).toBe(0)
    expect(matrixNorm(new Float64Array(0), 0, 3, 1)).toBe(0)
  })

  it('refuse another order in PyTorch’s words', () => {
    expect(() => matrixNorm(A, 4, 4, 3)).toThrow('linalg.matrix_norm: Order 3 not supported.')
  })
})

describe('matrixRank', () => {
  it('counts by PyTorch’s tolerances', () => {
    expect(matrixRank(DEFICIENT, 4, 3).rank).toBe(2)
    expect(matrixRank(TALL, 4, 3).rank).toBe(3)
    // Singular values 17.4, 2.31, 0.57.
    expect(matrixRank(TALL, 4, 3, { atol: 1 }).rank).toBe(2)
    expect(matrixRank(TALL, 4, 3, { rtol: 0.2 }).rank).toBe(1)
    expect(matrixRank(TALL, 4, 3, { atol: 3, rtol: 0.01 }).rank).toBe(1)
    expect(matrixRank(new Float64Array(0), 0, 4).rank).toBe(0)
    expect(matrixRank(new Float64Array(9), 3, 3).rank).toBe(0)
    expect(matrixRank(hilbert(12), 12, 12, { eps: 2 ** -23 }).rank).toBe(6)
    expect(
      matrixRank(
        matrix([
          [1, 2],
          [2, 1],
        ]),
        2,
        2,
        { hermitian: true },
      ).rank,
    ).toBe(2)
    expect(
      matrixRank(
        matrix([
          [1, 7],
          [1, 1],
        ]),
        2,
        2,
        { hermitian: true },
      ).rank,
    ).toBe(1)
  })

  it('has a default rtol only without an atol', () => {
    expect(rankTolerance(10, 3, 5, 0.01)).toBe(0.5)
    expect(rankTolerance(10, 3, 5, 0.01, { atol: 0.2 })).toBe(0.2)
    expect(rankTolerance(10, 3, 5, 0.01, { atol: 0 })).toBe(0.5)
    expect(rankTolerance(10, 3, 5, 0.01, { atol: 0.2, rtol: 0.1 })).toBe(1)
  })

  it('reports a NaN', () => {
    expect(matrixRank(Float64Array.of(Number.NaN), 1, 1).info).toBe(-4)
  })
})

describe('pseudoinverse', () => {
  it('has the values of torch.linalg.pinv', () => {
    expectClose(
      pseudoinverse(TALL, 4, 3).inverse,
      [
        -0.5173745173745162, 0.08494208494208436, 0.10424710424710439, 0.22393822393822396,
        -1.0231660231660202, 0.27992277992277836, 0.13899613899613916, -0.5347490347490338,
        1.1853281853281818, -0.2393822393822376, -0.11196911196911216, 0.27799227799227694,
      ],
      1e-12,
    )
    expectClose(
      pseudoinverse(DEFICIENT, 4, 3).inverse.subarray(0, 4),
      [0.045454545454545366, 0.0909090909090909, 0.4393939393939398, -0.3939393939393943],
    )
    expect(pseudoinverse(new Float64Array(0), 0, 3).inverse.length).toBe(0)
    expect(Array.from(pseudoinverse(new Float64Array(6), 2, 3).inverse)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it.each([
    [5, 5, 5, false],
    [7, 4, 4, false],
    [4, 7, 2, false],
    [6, 6, 3, true],
  ])('has Penrose’s properties: %i by %i of rank %i, hermitian %s', (m, n, rank, hermitian) => {
    let a = ofRank(m + n, m, n, rank)
    if (hermitian) {
      const half = ofRank(m, m, rank, rank)
      a = multiply(half, transpose(half, m, rank), m, rank, m)
    }
    const { inverse } = pseudoinverse(a, m, n, { hermitian, rtol: 1e-10 })
    const left = multiply(a, inverse, m, n, m)
    const right = multiply(inverse, a, n, m, n)
    expectClose(multiply(left, a, m, m, n), a, 1e-11)
    expectClose(multiply(right, inverse, n, n, m), inverse, 1e-11)
    expectClose(transpose(left, m, m), left, 1e-11)
    expectClose(transpose(right, n, n), right, 1e-11)
  })
})

describe('matrixExp', () => {
  it('has the values of torch.linalg.matrix_exp', () => {
    expectClose(
      matrixExp(
        A.map((x) => x / 4),
        4,
      ),
      [
        1.3173604460851056, 0.32811311780878727, 1.0638367192558615, 0.3725668199384806,
        1.4282714997089248, 0.9503850155723687, -0.031750451831315106, 0.08638210202897355,
        -0.07100161759044404, 1.4497381150503246, 0.8492691024917309, 0.2787035969262477,
        0.13478548588630182, 0.2748807028068105, 0.3975942639523372, 0.4599042762161768,
      ],
    )
    const s = matrix([
      [4, 1, -2, 2],
      [1, 2, 0, 1],
      [-2, 0, 3, -2],
      [2, 1, -2, -1],
    ])
    expectClose(
      matrixExp(s, 4).subarray(0, 4),
      [485.6616229233282, 149.59124323961586, -373.60586174726046, 237.9309911546469],
    )
  })

  it.each([1e-18, 1e-9, 1e-3, 0.03, 0.2, 0.9, 7, 50])(
    'is the square of its root, at size %d',
    (size) => {
      const a = randomMatrix(6, 5, 5).map((x) => (x * size) / 5)
      const root = matrixExp(
        a.map((x) => x / 2),
        5,
      )
      expectClose(matrixExp(a, 5), multiply(root, root, 5, 5, 5), 1e-13)
    },
  )

  it.each([1e-9, 0.03, 0.9, 7])('has the exponential of -A as inverse, at size %d', (size) => {
    const a = randomMatrix(8, 5, 5).map((x) => (x * size) / 5)
    const back = matrixExp(
      a.map((x) => -x),
      5,
    )
    expectClose(multiply(matrixExp(a, 5), back, 5, 5, 5), identity(5), 1e-12)
  })

  it('is exact where it must be', () => {
    expect(Array.from(matrixExp(new Float64Array(9), 3))).toEqual(Array.from(identity(3)))
    expect(
      Array.from(
        matrixExp(
          matrix([
            [0, 3],
            [0, 0],
          ]),
          2,
        ),
      ),
    ).toEqual([1, 3, 0, 1])
    expectClose(
      matrixExp(
        matrix([
          [0, -Math.PI],
          [Math.PI, 0],
        ]),
        2,
      ),
      [-1, 0, 0, -1],
      1e-14,
    )
    expectClose(matrixExp(matrix([[700]]), 1), [Math.exp(700)], 1e-12)
    expect(matrixExp(new Float64Array(0), 0).length).toBe(0)
    expect(
      matrixExp(
        matrix([
          [1, Number.NaN],
          [0, 1],
        ]),
        2,
      ).every(Number.isNaN),
    ).toBe(true)
  })
})
