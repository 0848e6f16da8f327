import { describe, expect, test } from 'vitest'
import { applySigns, compareDecomposition, signsOf } from '../../src/compare/decompositions.ts'

const f64 = (shape: number[], values: number[]) =>
  ({ dtype: 'float64', shape, data: new Float64Array(values) }) as const

const [c, s] = [0.6, 0.8]
const rotation = f64([2, 2], [c, -s, s, c])
const flipped = f64([2, 2], [-c, -s, -s, c])
const identity = f64([2, 2], [1, 0, 0, 1])

describe('svd', () => {
  const expected = [rotation, f64([2], [3, 1]), identity]

  test('vectors may point the other way, if both factors agree', () => {
    const actual = [flipped, expected[1], f64([2, 2], [-1, 0, 0, 1])]
    expect(compareDecomposition('svd', actual, expected)).toMatchObject({ ok: true, ulp: 0 })
    expect(compareDecomposition('linalg.svd', actual, expected).ok).toBe(true)
    const wrong = [flipped, expected[1], identity]
    expect(compareDecomposition('svd', wrong, expected).ok).toBe(false)
  })

  test('other values are told', () => {
    const actual = [rotation, f64([2], [3, 1.5]), identity]
    expect(compareDecomposition('svd', actual, expected).message).toMatch(/^output 1: 1 of 2/)
  })

  test('vectors of a repeated value may be any basis', () => {
    const twins = [rotation, f64([2], [2, 2]), identity]
    const turned = [identity, f64([2], [2, 2]), f64([2, 2], [c, s, -s, c])]
    expect(compareDecomposition('svd', turned, twins).ok).toBe(true)
    const skewed = [f64([2, 2], [2, 0, 0, 1]), f64([2], [2, 2]), f64([2, 2], [c / 2, s, -s / 2, c])]
    expect(compareDecomposition('svd', skewed, twins).ok).toBe(false)
  })

  test('a completed basis may be any', () => {
    const r = Math.SQRT1_2
    const full = (u: number[]) => [f64([3, 3], u), f64([1], [2]), f64([1, 1], [1])]
    const one = full([1, 0, 0, 0, 1, 0, 0, 0, 1])
    const other = full([1, 0, 0, 0, r, -r, 0, r, r])
    expect(compareDecomposition('linalg.svd', other, one).ok).toBe(true)
    const broken = full([1, 0, 0, 0, 1, 1, 0, 0, 0])
    expect(compareDecomposition('linalg.svd', broken, one).ok).toBe(false)
  })

  test('each matrix of a batch has its own signs', () => {
    const batch = (a: number[], b: number[]) => f64([2, 2, 2], [...a, ...b])
    const [plain, turned] = [
      [1, 0, 0, 1],
      [1, 0, 0, -1],
    ]
    const values = f64([2, 2], [3, 1, 3, 1])
    const want = [batch(plain, plain), values, batch(plain, plain)]
    const got = [batch(plain, turned), values, batch(plain, turned)]
    expect(signsOf('svd', got, want)?.values).toEqual(new Float64Array([1, 1, 1, -1]))
    expect(compareDecomposition('svd', got, want).ok).toBe(true)
  })
})

describe('qr', () => {
  const expected = [rotation, f64([2, 2], [5, 1, 0, 2])]

  test('columns of Q change sign with rows of R', () => {
    expect(compareDecomposition('qr', [flipped, f64([2, 2], [-5, -1, 0, 2])], expected).ok).toBe(
      true,
    )
    expect(compareDecomposition('qr', [flipped, expected[1]], expected).ok).toBe(false)
  })

  test('mode r has no Q', () => {
    const none = f64([0], [])
    const actual = [none, f64([2, 2], [-5, -1, 0, 2])]
    expect(compareDecomposition('linalg.qr', actual, [none, expected[1]]).ok).toBe(true)
  })
})

test('eigh: eigenvalues are fixed, eigenvectors up to sign', () => {
  const expected = [f64([2], [1, 4]), rotation]
  expect(compareDecomposition('linalg.eigh', [expected[0], flipped], expected).ok).toBe(true)
  expect(compareDecomposition('linalg.eigh', [expected[0], identity], expected).ok).toBe(false)
})

test('cotangents are flipped as the vectors are', () => {
  const expected = [f64([2], [1, 4]), rotation]
  const signs = signsOf('linalg.eigh', [expected[0], flipped], expected)!
  const [values, vectors] = applySigns([f64([2], [1, 2]), f64([2, 2], [1, 2, 3, 4])], signs)
  expect([...values.data]).toEqual([1, 2])
  expect([...vectors.data]).toEqual([-1, 2, -3, 4])
})

test('empty matrices and other ops are compared as they are', () => {
  const empty = [f64([0, 0], []), f64([0], []), f64([3, 0], [])]
  expect(compareDecomposition('svd', empty, empty).ok).toBe(true)
  expect(signsOf('linalg.lstsq', [rotation], [rotation])).toBeUndefined()
  expect(compareDecomposition('linalg.lstsq', [flipped], [rotation]).ok).toBe(false)
  expect(compareDecomposition('svd', [rotation], empty).message).toBe('expected 3 outputs, got 1')
})
