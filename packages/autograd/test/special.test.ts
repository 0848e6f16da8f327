import '@sconce/backend-cpu'
import { grad } from '@sconce/autograd'
import {
  igamma,
  igammac,
  masked,
  mvlgamma,
  polygamma,
  special,
  type Tensor,
  tensor,
} from '@sconce/core'
import { describe, expect, it, test } from 'vitest'

const leaf = (values: readonly number[]): Tensor =>
  tensor([...values], { dtype: 'float64', requiresGrad: true })

/** First and second derivatives of an elementwise function. */
function slopes(f: (x: Tensor) => Tensor, points: readonly number[]): [number[], number[]] {
  const x = leaf(points)
  const [first] = grad(f(x).sum(), x, { createGraph: true })
  const [second] = grad(first.sum(), x)
  return [first.toArray() as number[], second.toArray() as number[]]
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length)
  expected.forEach((e, i) => {
    expect(Math.abs(found[i] - e)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(e)))
  })
}

const of = (f: (x: Tensor) => Tensor, points: readonly number[]): number[] =>
  f(tensor([...points], { dtype: 'float64' })).toArray() as number[]

describe('Bessel functions', () => {
  // On both sides of 8, where the series change, and at it.
  const points = [-9, -2.5, 0, 0.4, 8, 20]
  const scaled = (x: Tensor) => x.abs().neg().exp()

  test('I0 has the slope I1', () => {
    const [first, second] = slopes(special.i0, points)
    expectClose(first, of(special.i1, points))
    // I1' = I0 - I1 / x, which is 1 / 2 at 0.
    expectClose(
      second,
      of((x) => special.i0(x).sub(special.i1(x).div(x)), points).map((v) =>
        Number.isNaN(v) ? 0.5 : v,
      ),
    )
  })

  test('scaled ones', () => {
    const others = points.filter((p) => p !== 0)
    expectClose(
      slopes(special.i0e, others)[0],
      of(
        (x) =>
          special
            .i1(x)
            .sub(x.sign().mul(special.i0(x)))
            .mul(scaled(x)),
        others,
      ),
    )
    const [atZero] = slopes(special.i1e, [0])
    expect(atZero).toEqual([0.5])
  })

  test('others have none', () => {
    const x = leaf([1])
    expect(special.besselJ0(x).requiresGrad).toBe(false)
    expect(special.airyAi(x).requiresGrad).toBe(false)
    expect(special.legendrePolynomialP(x, 3).requiresGrad).toBe(false)
  })
})

test('inverses have the inverse slope', () => {
  const points = [-0.8, 0.1, 0.6]
  const [first] = slopes(special.erfinv, points)
  const values = of(special.erfinv, points)
  expectClose(
    first,
    values.map((v) => (Math.sqrt(Math.PI) / 2) * Math.exp(v * v)),
  )
  const [quantile] = slopes(special.ndtri, [0.2, 0.7])
  expectClose(
    quantile,
    of(special.ndtri, [0.2, 0.7]).map((v) => Math.sqrt(2 * Math.PI) * Math.exp((v * v) / 2)),
  )
})

test('erfcx and entropy', () => {
  const points = [-1.5, 0.2, 3]
  const value = of(special.erfcx, points)
  const [first, second] = slopes(special.erfcx, points)
  const slope = points.map((x, i) => 2 * x * value[i] - 2 / Math.sqrt(Math.PI))
  expectClose(first, slope)
  expectClose(
    second,
    points.map((x, i) => 2 * value[i] + 2 * x * slope[i]),
  )
  expect(slopes(special.entr, [1, 2])).toEqual([
    [-1, -1 - Math.log(2)],
    [-1, -0.5],
  ])
})

describe('gamma functions', () => {
  it('polygamma has the next order as its slope, also in place', () => {
    const points = [-2.3, 0.4, 8]
    const [first, second] = slopes((x) => polygamma(2, x), points)
    expectClose(
      first,
      of((x) => polygamma(3, x), points),
    )
    expectClose(
      second,
      of((x) => polygamma(4, x), points),
    )
    const x = leaf([0.4])
    const [g] = grad(x.clone().polygamma_(2).sum(), x)
    expectClose(
      g.toArray() as number[],
      of((y) => polygamma(3, y), [0.4]),
    )
  })

  it('mvlgamma sums digammas', () => {
    expectClose(
      slopes((x) => mvlgamma(x, 2), [3])[0],
      of((x) => x.digamma().add(x.sub(0.5).digamma()), [3]),
    )
  })

  it('incomplete ones have a slope in the limit alone', () => {
    const [a, x] = [leaf([2.5]), leaf([1.5])]
    const density = Math.exp(1.5 * Math.log(1.5) - 1.5 - (a.lgamma().item() as number))
    expectClose(grad(igamma(a, x).sum(), x)[0].toArray() as number[], [density])
    expectClose(grad(igammac(a, x).sum(), x)[0].toArray() as number[], [-density])
    expect(() => grad(igamma(a, x).sum(), a)).toThrow(
      "the derivative for 'igamma: input' is not implemented.",
    )
  })

  it('zeta has a slope in the second argument alone', () => {
    const q = leaf([0.7])
    const [g] = grad(special.zeta(2.5, q).sum(), q)
    expectClose(g.toArray() as number[], [-2.5 * special.zeta(3.5, q).item()])
    const s = leaf([3])
    expect(() => grad(special.zeta(s, q).sum(), s)).toThrow(
      "the derivative for 'zeta' is not implemented.",
    )
  })
})

test('xlog1py has no slope at its limit', () => {
  const [x, y] = [leaf([0, 0, 2]), leaf([-1, 1, 1])]
  const [gx, gy] = grad(special.xlog1py(x, y).sum(), [x, y])
  expectClose(gx.toArray() as number[], [0, Math.LN2, Math.LN2])
  expect((gy.toArray() as number[]).slice(1)).toEqual([0, 1])
})

test('masked elements get no gradient', () => {
  const x = leaf([1, 2, 3])
  const [g] = grad(masked.prod(x, 0, { mask: tensor([true, false, true]) }), x)
  expect(g.toArray()).toEqual([3, 0, 1])
})

test('the running log of sums of exponentials is twice differentiable', () => {
  const x = leaf([0.3, -0.5, 1.2, 0.1])
  const weights = tensor([0.5, 0.8, 1.1, 1.5], { dtype: 'float64' })
  const [first] = grad(x.logcumsumexp(0).mul(weights).sum(), x, { createGraph: true })
  const [second] = grad(first.mul(weights).sum(), x)
  // Recorded from PyTorch.
  const expected = [-0.33031759, 0.00668726, 0.19734307, 0.12628728]
  ;(second.toArray() as number[]).forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i], 7)
  })
})
