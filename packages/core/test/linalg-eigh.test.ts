import { describe, expect, it } from 'vitest'
import { eigh, eigvalsh, identity, multiply, symmetric } from '../src/linalg/index.ts'
import {
  diagonal,
  expectClose,
  gram,
  hilbert,
  matrix,
  ofRank,
  randomMatrix,
} from './linalg-helpers.ts'

const S = matrix([
  [4, 1, -2, 2],
  [1, 2, 0, 1],
  [-2, 0, 3, -2],
  [2, 1, -2, -1],
])
const VALUES = [-2.1975169774394243, 1.0843644637732166, 2.2685314064312423, 6.844621107234965]
const VECTORS = [
  -0.17670517062447652, -0.6422600067660328, -0.20171109662094225, -0.7180459594506796,
  -0.17810046990630077, 0.5441878481946866, -0.7894499124874398, -0.2211529881551807,
  0.28766803431970117, -0.520221850938615, -0.5796341693167877, 0.5573513771375096,
  0.9242849167461132, 0.14398227457619128, -0.010280998686330478, -0.3533564748939929,
]

/** A V = V diag(w), V orthogonal, w ascending. */
function expectDecomposition(a: Float64Array, n: number, upper = false) {
  const { values, vectors, info } = eigh(a, n, { upper })
  expect(info).toBe(0)
  const full = symmetric(a, n, upper)
  expectClose(gram(vectors!, n, n), identity(n), 1e-13)
  const scaled = vectors!.map((x, i) => x * values[i % n])
  const product = multiply(full, vectors!, n, n, n)
  const size = Math.max(1e-300, ...full.map(Math.abs))
  product.forEach((x, i) => {
    expect(Math.abs(x - scaled[i]) / size).toBeLessThan(1e-13)
  })
  for (let i = 1; i < n; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1])
  const alone = eigvalsh(a, n, { upper })
  alone.values.forEach((x, i) => {
    expect(Math.abs(x - values[i]) / size).toBeLessThan(1e-13)
  })
}

describe('eigh', () => {
  it('has the values and the signs of torch.linalg.eigh', () => {
    const { values, vectors } = eigh(S, 4)
    expectClose(values, VALUES)
    expectClose(vectors!, VECTORS)
  })

  it('reduces the upper triangle from its end, as LAPACK does, which turns signs', () => {
    const { values, vectors } = eigh(S, 4, { upper: true })
    expectClose(values, VALUES)
    expectClose(
      vectors!,
      VECTORS.map((x, i) => (i % 4 === 3 ? -x : x)),
    )
  })

  it('reads one triangle only', () => {
    const a = matrix([
      [4, 1, 2],
      [2, 5, 3],
      [1, 2, 6],
    ])
    // torch.linalg.eigvalsh(a), and with UPLO='U'
    expectClose(eigvalsh(a, 3).values, [2.36, 4.1354, 8.5047], 1e-5)
    expectClose(eigvalsh(a, 3, { upper: true }).values, [2.1944, 3.3868, 9.4188], 1e-5)
  })

  it.each([0, 1, 2, 3, 10, 33])('decomposes a random matrix of order %i', (n) => {
    expectDecomposition(randomMatrix(n + 7, n, n), n)
    expectDecomposition(randomMatrix(n + 7, n, n), n, true)
  })

  it('decomposes what is repeated, singular, diagonal or ill-conditioned', () => {
    expectDecomposition(identity(6), 6)
    expectDecomposition(new Float64Array(25), 5)
    expectDecomposition(diagonal([3, -1, 3, 0, -1], 5), 5)
    expectDecomposition(hilbert(12), 12)
    expectDecomposition(new Float64Array(49).fill(2), 7)
    const b = ofRank(2, 9, 9, 2)
    expectDecomposition(symmetric(b, 9, false), 9)
    const ladder = symmetric(randomMatrix(3, 8, 8), 8, false).map(
      (x, i) => x * 10 ** -((i % 8) + Math.floor(i / 8)),
    )
    expectDecomposition(ladder, 8)
  })

  it.each([1e-200, 1e200])('scales a matrix with elements of size %d', (size) => {
    const { values, vectors } = eigh(
      S.map((x) => x * size),
      4,
    )
    expectClose(
      values.map((x) => x / size),
      VALUES,
    )
    expectClose(vectors!, VECTORS)
  })

  it('takes the steps of float32 for the signs of float32, to the accuracy of float32', () => {
    for (let seed = 0; seed < 20; seed++) {
      const a = symmetric(randomMatrix(seed, 6, 6), 6, false)
      const fine = eigh(a, 6)
      const { values, vectors } = eigh(a, 6, { eps: 2 ** -23 })
      expectClose(values, fine.values, 1e-7)
      expectClose(vectors!.map(Math.abs), fine.vectors!.map(Math.abs), 1e-5)
    }
  })

  it('answers NaN to a matrix that is not finite', () => {
    const { values, vectors } = eigh(
      matrix([
        [Number.NaN, 1],
        [1, 2],
      ]),
      2,
    )
    expect([...values, ...vectors!].every(Number.isNaN)).toBe(true)
    expect(
      eigvalsh(
        matrix([
          [Infinity, 1],
          [1, 2],
        ]),
        2,
      ).values.every(Number.isNaN),
    ).toBe(true)
    // Only the triangle that is read counts.
    expect(
      eigvalsh(
        matrix([
          [1, Number.NaN],
          [0, 2],
        ]),
        2,
      ).values,
    ).toEqual(Float64Array.of(1, 2))
  })
})
