import { acc, type DType, type Expr, index, input, kernels, load, scalar } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { ideal } from '../src/device/traits.ts'
import { functions } from '../src/glsl/functions.ts'
import { slope } from '../src/glsl/loads.ts'
import { Source } from '../src/glsl/source.ts'
import { literalValue, vectorLiteral, wrapped } from '../src/glsl/types.ts'
import { buildMap } from '../src/kernels/map.ts'
import { accessFor, accessKey, planOutput } from '../src/kernels/plan.ts'
import { stagesOf } from '../src/kernels/reduce-plan.ts'

const contiguous = (shape: readonly number[], offset = 0) => {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((n, s) => n * s, 1))
  return { shape, strides, offset }
}

describe('the GLSL library', () => {
  it('names only functions that there are, before those that call them', () => {
    for (const [name, { needs, code }] of Object.entries(functions)) {
      for (const needed of needs) expect(functions[needed], `${name} needs ${needed}`).toBeDefined()
      const called = [...code.matchAll(/\b([a-z]_\w+|sel|at|pick|splat|gather|loose)\(/g)].map(
        (m) => m[1],
      )
      const defined = [...code.matchAll(/\b(?:[biu]?vec\d|float|int|void) (\w+)\(/g)].map(
        (m) => m[1],
      )
      for (const other of called) {
        if (functions[other] === undefined || defined.includes(other)) continue
        expect(needs, `${name} calls ${other}`).toContain(other)
      }
    }
  })

  it('is written into a program once, and only what is used', () => {
    const source = new Source(ideal)
    source.call('f_tanh', 'x')
    source.call('f_exp', 'x')
    const text = source.fragment()
    expect(text.match(/vec4 f_exp\(/g)).toHaveLength(1)
    expect(text.indexOf('vec4 f_exp(')).toBeLessThan(text.indexOf('vec4 f_tanh('))
    expect(text).not.toContain('f_sin')
  })
})

describe('literals', () => {
  it('are exact', () => {
    expect(vectorLiteral(2, 'float32')).toBe('vec4(2.0)')
    expect(vectorLiteral(-0.5, 'float32')).toBe('vec4(-0.5)')
    expect(vectorLiteral(0.1, 'float32')).toBe('vec4(intBitsToFloat(int(0x3dcccccdu)))')
    expect(vectorLiteral(-0, 'float32')).toBe('vec4(intBitsToFloat(int(0x80000000u)))')
    expect(vectorLiteral(Number.NaN, 'float32')).toBe('vec4(intBitsToFloat(int(0x7fc00000u)))')
    expect(vectorLiteral(-(2 ** 31), 'int32')).toBe('ivec4(int(0x80000000u))')
    expect(vectorLiteral(300, 'uint8')).toBe('ivec4(44)')
    expect(vectorLiteral(200, 'int8')).toBe('ivec4(-56)')
    expect(vectorLiteral(1, 'bool')).toBe('bvec4(true)')
    for (const v of [0, -0, 1, -2.5, 0.1, 1e30, Number.NaN, Infinity]) {
      expect(literalValue(vectorLiteral(v, 'float32'))).toBe(Math.fround(v))
    }
    expect(literalValue('v3')).toBeUndefined()
    expect(wrapped('int16', 'a + b')).toBe('((a + b) << 16) >> 16')
  })
})

describe('plans', () => {
  it('tell how an output is walked', () => {
    const plan = (shape: number[], more = {}) =>
      planOutput(shape, { ...contiguous(shape), ...more })
    expect(plan([100])).toMatchObject({ run: true, lane: 0, flat: true, phase: 0 })
    expect(plan([100], { offset: 3 })).toMatchObject({ run: true, phase: 1 })
    expect(plan([6, 8])).toMatchObject({ run: true, lane: 1, flat: true })
    expect(plan([6, 7])).toMatchObject({ run: false, flat: true })
    expect(plan([6, 8], { offset: 2 })).toMatchObject({ run: false, flat: true })
    expect(plan([6, 8], { strides: [1, 6] })).toMatchObject({
      run: false,
      flat: false,
      order: [1, 0],
    })
    expect(plan([8, 6], { strides: [1, 8] })).toMatchObject({ run: true, lane: 0, order: [1, 0] })
    expect(plan([6, 8], { strides: [20, 1] })).toMatchObject({ run: true, lane: 1, flat: false })
    expect(plan([2, 3], { strides: [3, 2] }).invertible).toBe(false)
    expect(plan([2, 3], { strides: [4, 1] }).invertible).toBe(true)
    expect(plan([])).toMatchObject({ run: true, lane: -1, dims: [] })
  })

  it('tell how an operand is read', () => {
    const shape = [6, 8]
    const out = contiguous(shape)
    const access = (strides: number[], offset = 0) =>
      accessFor(planOutput(shape, out), shape, { shape, strides, offset }, out)
    expect(access([8, 1])).toBe('d')
    expect(access([0, 0], 5)).toBe('s')
    expect(access([1, 0])).toBe('z')
    expect(access([0, 1])).toBe('a')
    expect(access([8, 1], 4)).toBe('a')
    expect(access([8, 1], 3)).toBe('l')
    expect(access([9, 1])).toBe('l')
    expect(access([1, 6])).toBe('g')
    const odd = [6, 7]
    const oddOut = contiguous(odd)
    const shifted = { ...oddOut, offset: 5 }
    expect(accessFor(planOutput(odd, oddOut), odd, shifted, oddOut)).toBe('f')
  })

  it('cut long reductions into stages', () => {
    expect(stagesOf(64, 1)).toEqual([])
    expect(stagesOf(4000, 4096)).toEqual([])
    expect(stagesOf(256, 256)).toEqual([16])
    expect(stagesOf(2 ** 18, 1)).toEqual([64, 64])
    for (const steps of [65, 1000, 123_457, 10_000_000]) {
      const left = stagesOf(steps, 1).reduce((n, each) => Math.ceil(n / each), steps)
      expect(left).toBeLessThanOrEqual(64)
    }
  })
})

describe('slopes', () => {
  const leaf = (node: Expr) => (node.op === 'index' ? Number(node.value === 1) : undefined)
  it('are known for sums of positions', () => {
    const [i, j] = [index(0), index(1)]
    expect(slope(i.add(3), leaf)).toBe(0)
    expect(slope(j.sub(i), leaf)).toBe(1)
    expect(slope(j.mul(2).add(i), leaf)).toBe(2)
    expect(slope(j.neg().add(7), leaf)).toBe(-1)
    expect(slope(i.mod(3).mul(scalar(0, 'int32')), leaf)).toBe(0)
    expect(slope(j.mul(j), leaf)).toBeUndefined()
    expect(slope(input(0, 'int32').add(i), leaf)).toBeUndefined()
    expect(slope(load(0, 'int32', [i]), leaf)).toBe(0)
  })
})

describe('programs', () => {
  const fragmentOf = (values: readonly Expr[], shape: number[], dtypes: DType[]) => {
    const kernel = kernels.map(values)
    const out = contiguous(shape)
    const plan = planOutput(shape, out)
    const inputs = dtypes.map(() => contiguous(shape))
    const classes = accessKey(inputs, kernel.loaded, (o) => accessFor(plan, shape, o, out))
    const source = new Source(ideal)
    buildMap(
      kernel,
      values.map((_, i) => i),
      plan,
      'over',
      classes,
    )(source)
    return source
  }
  const [a, b] = [input(0, 'float32'), input(1, 'float32')]

  it('do not depend on sizes, offsets or scalars', () => {
    const value = a.mul(scalar(0, 'float32')).add(b.mul(index(0).cast('float32')))
    const texts = [8, 100, 12_345].map((n) =>
      fragmentOf([value], [n], ['float32', 'float32']).fragment(),
    )
    expect(new Set(texts).size).toBe(1)
  })

  it('read contiguous operands at the place of the fragment', () => {
    const text = fragmentOf([a.add(b)], [100], ['float32', 'float32']).fragment()
    expect(text).toContain('here(t0, T0)')
    expect(text).toContain('here(t1, T1)')
    expect(text).not.toContain('quotient')
  })

  it('send floats by their bits', () => {
    const source = fragmentOf([a.mul(scalar(0, 'float32'))], [4], ['float32'])
    const call = { shape: [4], operands: [], scalars: [Number.NaN], extra: [] }
    const floats = source.words.filter(({ float }) => float)
    const textures = [{ width: 8, height: 2 }]
    expect(floats.map(({ read }) => read(call, textures))).toEqual([0.125, 0.5, Number.NaN])
    expect(source.fragment()).toMatch(/intBitsToFloat\(u\[\d\]\.[xyzw]\)/)
  })

  it('have one output for each value', () => {
    const text = fragmentOf(
      [a.add(b), a.lt(b), a.cast('int32')],
      [8],
      ['float32', 'float32'],
    ).fragment()
    expect(text).toContain('out highp vec4 o0;')
    expect(text).toContain('out highp uvec4 o1;')
    expect(text).toContain('out highp ivec4 o2;')
  })

  it('refuse accumulators outside of an epilogue', () => {
    expect(() => kernels.map([acc(0, 'float32')])).toThrow('acc outside of an epilogue')
  })
})
