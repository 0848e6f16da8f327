import '@sconce/backend-cpu'
import { igamma, igammac, mvlgamma, polygamma, special, type Tensor, tensor } from '@sconce/core'
import { describe, expect, it, test } from 'vitest'

/** Values to 40 digits from mpmath, rounded to doubles. */
const values: readonly (readonly [keyof typeof special, readonly number[], readonly number[]])[] = [
  [
    'airyAi',
    [-8.3, -1.5, 0, 1.2, 2.5, 9],
    [
      -0.2822317599588306, 0.4642565777488694, 0.3550280538878172, 0.10612576226331254,
      0.01572592338047049, 2.47116843087249e-9,
    ],
  ],
  [
    'besselJ0',
    [-6.5, 0, 2.5, 12],
    [0.26009460558160635, 1, -0.048383776468198, 0.047689310796833535],
  ],
  [
    'besselJ1',
    [-6.5, 0, 2.5, 12],
    [0.15384130140997185, 0, 0.49709410246427405, -0.2234471044906276],
  ],
  ['besselY0', [0.3, 4.2, 12], [-0.8072735778045195, -0.09375120131443461, -0.22523731263436142]],
  ['besselY1', [0.3, 4.2, 12], [-2.293105138388529, 0.36801280785417506, -0.05709921826089652]],
  ['modifiedBesselI0', [-3.5, 0, 9.5], [7.3782034322254795, 1, 1753.4809905273228]],
  ['modifiedBesselI1', [-3.5, 0, 9.5], [-6.205834922258365, 0, 1658.4530777821342]],
  [
    'modifiedBesselK0',
    [0.2, 1.9, 7.5],
    [1.752703855528146, 0.1288459792760475, 0.00024917761635611437],
  ],
  [
    'modifiedBesselK1',
    [0.2, 1.9, 7.5],
    [4.7759725432204725, 0.15966015303266762, 0.00026529739012528955],
  ],
  [
    'scaledModifiedBesselK0',
    [0.2, 1.9, 75],
    [2.140757323380041, 0.8614506167517557, 0.14448083487112737],
  ],
  [
    'scaledModifiedBesselK1',
    [0.2, 1.9, 75],
    [5.833386037186726, 1.06747092981457, 0.14544087169291156],
  ],
  ['sphericalBesselJ0', [-2.5, 0, 0.3], [0.2393888576415826, 1, 0.9850673555377986]],
  ['i0e', [-3.5, 0, 60], [0.22280243801077915, 1, 0.05161154917360984]],
  ['i1e', [-3.5, 0, 60], [-0.18739997660305, 0, 0.05117963018902872]],
  ['entr', [0.2, 1.5], [0.3218875824868201, -0.6081976621622466]],
  [
    'erfcx',
    [-3, -0.2, 0.3, 2.5, 40],
    [
      16205.988853999586, 1.2726020284831956, 0.7345993345676551, 0.2108063640611436,
      0.014100335983377814,
    ],
  ],
  ['ndtr', [-9, -1, 0.5], [1.1285884059538405e-19, 0.15865525393145705, 0.6914624612740131]],
  ['logNdtr', [-30, -1, 0.5], [-454.3212439563432, -1.8410216450092636, -0.3689464152886564]],
  [
    'ndtri',
    [1e-20, 0.05, 0.4, 0.99],
    [-9.262340089798153, -1.6448536269514726, -0.2533471031357998, 2.326347874040841],
  ],
  [
    'erfinv',
    [-0.9, -0.2, 0.5, 0.999],
    [-1.163087153676674, -0.1791434546212917, 0.4769362762044699, 2.3267537655135246],
  ],
]

function expectClose(found: Tensor, expected: readonly number[], relative: number): void {
  const numbers = found.toArray() as number[]
  expect(numbers).toHaveLength(expected.length)
  expected.forEach((e, i) => {
    if (Number.isFinite(e)) {
      expect(Math.abs(numbers[i] - e)).toBeLessThanOrEqual(relative * Math.max(Math.abs(e), 1e-20))
    } else expect(numbers[i]).toBe(e)
  })
}

describe.each(values)('%s', (name, points, expected) => {
  const f = special[name] as (x: Tensor) => Tensor

  it('is exact in float64', () => {
    expectClose(f(tensor([...points], { dtype: 'float64' })), expected, 4e-14)
  })

  it('is good in float32', () => {
    const found = f(tensor([...points]))
    expect(found.dtype).toBe('float32')
    const numbers = found.toArray() as number[]
    expected.forEach((e, i) => {
      expect(Math.abs(numbers[i] - e)).toBeLessThanOrEqual(2e-6 + 5e-6 * Math.abs(e))
    })
  })

  it('takes integers as floats', () => {
    expect(f(tensor([1, 2], { dtype: 'int32' })).dtype).toBe('float32')
  })
})

const edges = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0]
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

test.each([
  ['airyAi', [nan, nan, nan, 0.3550280538878172]],
  ['besselJ0', [nan, nan, nan, 1]],
  ['besselY1', [nan, nan, nan, -inf]],
  ['modifiedBesselK0', [0, nan, nan, inf]],
  ['sphericalBesselJ0', [0, 0, nan, 1]],
  ['i0e', [0, 0, nan, 1]],
  ['entr', [-inf, -inf, nan, 0]],
  ['erfcx', [0, inf, nan, 1]],
  ['ndtri', [nan, nan, nan, -inf]],
  ['logNdtr', [-0, -inf, nan, -Math.LN2]],
] as const)('%s at the edges', (name, expected) => {
  expectClose(special[name](tensor(edges, { dtype: 'float64' })), expected, 1e-15)
})

describe('polygamma', () => {
  const x = tensor([-2.3, 0.4, 8], { dtype: 'float64' })

  it('has positive and negative arguments', () => {
    // PyTorch's series of order 1 is shorter than the others.
    expectClose(
      polygamma(1, x),
      [14.725912160961279, 7.2753565905295974, 0.13313701469403143],
      1e-9,
    )
    expectClose(
      x.polygamma(2),
      [68.713792529270165, -32.239128623578357, -0.017699569195767774],
      1e-13,
    )
    expectClose(
      special.polygamma(5, x),
      [165660.05361165215, 29313.542469258769, 0.0009895100047713387],
      1e-13,
    )
  })

  it('is infinite at the poles, with the sign of its right side', () => {
    const poles = tensor([0, -1, -7])
    expect(polygamma(2, poles).toArray()).toEqual([-inf, -inf, -inf])
    expect(polygamma(3, poles).toArray()).toEqual([inf, inf, inf])
  })

  it('refuses a negative order', () => {
    expect(() => polygamma(-1, x)).toThrow('polygamma(n, x) does not support negative n.')
  })

  it('works in place, on floats', () => {
    const y = tensor([0.4], { dtype: 'float64' })
    expect(y.polygamma_(1)).toBe(y)
    expectClose(y, [7.2753565905295974], 1e-9)
    expect(() => tensor([1, 2], { dtype: 'int32' }).polygamma_(2)).toThrow(
      "result type Float can't be cast to the desired output type Int",
    )
  })
})

describe('mvlgamma', () => {
  it('sums log-gammas half a step apart', () => {
    const x = tensor([4, 5.5], { dtype: 'float64' })
    const constant = (3 * Math.log(Math.PI)) / 2
    const sum = x.lgamma().add(x.sub(0.5).lgamma()).add(x.sub(1).lgamma()).add(constant)
    expectClose(mvlgamma(x, 3), sum.toArray() as number[], 1e-15)
  })

  it('refuses p = 0 and bools', () => {
    expect(() => mvlgamma(tensor([1]), 0)).toThrow('p has to be greater than or equal to 1')
    expect(() => mvlgamma(tensor([true]), 1)).toThrow(
      'The input tensor may not be a boolean tensor.',
    )
  })
})

describe('incomplete gamma functions', () => {
  const [a, x] = [
    [0.5, 3, 30, 250, 3],
    [0.3, 5, 27, 260, 0.2],
  ].map((v) => tensor(v, { dtype: 'float64' }))

  it('are exact in each of their regions', () => {
    expectClose(
      igamma(a, x),
      [
        0.56142197391900014, 0.87534798051691886, 0.30653454547215743, 0.74061051739235273,
        0.0011484812448621326,
      ],
      2e-14,
    )
    expectClose(
      igammac(a, x),
      [
        0.43857802608099986, 0.12465201948308114, 0.69346545452784257, 0.25938948260764727,
        0.99885151875513787,
      ],
      2e-14,
    )
  })

  it('broadcast, promote and refuse integers', () => {
    const row = igamma(tensor([[1], [2]]), tensor([1, 2]))
    expect(row.shape).toEqual([2, 2])
    expect(igamma(tensor([1]), x.narrow(0, 0, 1)).dtype).toBe('float64')
    const integers = tensor([1], { dtype: 'int64' })
    expect(() => igamma(integers, integers)).toThrow(`"igamma_cpu" not implemented for 'Long'`)
  })

  it('have in-place forms with the checks of pointwise ops', () => {
    const y = tensor([1, 2])
    expect(y.igamma_(tensor([1, 1]))).toBe(y)
    expect((y.toArray() as number[])[0]).toBeCloseTo(1 - Math.exp(-1), 6)
    expect(() => tensor([1]).igamma_(tensor([1, 2]))).toThrow(
      "output with shape [1] doesn't match the broadcast shape [2]",
    )
    expect(() => tensor([1], { dtype: 'int64' }).igammac_(tensor([1.5]))).toThrow(
      "result type Float can't be cast to the desired output type Long",
    )
  })
})

describe('zeta', () => {
  it('takes tensors and numbers on either side', () => {
    const q = tensor([0.3, 1, 25], { dtype: 'float64' })
    const expected = [21.069239202247723, 1.3414872572509172, 0.0054959988815214593]
    expectClose(special.zeta(2.5, q), expected, 1e-15)
    expectClose(special.zeta(tensor([2.5], { dtype: 'float64' }), q), expected, 1e-15)
    expectClose(
      special.zeta(tensor([2, 4], { dtype: 'float64' }), 1),
      [Math.PI ** 2 / 6, Math.PI ** 4 / 90],
      1e-15,
    )
  })

  it('has a pole at 1 and nothing below', () => {
    expect(special.zeta(tensor([1, 0.5, 2, 2.5]), tensor([1, 1, -1, -1.5])).toArray()).toEqual([
      inf,
      nan,
      inf,
      nan,
    ])
  })
})

describe('orthogonal polynomials', () => {
  const x = tensor([-1, -0.3, 0.25, 1, 1.5], { dtype: 'float64' })

  // Coefficients of degree 3, highest first.
  test.each([
    ['chebyshevPolynomialT', [4, 0, -3, 0]],
    ['chebyshevPolynomialU', [8, 0, -4, 0]],
    ['chebyshevPolynomialV', [8, -4, -4, 1]],
    ['chebyshevPolynomialW', [8, 4, -4, -1]],
    ['shiftedChebyshevPolynomialT', [32, -48, 18, -1]],
    ['shiftedChebyshevPolynomialU', [64, -96, 40, -4]],
    ['shiftedChebyshevPolynomialV', [64, -112, 56, -7]],
    ['shiftedChebyshevPolynomialW', [64, -80, 24, -1]],
    ['hermitePolynomialH', [8, 0, -12, 0]],
    ['hermitePolynomialHe', [1, 0, -3, 0]],
    ['laguerrePolynomialL', [-1 / 6, 1.5, -3, 1]],
    ['legendrePolynomialP', [2.5, 0, -1.5, 0]],
  ] as const)('%s of degree 3', (name, [a, b, c, d]) => {
    const expected = (x.toArray() as number[]).map((v) => ((a * v + b) * v + c) * v + d)
    const found = special[name](x, 3).toArray() as number[]
    found.forEach((f, i) => {
      expect(f).toBeCloseTo(expected[i], 12)
    })
    expect(special[name](x, -1).toArray()).toEqual([0, 0, 0, 0, 0])
    expect(special[name](x, 0).toArray()).toEqual([1, 1, 1, 1, 1])
  })

  it('have a degree for each element, cut to a whole one', () => {
    const degrees = tensor([0, 1, 2.7])
    const found = special.legendrePolynomialP(tensor([0.5, 0.5, 0.5]), degrees)
    expect(found.toArray()).toEqual([1, 0.5, -0.125])
    expect(special.chebyshevPolynomialT(0.5, tensor([3])).toArray()).toEqual([-1])
  })

  it('have closed forms of high degree', () => {
    const y = tensor([0.3], { dtype: 'float64' })
    const angle = Math.acos(0.3)
    expectClose(special.chebyshevPolynomialT(y, 20), [Math.cos(20 * angle)], 1e-13)
    expectClose(
      special.chebyshevPolynomialU(y, 20),
      [Math.sin(21 * angle) / Math.sin(angle)],
      1e-13,
    )
  })
})

test('xlog1py is 0 where the factor is', () => {
  const x = tensor([0, 0, 2])
  const found = special.xlog1py(x, tensor([-1, Number.NaN, 1])).toArray() as number[]
  expect(found.slice(0, 2)).toEqual([0, nan])
  expect(found[2]).toBeCloseTo(2 * Math.log(2), 6)
  expect(special.xlog1py(2, tensor([0])).toArray()).toEqual([0])
})

test('names of the root are in the namespace too', () => {
  const x = tensor([0.25, 0.5], { dtype: 'float64' })
  expect(special.expit(x).toArray()).toEqual(x.sigmoid().toArray())
  expect(special.gammaln(x).toArray()).toEqual(x.lgamma().toArray())
  expect(special.psi(x).toArray()).toEqual(x.digamma().toArray())
  expect(special.gammainc(x, x).toArray()).toEqual(igamma(x, x).toArray())
})
