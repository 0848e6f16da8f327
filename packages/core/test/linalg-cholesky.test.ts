import { describe, expect, it } from 'vitest'
import {
  cholesky,
  choleskyInverse,
  choleskySolve,
  identity,
  multiply,
  transpose,
} from '../src/linalg/index.ts'
import { expectClose, hilbert, matrix, positiveDefinite, randomMatrix } from './linalg-helpers.ts'

const P = matrix([
  [4, 2, -2],
  [2, 10, 4],
  [-2, 4, 9],
])
const FACTOR = [2, 0, 0, 1, 3, 0, -1, 1.6666666666666665, 2.2852182001336816]

describe('cholesky', () => {
  it('has the values of torch.linalg.cholesky', () => {
    expectClose(cholesky(P, 3).factor, FACTOR)
    const upper = transpose(Float64Array.from(FACTOR), 3, 3)
    expectClose(cholesky(P, 3, { upper: true }).factor, upper)
  })

  it('reads one triangle only', () => {
    const a = matrix([
      [4, 1, 2],
      [2, 5, 3],
      [1, 2, 6],
    ])
    expectClose(cholesky(a, 3).factor, [2, 0, 0, 1, 2, 0, 0.5, 0.75, Math.sqrt(5.1875)])
    expectClose(
      cholesky(a, 3, { upper: true }).factor,
      [2, 0.5, 1, 0, Math.sqrt(4.75), 1.1470786693528088, 0, 0, 1.9194297398747813],
      1e-9,
    )
  })

  it('leaves off at the minor that is not positive, as torch.linalg.cholesky_ex does', () => {
    const a = matrix([
      [1, 2, 3, 4],
      [2, 1, 1, 1],
      [3, 1, 9, 1],
      [4, 1, 1, 20],
    ])
    expect(cholesky(a, 4)).toEqual({
      factor: Float64Array.of(1, 0, 0, 0, 2, -3, 0, 0, 3, 1, 9, 0, 4, 1, 1, 20),
      info: 2,
    })
    expect(cholesky(a, 4, { upper: true })).toEqual({
      factor: Float64Array.of(1, 2, 3, 4, 0, -3, 1, 1, 0, 0, 9, 1, 0, 0, 0, 20),
      info: 2,
    })
    expect(
      cholesky(
        matrix([
          [Number.NaN, 2],
          [2, 1],
        ]),
        2,
      ).info,
    ).toBe(1)
    expect(cholesky(matrix([[0]]), 1).info).toBe(1)
  })

  it.each([0, 1, 2, 7, 30])('reconstructs a random matrix of order %i', (n) => {
    const a = positiveDefinite(n, n)
    const lower = cholesky(a, n)
    expect(lower.info).toBe(0)
    expectClose(multiply(lower.factor, transpose(lower.factor, n, n), n, n, n), a)
    const { factor } = cholesky(a, n, { upper: true })
    expectClose(multiply(transpose(factor, n, n), factor, n, n, n), a)
  })

  it('is stable for an ill-conditioned matrix', () => {
    const { factor, info } = cholesky(hilbert(10), 10)
    expect(info).toBe(0)
    expectClose(multiply(factor, transpose(factor, 10, 10), 10, 10, 10), hilbert(10), 1e-15)
  })
})

describe('choleskySolve and choleskyInverse', () => {
  it('have the values of torch.cholesky_solve and torch.cholesky_inverse', () => {
    const factor = Float64Array.from(FACTOR)
    expectClose(
      choleskySolve(factor, 3, Float64Array.of(1, 0, 2, 1, 0, -1), 2),
      [
        0.11702127659574468, -0.2872340425531914, 0.20212765957446807, 0.27659574468085096,
        -0.06382978723404252, -0.29787234042553185,
      ],
    )
    const inverse = [
      0.3936170212765957, -0.1382978723404255, 0.14893617021276592, -0.1382978723404255,
      0.17021276595744678, -0.10638297872340423, 0.14893617021276592, -0.10638297872340423,
      0.19148936170212763,
    ]
    expectClose(choleskyInverse(factor, 3).inverse, inverse)
    expectClose(choleskyInverse(transpose(factor, 3, 3), 3, { upper: true }).inverse, inverse)
  })

  it('read one triangle only', () => {
    const dirty = Float64Array.from(FACTOR, (x, i) => (i % 3 > Math.floor(i / 3) ? 99 : x))
    const b = randomMatrix(1, 3, 2)
    expectClose(multiply(P, choleskySolve(dirty, 3, b, 2), 3, 3, 2), b)
    expectClose(multiply(P, choleskyInverse(dirty, 3).inverse, 3, 3, 3), identity(3))
  })

  it('report a zero on the diagonal', () => {
    expect(choleskyInverse(new Float64Array(4), 2).info).toBe(1)
  })
})
