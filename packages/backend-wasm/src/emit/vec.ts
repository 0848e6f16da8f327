import type { Callee } from '../wasm/code.ts'
import type { Instruction } from '../wasm/instructions.ts'
import type { Graph, Node } from './graph.ts'

export type Lane = 'f32' | 'f64' | 'i32' | 'i64'

const shapes = { f32: 'f32x4', f64: 'f64x2', i32: 'i32x4', i64: 'i64x2' } as const
const integers = { f32: 'i32', f64: 'i64', i32: 'i32', i64: 'i64' } as const
const floats = { f32: 'f32', f64: 'f64', i32: 'f32', i64: 'f64' } as const
export const laneCount = { f32: 4, f64: 2, i32: 4, i64: 2 } as const

/** A number, where a vector is wanted, stands for all lanes equal to it. */
export type VecLike = Vec | number

/** The 16 bytes of a vector with all lanes equal. */
function splatBytes(lane: Lane, value: number | bigint): number[] {
  const data = new DataView(new ArrayBuffer(16))
  for (let i = 0; i < 16; i += 16 / laneCount[lane]) {
    if (lane === 'f32') data.setFloat32(i, Number(value), true)
    else if (lane === 'f64') data.setFloat64(i, Number(value), true)
    else if (lane === 'i32') data.setInt32(i, Number(value), true)
    else data.setBigInt64(i, BigInt(value), true)
  }
  return [...new Uint8Array(data.buffer)]
}

/** Byte indices of a shuffle of 32-bit words: 0…3 of the first vector, 4…7 of the second. */
const words = (...picks: readonly number[]): number[] =>
  picks.flatMap((w) => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3])

/**
 * One v128 with a lane type, and the operations on it. Comparisons give masks: integer vectors of the
 * same lane width, whose lanes are all ones or all zeros.
 */
export class Vec {
  readonly graph: Graph
  readonly lane: Lane
  readonly node: Node

  constructor(graph: Graph, lane: Lane, node: Node) {
    this.graph = graph
    this.lane = lane
    this.node = node
  }

  static splat(graph: Graph, lane: Lane, value: number | bigint): Vec {
    const shown = Object.is(value, -0) ? '-0' : `${value}`
    return new Vec(
      graph,
      lane,
      graph.literal(`${lane} ${shown}s`, () => splatBytes(lane, value)),
    )
  }

  /** A vector from the scalars of its lanes. */
  static of(graph: Graph, lane: Lane, scalars: readonly Node[]): Vec {
    let node = graph.op(`${shapes[lane]}.splat`, [scalars[0]])
    for (let i = 1; i < scalars.length; i++) {
      if (scalars[i] !== scalars[0]) {
        node = graph.op(`${shapes[lane]}.replace_lane`, [node, scalars[i]], [i])
      }
    }
    return new Vec(graph, lane, node)
  }

  /** The same number in all lanes. */
  like(value: number | bigint): Vec {
    return Vec.splat(this.graph, this.lane, value)
  }

  #lift(value: VecLike): Vec {
    return typeof value === 'number' ? this.like(value) : value
  }

  #unary(op: string): Vec {
    // The name is one of the table's by construction: each method below exists for its lanes.
    const name = `${shapes[this.lane]}.${op}` as Instruction
    return new Vec(this.graph, this.lane, this.graph.op(name, [this.node]))
  }

  #binary(op: string, other: VecLike, lane: Lane = this.lane): Vec {
    const name = `${shapes[this.lane]}.${op}` as Instruction
    return new Vec(this.graph, lane, this.graph.op(name, [this.node, this.#lift(other).node]))
  }

  #compare(op: string, other: VecLike): Vec {
    const signed = this.isFloat || op === 'eq' || op === 'ne' ? op : `${op}_s`
    return this.#binary(signed, other, integers[this.lane])
  }

  #bits(op: 'and' | 'or' | 'xor' | 'andnot', other: VecLike): Vec {
    const node = this.graph.op(`v128.${op}`, [this.node, this.#lift(other).node])
    return new Vec(this.graph, this.lane, node)
  }

  #shift(op: 'shl' | 'shr_s' | 'shr_u', count: number | Node): Vec {
    const amount = typeof count === 'number' ? this.graph.i32(count) : count
    const name = `${shapes[integers[this.lane]]}.${op}` as Instruction
    return new Vec(this.graph, this.lane, this.graph.op(name, [this.node, amount]))
  }

  get isFloat(): boolean {
    return this.lane === 'f32' || this.lane === 'f64'
  }

  add(other: VecLike): Vec {
    return this.#binary('add', other)
  }
  sub(other: VecLike): Vec {
    return this.#binary('sub', other)
  }
  mul(other: VecLike): Vec {
    return this.#binary('mul', other)
  }
  div(other: VecLike): Vec {
    return this.#binary('div', other)
  }
  neg(): Vec {
    return this.#unary('neg')
  }
  abs(): Vec {
    return this.#unary('abs')
  }
  sqrt(): Vec {
    return this.#unary('sqrt')
  }
  floor(): Vec {
    return this.#unary('floor')
  }
  ceil(): Vec {
    return this.#unary('ceil')
  }
  trunc(): Vec {
    return this.#unary('trunc')
  }
  nearest(): Vec {
    return this.#unary('nearest')
  }
  /** `other < this ? other : this`: this if either is NaN. One instruction on x86 too. */
  pmin(other: VecLike): Vec {
    return this.#binary('pmin', other)
  }
  /** `this < other ? other : this`: this if either is NaN. */
  pmax(other: VecLike): Vec {
    return this.#binary('pmax', other)
  }
  /** Signed minimum of 32-bit integers. */
  min(other: VecLike): Vec {
    return this.#binary('min_s', other)
  }
  max(other: VecLike): Vec {
    return this.#binary('max_s', other)
  }

  lt(other: VecLike): Vec {
    return this.#compare('lt', other)
  }
  le(other: VecLike): Vec {
    return this.#compare('le', other)
  }
  gt(other: VecLike): Vec {
    return this.#compare('gt', other)
  }
  ge(other: VecLike): Vec {
    return this.#compare('ge', other)
  }
  eq(other: VecLike): Vec {
    return this.#compare('eq', other)
  }
  ne(other: VecLike): Vec {
    return this.#compare('ne', other)
  }
  /** Unsigned comparison of 32-bit integers. */
  ltu(other: VecLike): Vec {
    return this.#binary('lt_u', other)
  }
  isNaN(): Vec {
    return this.ne(this)
  }

  and(other: VecLike): Vec {
    return this.#bits('and', other)
  }
  or(other: VecLike): Vec {
    return this.#bits('or', other)
  }
  xor(other: VecLike): Vec {
    return this.#bits('xor', other)
  }
  /** `this & ~other`. */
  andnot(other: VecLike): Vec {
    return this.#bits('andnot', other)
  }
  not(): Vec {
    return new Vec(this.graph, this.lane, this.graph.op('v128.not', [this.node]))
  }
  shl(count: number | Node): Vec {
    return this.#shift('shl', count)
  }
  /** Arithmetic shift. */
  shr(count: number | Node): Vec {
    return this.#shift('shr_s', count)
  }
  /** Logical shift. */
  shru(count: number | Node): Vec {
    return this.#shift('shr_u', count)
  }

  /** As a mask: `a` where it is set, else `b`. */
  select(a: Vec, b: VecLike): Vec {
    const { graph } = this
    const other = typeof b === 'number' ? a.like(b) : b
    const { lane } = this
    const name =
      graph.context.relaxed && (lane === 'i32' || lane === 'i64')
        ? (`${shapes[lane]}.relaxed_laneselect` as const)
        : 'v128.bitselect'
    return new Vec(graph, a.lane, graph.op(name, [a.node, other.node, this.node]))
  }

  /** Where the mask is set `a`, else +0. */
  keep(a: Vec): Vec {
    return new Vec(this.graph, a.lane, this.graph.op('v128.and', [a.node, this.node]))
  }

  /** this · y + z, fused where the hardware can: for approximations, never for what must be exact. */
  madd(y: VecLike, z: VecLike): Vec {
    const [b, c] = [this.#lift(y), this.#lift(z)]
    const { graph, lane } = this
    if (!graph.context.relaxed) return this.mul(b).add(c)
    const name = lane === 'f32' ? 'f32x4.relaxed_madd' : 'f64x2.relaxed_madd'
    return new Vec(graph, lane, graph.op(name, [this.node, b.node, c.node]))
  }

  /** z - this · y, fused where the hardware can. */
  nmadd(y: VecLike, z: VecLike): Vec {
    const [b, c] = [this.#lift(y), this.#lift(z)]
    const { graph, lane } = this
    if (!graph.context.relaxed) return c.sub(this.mul(b))
    const name = lane === 'f32' ? 'f32x4.relaxed_nmadd' : 'f64x2.relaxed_nmadd'
    return new Vec(graph, lane, graph.op(name, [this.node, b.node, c.node]))
  }

  /** The same bits as integers. */
  asInt(): Vec {
    return new Vec(this.graph, integers[this.lane], this.node)
  }
  /** The same bits as floats. */
  asFloat(): Vec {
    return new Vec(this.graph, floats[this.lane], this.node)
  }

  /** The scalar in a lane. */
  extract(i: number): Node {
    return this.graph.op(`${shapes[this.lane]}.extract_lane`, [this.node], [i])
  }

  /** i32: whether any lane of a mask is set. */
  any(): Node {
    return this.graph.op('v128.any_true', [this.node])
  }

  /** Each lane by a scalar function; `others` are vectors whose lanes are its further arguments. */
  perLane(lane: Lane, f: (...scalars: Node[]) => Node, ...others: readonly Vec[]): Vec {
    const results: Node[] = []
    for (let i = 0; i < laneCount[this.lane]; i++) {
      results.push(f(this.extract(i), ...others.map((o) => o.extract(i))))
    }
    return Vec.of(this.graph, lane, results)
  }

  /** Picks 32-bit words: 0…3 of this, 4…7 of the other. */
  shuffle(other: Vec, ...picks: readonly number[]): Vec {
    const node = this.graph.op('i8x16.shuffle', [this.node, other.node], words(...picks))
    return new Vec(this.graph, this.lane, node)
  }

  /** The upper half in the place of the lower one. */
  upper(): Vec {
    return this.shuffle(this, 2, 3, 2, 3)
  }

  /** One of the conversion instructions. */
  convert(name: Instruction, lane: Lane): Vec {
    return new Vec(this.graph, lane, this.graph.op(name, [this.node]))
  }

  /** `callee(...args)` where any lane of this mask is set, else `value`. */
  unlessAny(value: Vec, callee: Callee, args: readonly Vec[]): Vec {
    const nodes = args.map((a) => a.node)
    return new Vec(this.graph, value.lane, this.graph.unless(this.any(), value.node, callee, nodes))
  }
}

/** A polynomial by Horner's rule; the constant coefficient comes first. */
export function horner(x: Vec, coefficients: readonly number[]): Vec {
  let value = x.like(coefficients[coefficients.length - 1])
  for (let i = coefficients.length - 2; i >= 0; i--) value = value.madd(x, coefficients[i])
  return value
}

/** Four float32 lanes as two pairs of doubles. */
export const widen = (x: Vec): [Vec, Vec] => [
  x.convert('f64x2.promote_low_f32x4', 'f64'),
  x.upper().convert('f64x2.promote_low_f32x4', 'f64'),
]

/** Two pairs of doubles rounded to four float32 lanes. */
export function demote(low: Vec, high: Vec): Vec {
  const [a, b] = [low, high].map((x) => x.convert('f32x4.demote_f64x2_zero', 'f32'))
  return a.shuffle(b, 0, 1, 4, 5)
}

/** The low words of four 64-bit lanes. */
export const lowWords = (low: Vec, high: Vec): Vec =>
  new Vec(low.graph, 'i32', low.shuffle(high, 0, 2, 4, 6).node)
