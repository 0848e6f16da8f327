import { describe, expect, it } from 'vitest'
import {
  eig,
  eigvals,
  identity,
  multiply,
  schur,
  symmetric,
  transpose,
} from '../src/linalg/index.ts'
import { expectClose, gram, matrix, ofRank, randomMatrix } from './linalg-helpers.ts'

/** A x = λ x for every pair, with |x| = 1. */
function expectPairs(a: Float64Array, n: number) {
  const { re, im, vectorsRe, vectorsIm, info } = eig(a, n)
  expect(info).toBe(0)
  const ax = multiply(a, vectorsRe, n, n, n)
  const ay = multiply(a, vectorsIm, n, n, n)
  const size = Math.max(1e-300, ...a.map(Math.abs))
  for (let j = 0; j < n; j++) {
    let length = 0
    for (let i = 0; i < n; i++) {
      const [x, y] = [vectorsRe[i * n + j], vectorsIm[i * n + j]]
      length = Math.hypot(length, x, y)
      expect(Math.abs(ax[i * n + j] - re[j] * x + im[j] * y) / size).toBeLessThan(1e-12)
      expect(Math.abs(ay[i * n + j] - re[j] * y - im[j] * x) / size).toBeLessThan(1e-12)
    }
    expect(length).toBeCloseTo(1, 12)
  }
}

describe('eig', () => {
  it('has the values of torch.linalg.eigvals', () => {
    const { re, im } = eigvals(
      matrix([
        [2, -1, 3, 1],
        [4, 1, -2, 0],
        [-3, 5, 1, 2],
        [1, 0, 2, -4],
      ]),
      4,
    )
    const pairs = Array.from(re, (x, i) => [x, im[i]]).sort((p, q) => p[0] - q[0] || p[1] - q[1])
    expectClose(pairs.flat(), [-4.6222, 0, 0.436, -4.9905, 0.436, 4.9905, 3.7502, 0], 2e-5)
  })

  it('finds a rotation’s pair, the positive part first', () => {
    const { re, im } = eigvals(
      matrix([
        [0, -2],
        [2, 0],
      ]),
      2,
    )
    expectClose([...re, ...im], [0, 0, 2, -2])
  })

  it.each([0, 1, 2, 3, 4, 5, 8, 13, 30])('finds pairs of a random matrix of order %i', (n) => {
    expectPairs(randomMatrix(n + 70, n, n), n)
  })

  it('finds pairs of what is repeated, defective, singular or cyclic', () => {
    expectPairs(identity(4), 4)
    expectPairs(new Float64Array(9), 3)
    expectPairs(
      matrix([
        [2, 1, 0],
        [0, 2, 1],
        [0, 0, 2],
      ]),
      3,
    )
    expectPairs(ofRank(4, 7, 7, 3), 7)
    // A cyclic permutation has the roots of one: the shifts of a QR step do not move it.
    const cycle = new Float64Array(25)
    for (let i = 0; i < 5; i++) cycle[i * 5 + ((i + 1) % 5)] = 1
    expectPairs(cycle, 5)
    const { re, im } = eigvals(cycle, 5)
    re.forEach((x, i) => {
      expect(Math.hypot(x, im[i])).toBeCloseTo(1, 12)
    })
    expectPairs(
      randomMatrix(1, 6, 6).map((x) => x * 1e200),
      6,
    )
    expectPairs(
      randomMatrix(1, 6, 6).map((x) => x * 1e-200),
      6,
    )
  })

  it('finds real values of a symmetric matrix', () => {
    const { im } = eigvals(symmetric(randomMatrix(5, 9, 9), 9, false), 9)
    expect(im.every((x) => x === 0)).toBe(true)
  })

  it('answers NaN to a matrix that is not finite', () => {
    expect(
      eig(
        matrix([
          [Number.NaN, 1],
          [1, 2],
        ]),
        2,
      ).re.every(Number.isNaN),
    ).toBe(true)
  })
})

describe('schur', () => {
  it.each([1, 2, 5, 12])('is similar to a random matrix of order %i, in blocks', (n) => {
    const a = randomMatrix(n + 90, n, n)
    const { t, q, im } = schur(a, n)
    expectClose(gram(q, n, n), identity(n), 1e-13)
    expectClose(multiply(multiply(q, t, n, n, n), transpose(q, n, n), n, n, n), a, 1e-13)
    for (let i = 1; i < n; i++) {
      for (let j = 0; j < i - 1; j++) expect(t[i * n + j]).toBe(0)
      if (im[i] >= 0) expect(t[i * n + i - 1]).toBe(0)
    }
  })
})
