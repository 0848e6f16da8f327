import { describe, expect, it } from 'vitest'
import { identity, multiply, svd, svdvals, transpose } from '../src/linalg/index.ts'
import {
  diagonal,
  expectClose,
  gram,
  hilbert,
  matrix,
  ofRank,
  randomMatrix,
} from './linalg-helpers.ts'

const TALL = matrix([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [2, -1, 0],
])
const S = [17.41662127939549, 2.3111929504997377, 0.5654116692010772]

function expectDecomposition(a: Float64Array, m: number, n: number) {
  const k = Math.min(m, n)
  for (const fullMatrices of [true, false]) {
    const { u, s, vh, info } = svd(a, m, n, { fullMatrices })
    const ku = fullMatrices ? m : k
    const kv = fullMatrices ? n : k
    expect([info, u.length, s.length, vh.length]).toEqual([0, m * ku, k, kv * n])
    expectClose(gram(u, m, ku), identity(ku), 1e-13)
    expectClose(gram(transpose(vh, kv, n), n, kv), identity(kv), 1e-13)
    const product = multiply(multiply(u, diagonal(s, ku, kv), m, ku, kv), vh, m, kv, n)
    const size = s[0] || 1
    product.forEach((x, i) => {
      expect(Math.abs(x - a[i]) / size).toBeLessThan(1e-13)
    })
    for (let i = 0; i < k; i++) expect(s[i]).toBeLessThanOrEqual(i ? s[i - 1] : Infinity)
    expect(s.every((x) => x >= 0 && !Object.is(x, -0))).toBe(true)
    svdvals(a, m, n).s.forEach((x, i) => {
      expect(Math.abs(x - s[i]) / size).toBeLessThan(1e-14 * (k + 1))
    })
  }
}

describe('svd', () => {
  it('has the values and signs of torch.linalg.svd: bidiagonalised at once', () => {
    const { u, s, vh } = svd(TALL, 4, 3, { fullMatrices: false })
    expectClose(s, S)
    expectClose(
      u,
      [
        -0.2091878935298126, 0.2901550495440905, 0.9296926721786174, -0.503706161264172,
        0.06490302993085324, -0.21250059505589497, -0.8378784025978323, -0.08658814545243927,
        -0.11166914316378485, -0.021915993365031805, -0.9508418044012199, 0.2793654145797907,
      ],
      1e-12,
    )
    expectClose(
      vh,
      [
        -0.4669673418875468, -0.5522321273745895, -0.6906382404021764, -0.8471960150616745,
        0.5031868452492008, 0.1704755432071594, -0.25337800550580186, -0.6647124763862133,
        0.7028206812995828,
      ],
      1e-12,
    )
  })

  it('… from a lower bidiagonal matrix', () => {
    const { u, s, vh } = svd(transpose(TALL, 4, 3), 3, 4, { fullMatrices: false })
    expectClose(s, S)
    expectClose(
      u,
      [
        0.4669673418875467, 0.8471960150616742, -0.25337800550580175, 0.5522321273745895,
        -0.5031868452492005, -0.6647124763862132, 0.6906382404021763, -0.1704755432071593,
        0.7028206812995826,
      ],
      1e-12,
    )
    expectClose(
      vh.subarray(0, 4),
      [0.2091878935298126, 0.503706161264172, 0.8378784025978324, 0.02191599336503175],
      1e-12,
    )
  })

  it('… after an LQ step, with all right vectors', () => {
    const { u, s, vh } = svd(
      matrix([
        [1, 3, 5, -1],
        [2, 4, 6, 2],
      ]),
      2,
      4,
    )
    expectClose(s, [9.575001792985896, 2.0783023515159895])
    expectClose(
      u,
      [-0.602195513144453, -0.7983486481160277, -0.7983486481160277, 0.602195513144453],
    )
    expectClose(
      vh,
      [
        -0.22964933656589936, -0.5221911431452861, -0.8147329497246728, -0.10386439653892482,
        0.19537214009150072, 0.006609292540957268, -0.1821535550095865, 0.9636421153755915,
        -0.8641480892072665, -0.2411300334126445, 0.36674329318471954, 0.2461782764783967,
        0.4029131283668223, -0.8180030771697282, 0.41052364113937456, 0.0015221025545104905,
      ],
      1e-12,
    )
  })

  it('puts the sign of a single value into the left vector', () => {
    expect(svd(matrix([[-3]]), 1, 1)).toEqual({
      u: Float64Array.of(-1),
      s: Float64Array.of(3),
      vh: Float64Array.of(1),
      info: 0,
    })
  })

  it.each([
    [0, 3],
    [3, 0],
    [1, 1],
    [1, 6],
    [6, 1],
    [5, 5],
    [7, 6],
    [6, 7],
    [11, 5],
    [5, 11],
    [30, 30],
  ])('decomposes a random %i by %i matrix', (m, n) => {
    expectDecomposition(randomMatrix(m * 7 + n, m, n), m, n)
  })

  it('decomposes what is repeated, singular, diagonal or ill-conditioned', () => {
    expectDecomposition(identity(5), 5, 5)
    expectDecomposition(new Float64Array(12), 4, 3)
    expectDecomposition(new Float64Array(12), 3, 4)
    expectDecomposition(diagonal([2, -2, 0, 5], 4), 4, 4)
    expectDecomposition(ofRank(11, 8, 6, 2), 8, 6)
    expectDecomposition(ofRank(12, 6, 20, 3), 6, 20)
    expectDecomposition(hilbert(12), 12, 12)
    expectDecomposition(new Float64Array(30).fill(3), 5, 6)
    // A Jordan block with a zero on its diagonal.
    expectDecomposition(
      matrix([
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ]),
      3,
      3,
    )
  })

  it('keeps small singular values of a graded matrix', () => {
    const graded = matrix([
      [1, 1, 0],
      [0, 1e-10, 1e-10],
      [0, 0, 1e-20],
    ])
    // Their product is the determinant, 1e-30.
    const { s } = svdvals(graded, 3, 3)
    expectClose([s[0] * s[1] * s[2] * 1e30], [1], 1e-14)
  })

  it.each([1e-200, 1e200])('scales a matrix with elements of size %d', (size) => {
    const { s } = svd(
      TALL.map((x) => x * size),
      4,
      3,
    )
    expectClose(
      s.map((x) => x / size),
      S,
    )
  })

  it('reports a NaN, and answers NaN to an infinity', () => {
    expect(
      svd(
        matrix([
          [Number.NaN, 1],
          [1, 2],
        ]),
        2,
        2,
      ).info,
    ).toBe(-4)
    expect(svdvals(matrix([[1, Number.NaN]]), 1, 2).info).toBe(-4)
    const { s, info } = svd(
      matrix([
        [Infinity, 1],
        [1, 2],
      ]),
      2,
      2,
    )
    expect(info).toBe(0)
    expect(s.every(Number.isNaN)).toBe(true)
  })
})
