import { describe, expect, it } from 'vitest'
import {
  geqrf,
  hessenberg,
  householderProduct,
  identity,
  multiply,
  ormqr,
  pivotedQr,
  qr,
  transpose,
} from '../src/linalg/index.ts'
import { expectClose, gram, hilbert, matrix, ofRank, randomMatrix } from './linalg-helpers.ts'

const TALL = matrix([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [2, -1, 0],
])
const Q = [
  -0.11952286093343933, -0.26977576305369044, 0.9514269891384611, -0.47809144373375745,
  -0.19390132969484042, -0.19214486425597455, -0.8366600265340756, -0.11802689633598974,
  -0.08987421070037649, -0.23904572186687872, 0.9357846780924902, 0.22313597139403646,
]
const R = [
  -8.366600265340756, -9.08373743094139, -11.593717510543618, 0, -3.3890580233619905,
  -3.1530042306900117, 0, 0, 0.8026696748757718,
]

describe('qr', () => {
  it('has the values and signs of torch.linalg.qr', () => {
    const { q, r, k } = qr(TALL, 4, 3)
    expect(k).toBe(3)
    expectClose(q!, Q)
    expectClose(r, R)
    const complete = qr(TALL, 4, 3, 'complete')
    expectClose(
      [3, 7, 11, 15].map((i) => complete.q![i]),
      [0.08787495503274793, 0.8348120728111192, -0.527249730196496, 0.13181243254912375],
    )
    expectClose(complete.r, [...R, 0, 0, 0])
    expect(qr(TALL, 4, 3, 'r')).toEqual({ r, k })
  })

  it('takes wide matrices', () => {
    const { q, r } = qr(transpose(TALL, 4, 3), 3, 4)
    expectClose(q!.subarray(0, 3), [-0.2672612419124243, 0.8728715609439696, 0.40824829046386285])
    expectClose(
      r,
      [
        -3.7416573867739413, -8.55235974119758, -14.16484582135849, 0, 0, 1.963961012123933,
        3.4914862437758787, 1.527525231651947, 0, 0, 0.4082482904638618, 1.632993161855452,
      ],
    )
  })

  it('leaves a column alone that needs no reflection', () => {
    expect(
      qr(
        matrix([
          [3, 1],
          [0, 2],
        ]),
        2,
        2,
      ),
    ).toEqual({
      q: identity(2),
      r: Float64Array.of(3, 1, 0, 2),
      k: 2,
    })
    expect(qr(matrix([[-5]]), 1, 1)).toEqual({
      q: Float64Array.of(1),
      r: Float64Array.of(-5),
      k: 1,
    })
  })

  it.each([
    [0, 3, 'random'],
    [3, 0, 'random'],
    [1, 1, 'random'],
    [9, 4, 'random'],
    [4, 9, 'random'],
    [12, 12, 'random'],
    [10, 8, 'rank 3'],
    [8, 10, 'rank 3'],
    [9, 9, 'ill-conditioned'],
    [5, 5, 'zero'],
  ])('is orthogonal and reconstructs: %i by %i, %s', (m, n, kind) => {
    const a =
      kind === 'rank 3'
        ? ofRank(5, m, n, 3)
        : kind === 'zero'
          ? new Float64Array(m * n)
          : kind === 'ill-conditioned'
            ? hilbert(n)
            : randomMatrix(m + n, m, n)
    for (const mode of ['reduced', 'complete'] as const) {
      const { q, r, k } = qr(a, m, n, mode)
      expectClose(gram(q!, m, k), identity(k), 1e-14)
      expectClose(multiply(q!, r, m, k, n), a, 1e-14)
      for (let i = 0; i < k; i++)
        for (let j = 0; j < Math.min(i, n); j++) expect(r[i * n + j]).toBe(0)
    }
  })

  it.each([1e-300, 1e-160, 1e160, 1e300])('survives numbers of size %d', (size) => {
    const small = TALL.map((x) => x * size)
    const { q, r } = qr(small, 4, 3)
    expectClose(q!, Q)
    expectClose(
      r.map((x) => x / size),
      R,
    )
  })
})

describe('geqrf, householderProduct and ormqr', () => {
  const { a, tau } = geqrf(TALL, 4, 3)
  const B = Float64Array.of(1, 0, 2, 1, 0, -1, 3, 2)
  const QB = [
    -0.3954495219425773, -1.045452842126656, 1.6385421153099198, 1.6678676801833725,
    -2.6544630097955437, -1.0826521460286052, 2.027960931965472, 0.976273571796701,
  ]

  it('have the values of torch.geqrf, orgqr and ormqr', () => {
    expectClose(tau, [1.1195228609334393, 1.0786937814227349, 1.8472831464924333])
    expectClose(a.subarray(3, 6), [0.42704929074439163, -3.3890580233619905, -3.1530042306900117])
    expectClose(householderProduct(a, 4, 3, tau), Q)
    expectClose(ormqr(a, 3, tau, B, 4, 2), QB)
    const right = ormqr(a, 3, tau, transpose(B, 4, 2), 2, 4, { left: false, transpose: true })
    expectClose(right, transpose(Float64Array.from(QB), 4, 2))
  })

  it('multiply with the transpose from either side', () => {
    const full = householderProduct(a, 4, 3, tau, 4)
    const qt = transpose(full, 4, 4)
    expectClose(ormqr(a, 3, tau, B, 4, 2, { transpose: true }), multiply(qt, B, 4, 4, 2))
    const wide = transpose(B, 4, 2)
    expectClose(ormqr(a, 3, tau, wide, 2, 4, { left: false }), multiply(wide, full, 2, 4, 4))
  })

  it('take fewer reflectors than columns', () => {
    expectClose(householderProduct(a, 4, 3, new Float64Array(0)), identity(4, 3))
    const one = householderProduct(a, 4, 3, tau.subarray(0, 1))
    expectClose(
      [0, 3, 6, 9].map((i) => one[i]),
      [0, 3, 6, 9].map((i) => Q[i]),
    )
  })
})

describe('pivotedQr', () => {
  it('takes the longest column first and reconstructs', () => {
    const m = 7
    const n = 5
    const a = ofRank(8, m, n, 3)
    const packed = pivotedQr(a, m, n)
    const diagonal = Array.from({ length: n }, (_, i) => Math.abs(packed.a[i * n + i]))
    for (let i = 1; i < n; i++) expect(diagonal[i]).toBeLessThanOrEqual(diagonal[i - 1])
    expect(diagonal[3]).toBeLessThan(1e-14)
    const q = householderProduct(packed.a, m, n, packed.tau)
    const r = packed.a.slice(0, n * n).map((x, i) => (i % n < Math.floor(i / n) ? 0 : x))
    const product = multiply(q, r, m, n, n)
    const ordered = Float64Array.from(
      product,
      (_, i) => a[Math.floor(i / n) * n + packed.order[i % n]],
    )
    expectClose(product, ordered)
  })
})

describe('hessenberg', () => {
  it.each([1, 2, 3, 8])(
    'is similar to a matrix of order %i and zero below the subdiagonal',
    (n) => {
      const a = randomMatrix(n + 50, n, n)
      const { h, q } = hessenberg(a, n)
      expectClose(gram(q, n, n), identity(n), 1e-14)
      expectClose(multiply(multiply(q, h, n, n, n), transpose(q, n, n), n, n, n), a)
      for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) expect(h[i * n + j]).toBe(0)
    },
  )
})
