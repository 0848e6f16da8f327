import { describe, expect, it } from 'vitest'
import { lstsq, multiply, pseudoinverse, transpose } from '../src/linalg/index.ts'
import { expectClose, matrix, ofRank, randomMatrix } from './linalg-helpers.ts'

const A = matrix([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [2, -1, 0],
])
const B = matrix([
  [1, 0],
  [2, 1],
  [0, -1],
  [3, 2],
])
const DEFICIENT = matrix([
  [1, 2, 3],
  [2, 4, 6],
  [1, 0, 1],
  [0, 2, 2],
])
const X = [
  0.3243243243243249, 0.428571428571428, -2.067567567567569, -0.9285714285714308, 1.540540540540541,
  0.42857142857143066,
]
const RESIDUALS = [4.635135135135126, 2.642857142857141]
const S = [17.416621279395482, 2.311192950499738, 0.5654116692010768]
const DRIVERS = ['gels', 'gelsy', 'gelsd', 'gelss'] as const

describe('lstsq', () => {
  it.each(DRIVERS)('has the values of torch.linalg.lstsq with the driver %s', (driver) => {
    const { solution, residuals, rank, singularValues, info } = lstsq(A, 4, 3, B, 2, { driver })
    expect(info).toBe(0)
    expectClose(solution, X, 1e-12)
    expectClose(residuals, driver === 'gelsy' ? [] : RESIDUALS, 1e-12)
    expect(rank).toBe(driver === 'gels' ? undefined : 3)
    const svd = driver === 'gelsd' || driver === 'gelss'
    expectClose(singularValues ?? [], svd ? S : [])
  })

  it.each(DRIVERS)('finds the solution of least norm with the driver %s', (driver) => {
    const wide = transpose(A, 4, 3)
    const { solution, residuals } = lstsq(wide, 3, 4, B.subarray(0, 6), 2, { driver })
    expectClose(
      solution,
      [
        -2.5637065637065644, -2.2084942084942094, 0.6447876447876435, 0.5193050193050183,
        0.3822393822393831, 0.2509652509652518, -0.8455598455598459, -0.812741312741313,
      ],
      1e-12,
    )
    expect(residuals.length).toBe(0)
  })

  it.each(['gelsy', 'gelsd', 'gelss'] as const)('finds the rank with the driver %s', (driver) => {
    const { solution, residuals, rank } = lstsq(DEFICIENT, 4, 3, B, 2, { driver })
    expect(rank).toBe(2)
    expect(residuals.length).toBe(0)
    expectClose(
      solution,
      [-0.9545454545454544, -1.1363636363636365, 1, 1, 0.04545454545454557, -0.13636363636363638],
    )
    // All but the largest singular value are below this.
    expect(lstsq(A, 4, 3, B, 2, { driver, rcond: 0.5 }).rank).toBe(1)
  })

  it('reports a zero on the diagonal with the driver gels', () => {
    const a = matrix([
      [1, 0],
      [0, 0],
      [0, 0],
    ])
    expect(lstsq(a, 3, 2, B.subarray(0, 3), 1, { driver: 'gels' }).info).toBe(2)
    // A matrix of zeros is let through.
    expect(lstsq(new Float64Array(6), 3, 2, B.subarray(0, 3), 1, { driver: 'gels' })).toEqual({
      solution: new Float64Array(2),
      residuals: new Float64Array(1),
      info: 0,
    })
  })

  it('takes a first column of zeros', () => {
    const a = matrix([
      [0, 1, 2, 1],
      [0, 1, -1, -2],
    ])
    const { solution, rank } = lstsq(a, 2, 4, Float64Array.of(1, 2), 1)
    expect(rank).toBe(2)
    expectClose(multiply(a, solution, 2, 4, 1), [1, 2])
    expect(solution[0]).toBe(0)
  })

  it.each([
    ['gels', 0, 3, undefined, []],
    ['gelsy', 0, 3, 0, []],
    ['gelsd', 0, 3, 0, []],
    ['gels', 3, 0, undefined, [0, 0]],
    ['gelsy', 3, 0, 0, []],
    ['gelss', 3, 0, 0, [3, 3]],
    ['gelsd', 0, 0, 0, []],
  ] as const)('%s answers a %i by %i matrix as PyTorch does', (driver, m, n, rank, residuals) => {
    const ones = new Float64Array(m * 2).fill(1)
    const out = lstsq(new Float64Array(0), m, n, ones, 2, { driver })
    expect(Array.from(out.solution)).toEqual(new Array(n * 2).fill(0))
    expect(out.rank).toBe(rank)
    expect(Array.from(out.residuals)).toEqual(residuals)
  })

  it.each([
    [6, 4, 4],
    [4, 6, 4],
    [8, 5, 2],
    [5, 8, 3],
    [12, 12, 7],
    [1, 1, 1],
  ])('agrees with the pseudoinverse: %i by %i of rank %i', (m, n, rank) => {
    const a = ofRank(m * n, m, n, rank)
    const b = randomMatrix(3, m, 2)
    const expected = multiply(pseudoinverse(a, m, n).inverse, b, n, m, 2)
    for (const driver of ['gelsy', 'gelsd'] as const) {
      const out = lstsq(a, m, n, b, 2, { driver })
      expect(out.rank).toBe(rank)
      expectClose(out.solution, expected, 1e-11)
    }
  })

  it('leaves residuals that are orthogonal to the columns', () => {
    const a = randomMatrix(21, 9, 4)
    const b = randomMatrix(22, 9, 1)
    for (const driver of DRIVERS) {
      const { solution, residuals } = lstsq(a, 9, 4, b, 1, { driver })
      const left = multiply(a, solution, 9, 4, 1).map((x, i) => b[i] - x)
      for (const x of multiply(transpose(a, 9, 4), left, 4, 9, 1))
        expect(Math.abs(x)).toBeLessThan(1e-14)
      if (driver !== 'gelsy') expectClose(residuals, [left.reduce((sum, x) => sum + x * x, 0)])
    }
  })
})
