import {
  type BinaryOp,
  binary,
  binaryOps,
  constant,
  type DType,
  dtypes,
  execute,
  input,
  kernels,
  type ScalarOpInfo,
  type UnaryOp,
  unary,
  unaryOps,
} from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { check, random, ulps } from './compare.ts'
import { rounded, scalarOp } from './scalar-reference.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const isOn = (info: ScalarOpInfo, dtype: DType) => info.on.includes(dtypes[dtype].kind)
const subnormals = backend.info.numerics?.subnormals === true

const special = [
  0,
  -0,
  1,
  -1,
  2,
  -2,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  3,
  -3,
  0.1,
  -0.7,
  7.25,
  1e-10,
  -1e-10,
  1e10,
  -1e10,
  1e30,
  -1e30,
  3.4e38,
  -3.4e38,
  2 ** -126,
  -(2 ** -126),
  2 ** 24,
  2 ** 31,
  88.7,
  89,
  -87.3,
  -103.9,
  -104.1,
  11,
  -9.5,
  Infinity,
  -Infinity,
  Number.NaN,
].map(Math.fround)

/** Results of a float op on the device, for lists of arguments. */
function compute(op: UnaryOp | BinaryOp, args: readonly Float32Array[]): Float32Array {
  const [a, b] = [input(0, 'float32'), input(1, 'float32')]
  const value = args.length === 1 ? unary(op as UnaryOp, a) : binary(op as BinaryOp, a, b)
  const { length } = args[0]
  const operand = (data?: Float32Array) => {
    const buffer = backend.allocate('float32', length)
    if (data) backend.write(buffer, data)
    return { buffer, dtype: 'float32' as const, shape: [length], strides: [1], offset: 0 }
  }
  const out = operand()
  execute(backend, kernels.map([value.cast('float32')]), args.map(operand), [out], [])
  return backend.readSync(out.buffer, 0, length) as Float32Array
}

/** Numbers between two bounds: evenly spread, and for wide ranges also evenly by magnitude. */
function sample(low: number, high: number, count = 20_000): Float32Array {
  const numbers = random(11)
  return Float32Array.from({ length: count }, (_, i) => {
    const t = numbers.next().value
    if (i % 2 === 0) return low + t * (high - low)
    const [a, b] = [Math.max(low, 0), high]
    const magnitude = Math.exp(Math.log(2 ** -60) + t * (Math.log(b) + 60 * Math.LN2))
    return low < 0 && i % 4 === 1 ? -Math.min(magnitude, -low) : Math.max(a, magnitude)
  })
}

/** Where the error of each function is measured. */
const domains: Partial<Record<UnaryOp, readonly [number, number]>> = {
  rsqrt: [1e-30, 1e30],
  exp: [-87, 88.7],
  exp2: [-125.9, 127.9],
  expm1: [-20, 88.7],
  log: [1e-37, 1e38],
  log2: [1e-37, 1e38],
  log10: [1e-37, 1e38],
  log1p: [-0.999, 1e38],
  sin: [-7000, 7000],
  cos: [-7000, 7000],
  tan: [-7000, 7000],
  asin: [-1, 1],
  acos: [-1, 1],
  atan: [-1e10, 1e10],
  sinh: [-89, 89],
  cosh: [-89, 89],
  tanh: [-10, 10],
  asinh: [-1e20, 1e20],
  acosh: [1, 1e20],
  atanh: [-0.9999, 0.9999],
  sigmoid: [-87, 87],
  erf: [-4, 4],
  erfc: [-4, 9],
  lgamma: [1e-10, 1e10],
  digamma: [2, 1e10],
}

const worst = (actual: Float32Array, expected: (i: number) => number) => {
  let most = { error: 0, at: 0 }
  for (let i = 0; i < actual.length; i++) {
    const error = ulps(actual[i], expected(i))
    if (error > most.error || Number.isNaN(error)) most = { error, at: i }
  }
  return most
}

describe('scalar functions on float32', () => {
  for (const [op, domain] of Object.entries(domains) as [UnaryOp, readonly [number, number]][]) {
    it(`${op}: within its claim`, () => {
      const x = sample(...domain)
      const claim = backend.info.numerics?.ulp?.[op] ?? 0
      const { error, at } = worst(compute(op, [x]), (i) => scalarOp(op, 'float32', [x[i]]))
      expect(error, `${op}(${x[at]})`).toBeLessThanOrEqual(claim)
    })
  }

  it('sin, cos and tan of large numbers', () => {
    const x = sample(-3e38, 3e38)
    for (const op of ['sin', 'cos', 'tan'] as const) {
      const { error, at } = worst(compute(op, [x]), (i) => scalarOp(op, 'float32', [x[i]]))
      expect(error, `${op}(${x[at]})`).toBeLessThanOrEqual(backend.info.numerics?.ulp?.[op] ?? 0)
    }
  })

  it('pow and atan2 within their claims', () => {
    const [x, y] = [sample(1e-12, 1e12), sample(-2.9, 2.9).reverse()]
    for (const op of ['pow', 'atan2'] as const) {
      const args = op === 'pow' ? [x, y] : [y, x]
      const value = (i: number) => scalarOp(op, 'float32', [args[0][i], args[1][i]])
      const { error, at } = worst(compute(op, args), value)
      expect(error, `${op}(${args[0][at]}, ${args[1][at]})`).toBeLessThanOrEqual(
        backend.info.numerics?.ulp?.[op] ?? 0,
      )
    }
  })

  for (const [op, info] of Object.entries(unaryOps) as [UnaryOp, ScalarOpInfo][]) {
    if (!isOn(info, 'float32')) continue
    it(`${op}: special values`, () => {
      const x = Float32Array.from(special)
      const actual = compute(op, [x])
      const claim = backend.info.numerics?.ulp?.[op] ?? 0
      const wrong = special.flatMap((v, i) => {
        const exact = rounded(scalarOp(op, 'float32', [v]), 'float32')
        // Near its other zeros, and at its poles, lgamma and digamma are as exact as their terms.
        if (Object.is(actual[i], exact) || ulps(actual[i], exact) <= claim) {
          if (exact !== 0 || Object.is(actual[i], exact)) return []
        }
        const zeros = op === 'lgamma' || op === 'digamma'
        if (zeros && Math.abs(actual[i] - exact) <= claim * 2 ** -23 * Math.max(1, Math.abs(exact)))
          return []
        // Where subnormals are flushed, so are the terms of numbers just above them.
        if (!subnormals && exact !== 0 && Math.abs(exact) < 2 ** -126 && actual[i] === 0) return []
        if (!subnormals && Math.abs(v) === 2 ** -126 && Math.abs(actual[i] / exact - 1) < 0.2)
          return []
        return [`${op}(${Object.is(v, -0) ? '-0' : v}) = ${actual[i]}, not ${exact}`]
      })
      expect(wrong).toEqual([])
    })
  }

  for (const [op, info] of Object.entries(binaryOps) as [BinaryOp, ScalarOpInfo][]) {
    if (!isOn(info, 'float32')) continue
    it(`${op}: pairs of special values`, () => {
      const pairs = special.flatMap((a) => special.map((b) => [a, b] as const))
      const args = [0, 1].map((k) => Float32Array.from(pairs, (p) => p[k]))
      const actual = compute(op, args)
      const claim = backend.info.numerics?.ulp?.[op] ?? 0
      const wrong = pairs.flatMap(([a, b], i) => {
        const exact = rounded(scalarOp(op, 'float32', [a, b]), 'float32')
        const same =
          exact === 0 && op !== 'min' && op !== 'max'
            ? Object.is(actual[i], exact)
            : ulps(actual[i], exact) <= claim
        if (same) return []
        if (
          !subnormals &&
          exact !== 0 &&
          Math.abs(exact) < 2 ** -126 &&
          Math.abs(actual[i]) <= 2 ** -126
        )
          return []
        return [
          `${op}(${Object.is(a, -0) ? '-0' : a}, ${Object.is(b, -0) ? '-0' : b}) = ${actual[i]}, not ${exact}`,
        ]
      })
      expect(wrong).toEqual([])
    })
  }

  it('division, square root and remainders are exact', () => {
    const [x, y] = [sample(-1e20, 1e20), sample(-1e15, 1e15).reverse()]
    for (const op of ['div', 'rem', 'mod'] as const) {
      const { error, at } = worst(compute(op, [x, y]), (i) =>
        rounded(scalarOp(op, 'float32', [x[i], y[i]]), 'float32'),
      )
      expect(error, `${op}(${x[at]}, ${y[at]})`).toBe(0)
    }
    const { error } = worst(compute('sqrt', [x]), (i) => rounded(Math.sqrt(x[i]), 'float32'))
    expect(error).toBe(0)
  })
})

describe('scalar functions on integers', () => {
  const limits: Partial<Record<DType, readonly [number, number]>> = {
    int32: [-(2 ** 31), 2 ** 31 - 1],
    int16: [-32768, 32767],
    int8: [-128, 127],
    uint8: [0, 255],
    bool: [0, 1],
  }
  for (const [dtype, [low, high]] of Object.entries(limits) as [
    DType,
    readonly [number, number],
  ][]) {
    const around = [
      low,
      low + 1,
      -7,
      -3,
      -2,
      -1,
      0,
      1,
      2,
      3,
      7,
      8,
      31,
      32,
      46_341,
      65_537,
      high - 1,
      high,
    ]
    const values = around.filter((v, i) => v >= low && v <= high && around.indexOf(v) === i)

    it(`${dtype}: unary`, () => {
      for (const [op, info] of Object.entries(unaryOps) as [UnaryOp, ScalarOpInfo][]) {
        if (!isOn(info, dtype)) continue
        const kernel = kernels.map([unary(op, input(0, dtype))])
        const shape = [values.length]
        check(
          backend,
          kernel,
          [{ dtype, shape, data: values }],
          [{ dtype: kernel.outputs[0], shape }],
        )
      }
    })

    it(`${dtype}: binary`, () => {
      for (const [op, info] of Object.entries(binaryOps) as [BinaryOp, ScalarOpInfo][]) {
        if (!isOn(info, dtype)) continue
        const kernel = kernels.map([binary(op, input(0, dtype), input(1, dtype))])
        const exponents = op === 'pow' ? values.filter((v) => v < 100) : values
        const pairs = values.flatMap((a) => exponents.map((b) => [a, b]))
        const shape = [pairs.length]
        const views = [0, 1].map((k) => ({ dtype, shape, data: pairs.map((p) => p[k]) }))
        check(backend, kernel, views, [{ dtype: kernel.outputs[0], shape }])
      }
    })
  }
})

describe('conversions', () => {
  const numbers = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    0.999,
    -1.7,
    2.5,
    127.9,
    128,
    255,
    256,
    300,
    -129,
    32_768,
    65_536.5,
    16_777_217,
    -16_777_219,
    2147483520,
    -2147483648,
    3e9,
    -5e9,
    4294967296 * 3 + 4096,
  ]
  const all: DType[] = ['float32', 'int32', 'int16', 'int8', 'uint8', 'bool']
  for (const from of all) {
    it(`from ${from}`, () => {
      const fit = numbers.map((v) => rounded(v, from))
      for (const to of all) {
        const kernel = kernels.map([input(0, from).cast(to)])
        const shape = [fit.length]
        check(backend, kernel, [{ dtype: from, shape, data: fit }], [{ dtype: to, shape }])
      }
    })
  }

  it('from NaN to bool, and from all integers to float', () => {
    const specials = { dtype: 'float32' as const, shape: [3], data: [Number.NaN, Infinity, -0] }
    check(
      backend,
      kernels.map([input(0, 'float32').cast('bool')]),
      [specials],
      [{ dtype: 'bool', shape: [3] }],
    )
    const data = Array.from({ length: 4000 }, (_, i) => Math.imul(i, 2654435761 | 0))
    const integers = { dtype: 'int32' as const, shape: [4000], data }
    check(
      backend,
      kernels.map([input(0, 'int32').cast('float32')]),
      [integers],
      [{ dtype: 'float32', shape: [4000] }],
    )
  })

  it('bits', () => {
    const data = [0, -0, 1, -1.5, Infinity, -Infinity, 3.4e38, 2 ** -126]
    const x = { dtype: 'float32' as const, shape: [8], data }
    check(
      backend,
      kernels.map([input(0, 'float32').bitcast()]),
      [x],
      [{ dtype: 'int32', shape: [8] }],
    )
    const back = kernels.map([input(0, 'int32').add(1).sub(1).bitcast()])
    const bits = Array.from(new Int32Array(Float32Array.from(data).buffer))
    check(
      backend,
      back,
      [{ dtype: 'int32', shape: [8], data: bits }],
      [{ dtype: 'float32', shape: [8] }],
    )
  })

  it('no compiler simplifies what is not the same', () => {
    const x = input(0, 'float32')
    const data = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN]
    const zero = constant(0, 'float32')
    const y = input(1, 'float32')
    const wrong: string[] = []
    for (const value of [
      x.add(0),
      zero.add(x),
      x.add(-0),
      x.sub(0),
      zero.sub(x),
      constant(-0, 'float32').sub(x),
      x.mul(0),
      x.mul(-1),
      x.mul(1),
      x.div(1),
      x.div(-1),
      zero.div(x),
      x.sub(x),
      x.div(x),
      x.neg().neg(),
      x.abs().neg(),
      x.add(1).sub(1),
      x.add(1e8).sub(1e8),
      x.mul(3).mul(1 / 3),
      x.add(y).sub(y),
      x.sub(x.trunc()),
      x.eq(x),
      x.ne(x),
      x.lt(0).where(x.neg(), x),
    ]) {
      const kernel = kernels.map([value], ['float32', 'float32'])
      const views = [data, data.map(() => 1e8)].map((d) => ({
        dtype: 'float32' as const,
        shape: [7],
        data: d,
      }))
      try {
        check(backend, kernel, views, [{ dtype: kernel.outputs[0], shape: [7] }])
      } catch (error) {
        wrong.push(`${value}: ${error}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('literals are exact', () => {
    const literals = [
      0.1,
      1 / 3,
      Math.PI,
      2e-38,
      3.4028234e38,
      -0,
      16_777_215,
      1e10,
      Infinity,
      -Infinity,
      Number.NaN,
    ]
    const kernel = (v: number) => kernels.map([input(0, 'float32').mul(0).add(1).mul(v)])
    for (const v of literals)
      check(
        backend,
        kernel(v),
        [{ dtype: 'float32', shape: [1] }],
        [{ dtype: 'float32', shape: [1] }],
      )
    for (const v of [-(2 ** 31), 2 ** 31 - 1, 0, -1]) {
      check(
        backend,
        kernels.map([input(0, 'int32').mul(0).add(v)]),
        [{ dtype: 'int32', shape: [1] }],
        [{ dtype: 'int32', shape: [1] }],
      )
    }
  })
})
