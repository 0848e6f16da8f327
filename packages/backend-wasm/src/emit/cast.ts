import { type DType, dtypes } from '@sconce/backend'
import type { Graph, Node } from './graph.ts'
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts'
import { mask32, mask64, type Quad, zip } from './quad.ts'
import { demote, lowWords, Vec, widen } from './vec.ts'

/** 32-bit lanes wrapped to a small integer and extended again. */
export function wrap(dtype: DType, x: Vec): Vec {
  switch (dtype) {
    case 'int16':
      return x.shl(16).shr(16)
    case 'int8':
      return x.shl(24).shr(24)
    case 'uint8':
      return x.and(255)
    default:
      return x
  }
}

const two32 = 2 ** 32

/** Truncated, and brought into the range of int32 by multiples of 2^32: all steps are exact. */
function reduced(x: Vec): Vec {
  const whole = x.trunc()
  const rest = whole.sub(
    whole
      .mul(1 / two32)
      .trunc()
      .mul(two32),
  )
  const over = rest.ge(2 ** 31).keep(rest.like(two32))
  const under = rest.lt(-(2 ** 31)).keep(rest.like(two32))
  return rest.sub(over).add(under)
}

const floatToInt = (x: Vec): Vec => reduced(x).convert('i32x4.trunc_sat_f32x4_s', 'i32')

function doublesToInt(low: Vec, high: Vec): Vec {
  const [a, b] = [low, high].map((x) => reduced(x).convert('i32x4.trunc_sat_f64x2_s_zero', 'i32'))
  return a.shuffle(b, 0, 1, 4, 5)
}

/** A double as an int64, wrapped modulo 2^64: by its exponent and mantissa where it is out of range. */
function wrappedLong(graph: Graph, x: Node): Node {
  const bits = graph.op('i64.reinterpret_f64', [x])
  const i64 = (value: bigint) => graph.i64(value)
  const exponent = graph.op('i64.and', [graph.op('i64.shr_u', [bits, i64(52n)]), i64(0x7ffn)])
  const shift = graph.op('i64.sub', [exponent, i64(1075n)])
  const mantissa = graph.op('i64.or', [
    graph.op('i64.and', [bits, i64(2n ** 52n - 1n)]),
    i64(2n ** 52n),
  ])
  const shifted = graph.op('i64.shl', [mantissa, shift])
  const magnitude = graph.select(graph.op('i64.ge_s', [shift, i64(64n)]), i64(0n), shifted)
  const negated = graph.op('i64.sub', [i64(0n), magnitude])
  const large = graph.select(graph.op('i64.lt_s', [bits, i64(0n)]), negated, magnitude)
  const inRange = graph.op('i64.lt_s', [exponent, i64(1086n)])
  return graph.select(inRange, graph.op('i64.trunc_sat_f64_s', [x]), large)
}

/** A scalar double as an int64. */
export function longOf(graph: Graph, x: Node): Node {
  const callee = graph.helper('long', { params: ['f64'], results: ['i64'] }, (g, [value]) =>
    wrappedLong(g, value),
  )
  return graph.call(callee, 'i64', [x])
}

const doublesToLong = (x: Vec): Vec => x.perLane('i64', (lane) => longOf(x.graph, lane))

/** int32 lanes as doubles. */
const intToDoubles = (x: Vec): Vec[] => [
  x.convert('f64x2.convert_low_i32x4_s', 'f64'),
  x.upper().convert('f64x2.convert_low_i32x4_s', 'f64'),
]

function longToFloat([low, high]: readonly Vec[]): Vec {
  const { graph } = low
  const lanes = [low.extract(0), low.extract(1), high.extract(0), high.extract(1)]
  return Vec.of(
    graph,
    'f32',
    lanes.map((x) => graph.op('f32.convert_i64_s', [x])),
  )
}

const longToDouble = (x: Vec): Vec =>
  x.perLane('f64', (lane) => x.graph.op('f64.convert_i64_s', [lane]))

/** Integers of up to 32 bits, and truth values, as 32-bit lanes. */
const asInts = (quad: Quad): Vec => (quad.dtype === 'bool' ? mask32(quad).and(1) : quad.regs[0])

function toFloats(quad: Quad): Vec {
  const [x, y] = quad.regs
  switch (quad.dtype) {
    case 'float32':
      return x
    case 'float64':
      return demote(x, y)
    case 'float16':
      return fromFloat16(x)
    case 'bfloat16':
      return fromBfloat16(x)
    case 'int64':
      return longToFloat(quad.regs)
    default:
      return asInts(quad).convert('f32x4.convert_i32x4_s', 'f32')
  }
}

function toDoubles(quad: Quad): readonly Vec[] {
  switch (quad.dtype) {
    case 'float64':
      return quad.regs
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return widen(toFloats(quad))
    case 'int64':
      return quad.regs.map(longToDouble)
    default:
      return intToDoubles(asInts(quad))
  }
}

function toInts(quad: Quad): Vec {
  switch (quad.dtype) {
    case 'float64':
      return doublesToInt(quad.regs[0], quad.regs[1])
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return floatToInt(toFloats(quad))
    case 'int64':
      return lowWords(quad.regs[0], quad.regs[1])
    default:
      return asInts(quad)
  }
}

function toLongs(quad: Quad): readonly Vec[] {
  if (dtypes[quad.dtype].kind === 'float') return toDoubles(quad).map(doublesToLong)
  if (quad.dtype === 'int64') return quad.regs
  if (quad.dtype === 'bool') return mask64(quad).map((m) => m.and(m.like(1n)))
  const [x] = quad.regs
  return [
    x.convert('i64x2.extend_low_i32x4_s', 'i64'),
    x.convert('i64x2.extend_high_i32x4_s', 'i64'),
  ]
}

function toBools(quad: Quad): Quad {
  switch (quad.dtype) {
    case 'bool':
      return quad
    case 'float16':
    case 'bfloat16':
      return zip('bool', [quad], (x) => x.and(0x7fff).ne(0))
    default:
      return zip('bool', [quad], (x) => x.ne(x.like(x.lane === 'i64' ? 0n : 0)))
  }
}

/** Conversion between any two dtypes; the semantics are those of the kernel language. */
export function cast(quad: Quad, to: DType): Quad {
  if (quad.dtype === to) return quad
  switch (to) {
    case 'float32':
      return { dtype: to, regs: [toFloats(quad)] }
    case 'float64':
      return { dtype: to, regs: toDoubles(quad) }
    case 'float16':
      return { dtype: to, regs: [toFloat16(toFloats(quad))] }
    case 'bfloat16':
      return { dtype: to, regs: [toBfloat16(toFloats(quad))] }
    case 'int64':
      return { dtype: to, regs: toLongs(quad) }
    case 'bool':
      return toBools(quad)
    default:
      return { dtype: to, regs: [wrap(to, toInts(quad))] }
  }
}
