import {
  type BinaryOp,
  bfloat16Bits,
  binary,
  binaryOps,
  constant,
  type DType,
  dtypes,
  float16Bits,
  input,
  kernels,
  type ScalarOpInfo,
  type UnaryOp,
  unary,
  unaryOps,
} from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import './support/relaxed.ts'
import { WasmBackend } from '../src/index.ts'
import { difference, type Tolerance } from './support/compare.ts'
import { Random } from './support/random.ts'
import { data, run } from './support/run.ts'

const cpu = new CpuBackend()
const variants = [false, true].map((relaxed) => new WasmBackend({ relaxed, threads: 1 }))
const all = Object.keys(dtypes) as DType[]
const arithmetic = all.filter((dtype) => dtypes[dtype].compute === dtype)
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

const floats = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -3.75, nan, infinity, -infinity, 1e-45, -1e-40],
  ...[
    2 ** -126,
    3.4e38,
    -3.4e38,
    88.7,
    89,
    -87.4,
    -103.9,
    -150,
    709.8,
    -745.2,
    1e5,
    -1e7,
    1e9,
    1e20,
  ],
  ...[
    Math.PI / 2,
    Math.PI,
    16_777_217,
    4_503_599_627_370_497,
    -10.5,
    0.9999999,
    1.0000001,
    8,
    10,
    1000,
  ],
]
const integers = [0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 63, 64, 100, 127, -128, 255, 32767, -32768]
const large = [2 ** 31 - 1, -(2 ** 31), 65536, -65537, 123_456_789]

/** Values of a dtype: its specials and random ones; halves as bits. */
function valuesOf(dtype: DType, seed: number): (number | bigint)[] {
  const random = new Random(seed)
  const more = Array.from({ length: 200 }, () => (random.next() - 0.5) * 2 ** random.int(-6, 8))
  const { kind, size } = dtypes[dtype]
  if (kind === 'bool') return [0, 1, 1, 0, 1]
  if (kind === 'int') {
    const list: (number | bigint)[] = [...integers, ...more.map(Math.trunc)]
    if (size >= 4) list.push(...large)
    if (size === 8) list.push(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 40n) - 3n)
    return list
  }
  const list = [...floats, ...more]
  if (dtype === 'float16') return list.map(float16Bits)
  return dtype === 'bfloat16' ? list.map(bfloat16Bits) : list
}

/** Ops whose result is the one correct value; the others may be off by some ULP. */
const exact: ReadonlySet<string> = new Set([
  ...[
    'neg',
    'abs',
    'sign',
    'floor',
    'ceil',
    'round',
    'trunc',
    'sqrt',
    'not',
    'isnan',
    'add',
    'sub',
  ],
  ...['mul', 'div', 'rem', 'mod', 'min', 'max', 'and', 'or', 'xor', 'shl', 'shr'],
  ...['lt', 'le', 'gt', 'ge', 'eq', 'ne'],
])

function toleranceOf(op: string, dtype: DType): Tolerance {
  const zeros = op !== 'min' && op !== 'max'
  if (exact.has(op) || dtypes[dtype].kind !== 'float') return { zeros }
  // Near their zeros these two are what a difference of larger numbers leaves.
  const absolute = op === 'lgamma' || op === 'digamma' ? (dtype === 'float64' ? 4e-15 : 1e-7) : 0
  return { ulps: dtype === 'float64' ? 4 : 2, absolute, zeros }
}

const padded = <T>(list: readonly T[], length: number): T[] =>
  Array.from({ length }, (_, i) => list[i % list.length])

describe.each(variants)('$info.description', (wasm) => {
  describe.each(arithmetic)('%s', (dtype) => {
    const { kind } = dtypes[dtype]
    const on = (info: ScalarOpInfo) => info.on.includes(kind)

    const ops = (Object.keys(unaryOps) as UnaryOp[]).filter((op) => on(unaryOps[op]))
    it.each(ops)('%s', (op) => {
      const list = valuesOf(dtype, 1)
      const kernel = kernels.map([unary(op, input(0, dtype))])
      const [target] = kernel.outputs
      const out = data(target, padded([0], list.length))
      const [actual] = run(wasm, kernel, [data(dtype, list)], [out])
      const [expected] = run(cpu, kernel, [data(dtype, list)], [out])
      expect(difference(actual, expected, target, toleranceOf(op, target))).toBeUndefined()
    })

    const pairs = (Object.keys(binaryOps) as BinaryOp[]).filter((op) => on(binaryOps[op]))
    it.each(pairs)('%s', (op) => {
      const list = valuesOf(dtype, 2)
      const [a, b] = [list.flatMap((x) => padded([x], list.length)), list.flatMap(() => list)]
      const kernel = kernels.map([binary(op, input(0, dtype), input(1, dtype))])
      const [target] = kernel.outputs
      const out = data(target, padded([0], a.length))
      const inputs = [data(dtype, a), data(dtype, b)]
      const [actual] = run(wasm, kernel, inputs, [out])
      const [expected] = run(cpu, kernel, inputs, [out])
      expect(difference(actual, expected, target, toleranceOf(op, target))).toBeUndefined()
    })
  })

  it.each(all)('conversions of %s', (from) => {
    const list = valuesOf(from, 3)
    for (const to of all) {
      const isFloat = dtypes[from].kind === 'float'
      // What NaN and the infinities are as an integer is not specified.
      const finite = (x: number | bigint): boolean => {
        if (!isFloat || dtypes[to].kind !== 'int') return true
        if (from === 'float16') return (Number(x) & 0x7c00) !== 0x7c00
        if (from === 'bfloat16') return (Number(x) & 0x7f80) !== 0x7f80
        return Number.isFinite(from === 'float32' ? Math.fround(Number(x)) : x)
      }
      const kept = list.filter(finite)
      const kernel = kernels.map([input(0, from).cast(to)])
      const out = data(to, padded([0], kept.length))
      const [actual] = run(wasm, kernel, [data(from, kept)], [out])
      const [expected] = run(cpu, kernel, [data(from, kept)], [out])
      expect(difference(actual, expected, to, { zeros: true }), `${from} to ${to}`).toBeUndefined()
    }
  })

  it.each(['float32', 'int32', 'float64', 'int64'] as const)('the bits of %s', (dtype) => {
    const list = valuesOf(dtype, 4)
    const kernel = kernels.map([input(0, dtype).bitcast()])
    const [to] = kernel.outputs
    const out = data(to, padded([0], list.length))
    const [actual] = run(wasm, kernel, [data(dtype, list)], [out])
    const [expected] = run(cpu, kernel, [data(dtype, list)], [out])
    expect(difference(actual, expected, to)).toBeUndefined()
  })

  it.each(all)('literals, scalars and choices of %s', (dtype) => {
    const { compute } = dtypes[dtype]
    const x = input(0, dtype)
    const zero = constant(0, compute).cast(dtype)
    const literal = constant(1.5, compute).cast(dtype)
    const kernel = kernels.map([
      input(1, 'bool').where(x, literal),
      input(1, 'bool').where(zero, x),
    ])
    const list = valuesOf(dtype, 5)
    const flags = padded([1, 0, 0], list.length)
    const out = data(dtype, padded([0], list.length))
    const inputs = [data(dtype, list), data('bool', flags)]
    const actual = run(wasm, kernel, inputs, [out, out])
    const expected = run(cpu, kernel, inputs, [out, out])
    expect(difference(actual[0], expected[0], dtype)).toBeUndefined()
    expect(difference(actual[1], expected[1], dtype)).toBeUndefined()
  })
})

describe('the float32 functions', () => {
  const functions = (Object.keys(unaryOps) as UnaryOp[]).filter(
    (op) => unaryOps[op].on.length === 1 && unaryOps[op].on[0] === 'float' && !exact.has(op),
  )
  const count = 40_000
  const step = Math.floor(2 ** 32 / count)
  const bits = Uint32Array.from({ length: count }, (_, i) => i * step + 12_345)
  const list = [...new Float32Array(bits.buffer)]

  it.each(functions)('%s is within 2 ULP over the whole range', (op) => {
    const kernel = kernels.map([unary(op, input(0, 'float32'))])
    const out = data('float32', padded([0], count))
    for (const wasm of variants) {
      const [actual] = run(wasm, kernel, [data('float32', list)], [out])
      const [expected] = run(cpu, kernel, [data('float32', list)], [out])
      const tolerance = toleranceOf(op, 'float32')
      expect(difference(actual, expected, 'float32', tolerance)).toBeUndefined()
    }
  })
})
