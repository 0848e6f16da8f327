import { type BinaryOp, type DType, dtypes, type UnaryOp } from '@sconce/backend'
import { Code, unsigned } from '../wasm/code.ts'
import { control, instructions } from '../wasm/instructions.ts'
import { cast, wrap } from './cast.ts'
import type { Graph, Node } from './graph.ts'
import { type Quad, zip } from './quad.ts'
import type { Vec } from './vec.ts'

type IntegerUnary = 'neg' | 'abs' | 'sign' | 'not'
export type IntegerBinary = Exclude<BinaryOp, 'atan2' | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'>

const zeroOf = (x: Vec): Vec => x.like(x.lane === 'i64' ? 0n : 0)

const unary: Readonly<Record<IntegerUnary, (x: Vec) => Vec>> = {
  neg: (x) => x.neg(),
  abs: (x) => x.abs(),
  // As masks: 1 where positive, less 1 where negative.
  sign: (x) => x.lt(zeroOf(x)).sub(x.gt(zeroOf(x))),
  not: (x) => x.not(),
}

export function integerUnary(op: UnaryOp, quad: Quad): Quad {
  const { dtype } = quad
  return zip(dtype, [quad], (x) => wrap(dtype, unary[op as IntegerUnary](x)))
}

/**
 * Quotient of 32-bit lanes by way of doubles, whose quotient truncates to the right integer since
 * 53 bits are more than enough to tell it from its neighbours; 0 where the divisor is 0.
 */
function quotient(a: Quad, b: Quad): Vec {
  const [x, y] = [cast(a, 'float64'), cast(b, 'float64')]
  const exact = zip('float64', [x, y], (p, q) => p.div(q))
  return b.regs[0].ne(0).keep(cast(exact, 'int32').regs[0])
}

function remainder(a: Quad, b: Quad): Vec {
  const [x, y] = [a.regs[0], b.regs[0]]
  return y.ne(0).keep(x.sub(quotient(a, b).mul(y)))
}

/** Remainder with the sign of the divisor, from one with the sign of the dividend. */
function floored(rest: Vec, divisor: Vec): Vec {
  const zero = zeroOf(rest)
  const opposite = rest.xor(divisor).lt(zero).andnot(rest.eq(zero))
  return rest.add(opposite.keep(divisor))
}

/** int64 division of scalars that never traps. */
function longDivision(graph: Graph, op: 'div' | 'rem', a: Node, b: Node): Node {
  const zero = graph.op('i64.eqz', [b])
  // -1 is the other divisor that can trap; by it the quotient is a negation.
  const minusOne = graph.op('i64.eq', [b, graph.i64(-1n)])
  const safe = graph.select(graph.op('i32.or', [zero, minusOne]), graph.i64(1n), b)
  const plain = graph.op(op === 'div' ? 'i64.div_s' : 'i64.rem_s', [a, safe])
  const byMinusOne = op === 'div' ? graph.op('i64.sub', [graph.i64(0n), a]) : graph.i64(0n)
  const signed = graph.select(minusOne, byMinusOne, plain)
  return graph.select(zero, graph.i64(0n), signed)
}

/** a^b of int64 by repeated squaring, as an instruction sequence on the locals a, b and result. */
function powerBody(a: number, b: number, result: number): Code {
  const get = (local: number) => [control.get, ...unsigned(local)]
  const set = (local: number) => [control.set, ...unsigned(local)]
  const one = [0x42, 1]
  const op = (name: keyof typeof instructions) => instructions[name].bytes
  const code = new Code()
  code.bytes(...one, ...set(result), control.block, control.empty, control.loop, control.empty)
  code.bytes(...get(b), ...op('i64.eqz'), control.brIf, 1)
  code.bytes(...get(b), ...one, ...op('i64.and'), ...op('i32.wrap_i64'), control.if, control.empty)
  code.bytes(...get(result), ...get(a), ...op('i64.mul'), ...set(result), control.end)
  code.bytes(...get(a), ...get(a), ...op('i64.mul'), ...set(a))
  code.bytes(...get(b), ...one, ...op('i64.shr_u'), ...set(b), control.br, 0)
  return code.bytes(control.end, control.end, ...get(result))
}

/** a^b of int64; a negative exponent gives 0, or ±1 for a base of ±1. */
function longPower(graph: Graph, a: Node, b: Node): Node {
  const { builder, helpers } = graph.context
  let power = helpers.get('power')
  if (!power) {
    const body = builder.define({ params: ['i64', 'i64'], results: ['i64'] })
    body.code.append(powerBody(0, 1, body.local('i64')))
    helpers.set('power', body)
    power = body
  }
  const magnitude = graph.call(power, 'i64', [a, b])
  const one = graph.i64(1n)
  const odd = graph.op('i64.and', [b, one])
  const isOne = graph.op('i64.eq', [a, one])
  const isMinusOne = graph.op('i64.eq', [a, graph.i64(-1n)])
  const alternating = graph.op('i64.sub', [one, graph.op('i64.shl', [odd, one])])
  const inverse = graph.select(isOne, one, graph.select(isMinusOne, alternating, graph.i64(0n)))
  return graph.select(graph.op('i64.lt_s', [b, graph.i64(0n)]), inverse, magnitude)
}

/** A shift whose count differs by lane; beyond the width 0, or the sign. */
function shift(op: 'shl' | 'shr', dtype: DType, x: Vec, count: Vec): Vec {
  const { graph, lane } = x
  const bits = dtypes[dtype].size * 8
  const lift = (value: number) => count.like(lane === 'i64' ? BigInt(value) : value)
  const inside = count.ge(lift(0)).and(count.lt(lift(bits)))
  const scalar = lane === 'i64' ? 'i64' : 'i32'
  const shifted = x.perLane(
    lane,
    (v, c) => graph.op(op === 'shl' ? `${scalar}.shl` : `${scalar}.shr_s`, [v, c]),
    count,
  )
  return op === 'shl'
    ? inside.keep(shifted)
    : inside.select(shifted, x.shr(lane === 'i64' ? 63 : 31))
}

const wide: Readonly<Record<IntegerBinary, (a: Vec, b: Vec) => Vec>> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  div: (a, b) => a.perLane('i64', (x, y) => longDivision(a.graph, 'div', x, y), b),
  rem: (a, b) => a.perLane('i64', (x, y) => longDivision(a.graph, 'rem', x, y), b),
  mod: (a, b) => floored(wide.rem(a, b), b),
  pow: (a, b) => a.perLane('i64', (x, y) => longPower(a.graph, x, y), b),
  min: (a, b) => a.lt(b).select(a, b),
  max: (a, b) => a.gt(b).select(a, b),
  and: (a, b) => a.and(b),
  or: (a, b) => a.or(b),
  xor: (a, b) => a.xor(b),
  shl: (a, b) => shift('shl', 'int64', a, b),
  shr: (a, b) => shift('shr', 'int64', a, b),
}

function narrowPower(a: Vec, b: Vec): Vec {
  const { graph } = a
  const long = (x: Node) => graph.op('i64.extend_i32_s', [x])
  return a.perLane(
    'i32',
    (x, y) => graph.op('i32.wrap_i64', [longPower(graph, long(x), long(y))]),
    b,
  )
}

function narrow(op: IntegerBinary, a: Quad, b: Quad): Vec {
  const [x, y] = [a.regs[0], b.regs[0]]
  switch (op) {
    case 'div':
      return quotient(a, b)
    case 'rem':
      return remainder(a, b)
    case 'mod':
      return floored(remainder(a, b), y)
    case 'pow':
      return narrowPower(x, y)
    case 'min':
      return x.min(y)
    case 'max':
      return x.max(y)
    case 'shl':
    case 'shr':
      return shift(op, a.dtype, x, y)
    default:
      return wide[op](x, y)
  }
}

export function integerBinary(op: IntegerBinary, a: Quad, b: Quad): Quad {
  const { dtype } = a
  if (dtype === 'int64') return zip(dtype, [a, b], wide[op])
  return { dtype, regs: [wrap(dtype, narrow(op, a, b))] }
}
