import { type DType, dtypes, type Reduction } from '@sconce/backend'
import { cast, wrap } from './cast.ts'
import type { Graph } from './graph.ts'
import { isWide, mask32, mask64, masksFor, type Quad, splatQuad, zip } from './quad.ts'
import type { Vec } from './vec.ts'

/**
 * How a reduction is accumulated: its state is some quads, of which each of the four places is a partial
 * result of its own until they are merged.
 */
export interface Accumulator {
  /** The state over nothing. */
  initial(graph: Graph): Quad[]
  /** The state with four more elements; `position` are their int32 positions, where `indexed`. */
  update(state: readonly Quad[], value: Quad, position: Vec | undefined): Quad[]
  /** Two states as one. */
  merge(a: readonly Quad[], b: readonly Quad[]): Quad[]
  /** The value of a state, in all its places. */
  result(state: readonly Quad[]): Quad
  readonly indexed: boolean
  /** For float sums: a second, wider state, into which the first is emptied every so often. */
  readonly total: Total | undefined
}

/** The outer level of a blocked sum. */
export interface Total {
  initial(graph: Graph): Quad
  add(total: Quad, state: readonly Quad[]): Quad
  result(total: Quad): Quad
}

/** Least and greatest value of the integer dtypes. */
function limits(dtype: DType): [bigint, bigint] {
  if (dtype === 'bool' || dtype === 'uint8') return dtype === 'bool' ? [0n, 1n] : [0n, 255n]
  const top = 2n ** BigInt(dtypes[dtype].size * 8 - 1)
  return [-top, top - 1n]
}

function worst(graph: Graph, dtype: DType, op: 'min' | 'max'): Quad {
  if (dtypes[dtype].kind === 'float') {
    return splatQuad(
      graph,
      dtype,
      op === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    )
  }
  const limit = limits(dtype)[op === 'min' ? 1 : 0]
  return splatQuad(graph, dtype, dtype === 'int64' ? limit : Number(limit))
}

const isFloat = (dtype: DType) => dtypes[dtype].kind === 'float'

const plus = (a: Quad, b: Quad): Quad => zip(a.dtype, [a, b], (x, y) => x.add(y))

/** An accumulator whose state is one quad. */
function simple(
  initial: (graph: Graph) => Quad,
  combine: (a: Quad, b: Quad) => Quad,
  total?: Total,
  result: (quad: Quad) => Quad = (quad) => quad,
): Accumulator {
  const merge = ([a]: readonly Quad[], [b]: readonly Quad[]) => [combine(a, b)]
  return {
    initial: (graph) => [initial(graph)],
    update: (state, value) => merge(state, [value]),
    merge,
    result: ([quad]) => result(quad),
    indexed: false,
    total,
  }
}

const wrapped =
  (dtype: DType) =>
  (quad: Quad): Quad =>
    zip(dtype, [quad], (x) => wrap(dtype, x))

function sum(dtype: DType): Accumulator {
  const zero = (graph: Graph) => splatQuad(graph, dtype, 0)
  if (!isFloat(dtype)) return simple(zero, plus, undefined, wrapped(dtype))
  return simple(zero, plus, {
    initial: (graph) => splatQuad(graph, 'float64', 0),
    add: (total, [state]) => plus(total, cast(state, 'float64')),
    result: (total) => cast(total, dtype),
  })
}

/** Products of float32 are kept in double, where they neither overflow nor vanish on the way. */
function product(dtype: DType): Accumulator {
  const kept = dtype === 'float32' ? 'float64' : dtype
  const one = (graph: Graph) => splatQuad(graph, kept, 1)
  const times = (a: Quad, b: Quad) => zip(kept, [a, cast(b, kept)], (x, y) => x.mul(y))
  const result = isFloat(dtype) ? (quad: Quad) => cast(quad, dtype) : wrapped(dtype)
  return simple(one, times, undefined, result)
}

const smaller = (op: 'min' | 'max', x: Vec, y: Vec): Vec => (op === 'min' ? x.lt(y) : x.gt(y))

function extreme(op: 'min' | 'max', dtype: DType): Accumulator {
  if (!isFloat(dtype)) {
    return simple(
      (graph) => worst(graph, dtype, op),
      (a, b) =>
        zip(dtype, [a, b], (x, y) => {
          if (x.lane === 'i64') return smaller(op, x, y).select(x, y)
          return op === 'min' ? x.min(y) : x.max(y)
        }),
    )
  }
  // The pseudo-minimum passes over NaN on its right; whether there was one is a state of its own.
  const pick = (a: Quad, b: Quad) =>
    zip(dtype, [a, b], (x, y) => (op === 'min' ? x.pmin(y) : x.pmax(y)))
  return {
    initial: (graph) => [
      worst(graph, dtype, op),
      { dtype: 'bool', regs: worst(graph, dtype, op).regs.map((x) => x.asInt().xor(x.asInt())) },
    ],
    update: ([best, nan], value) => [
      pick(best, value),
      { dtype: 'bool', regs: value.regs.map((v, r) => nan.regs[r].or(v.isNaN())) },
    ],
    merge: ([a, nanA], [b, nanB]) => [
      pick(a, b),
      { dtype: 'bool', regs: nanA.regs.map((n, r) => n.or(nanB.regs[r])) },
    ],
    result: ([best, nan]) => ({
      dtype,
      regs: best.regs.map((x, r) => nan.regs[r].select(x.like(Number.NaN), x)),
    }),
    indexed: false,
    total: undefined,
  }
}

/** Position of what was never improved on. */
const nowhere = 2 ** 31 - 1

function argument(op: 'min' | 'max', of: DType): Accumulator {
  // Truth values are compared as 0 and 1.
  const dtype = of === 'bool' ? 'int32' : of
  /** Where `b` beats `a` whatever the positions; NaN beats everything else. */
  const beats = (b: Quad, a: Quad): Quad => ({
    dtype: 'bool',
    regs: b.regs.map((y, r) => {
      const x = a.regs[r]
      const wins = smaller(op, y, x)
      return x.isFloat ? wins.or(y.isNaN().andnot(x.isNaN())) : wins
    }),
  })
  const choose = (mask: Quad, [a, at]: readonly Quad[], [b, bt]: readonly Quad[]): Quad[] => [
    { dtype, regs: masksFor(mask, a).map((m, r) => m.select(b.regs[r], a.regs[r])) },
    zip('int32', [at, bt], (p, q) => mask32(mask).select(q, p)),
  ]
  return {
    initial: (graph) => [worst(graph, dtype, op), splatQuad(graph, 'int32', nowhere)],
    update: (state, value, position) => {
      const quad = of === 'bool' ? cast(value, 'int32') : value
      if (!position) throw new Error('an arg-reduction without positions')
      return choose(beats(quad, state[0]), state, [quad, { dtype: 'int32', regs: [position] }])
    },
    merge: (a, b) => {
      const earlier = b[1].regs[0].lt(a[1].regs[0])
      const tie = earlier.andnot(mask32(beats(a[0], b[0])))
      const wins = mask32(beats(b[0], a[0])).or(tie)
      return choose({ dtype: 'bool', regs: [wins] }, a, b)
    },
    result: ([, at]) => zip('int32', [at], (p) => p.andnot(p.eq(nowhere))),
    indexed: true,
    total: undefined,
  }
}

function truth(op: 'any' | 'all'): Accumulator {
  return simple(
    (graph) => splatQuad(graph, 'bool', op === 'all' ? 1 : 0),
    (a, b) => {
      const [x, y] = [mask32(a), mask32(b)]
      return { dtype: 'bool', regs: [op === 'all' ? x.and(y) : x.or(y)] }
    },
  )
}

export function accumulatorOf({ op, value: { dtype } }: Reduction): Accumulator {
  switch (op) {
    case 'sum':
      return sum(dtype)
    case 'prod':
      return product(dtype)
    case 'min':
    case 'max':
      return extreme(op, dtype)
    case 'argmin':
      return argument('min', dtype)
    case 'argmax':
      return argument('max', dtype)
    default:
      return truth(op)
  }
}

/** The element of a reduction that changes nothing, of the dtype of what is accumulated. */
export function neutral(graph: Graph, { op, value: { dtype } }: Reduction): Quad {
  switch (op) {
    case 'sum':
    case 'any':
      return splatQuad(graph, dtype, 0)
    case 'prod':
    case 'all':
      return splatQuad(graph, dtype, 1)
    case 'min':
    case 'argmin':
      return worst(graph, dtype, 'min')
    default:
      return worst(graph, dtype, 'max')
  }
}

/** The places of a quad exchanged at a distance of two, or of one. */
function rotate(quad: Quad, distance: 1 | 2): Quad {
  const { dtype, regs } = quad
  if (regs.length === 1) {
    const [x] = regs
    return { dtype, regs: [distance === 2 ? x.shuffle(x, 2, 3, 0, 1) : x.shuffle(x, 1, 0, 3, 2)] }
  }
  if (distance === 2) return { dtype, regs: [regs[1], regs[0]] }
  return { dtype, regs: regs.map((x) => x.shuffle(x, 2, 3, 0, 1)) }
}

/** A state whose four places are merged into each. */
export function acrossPlaces(
  state: readonly Quad[],
  merge: (a: readonly Quad[], b: readonly Quad[]) => Quad[],
): Quad[] {
  const half = merge(
    state,
    state.map((q) => rotate(q, 2)),
  )
  return merge(
    half,
    half.map((q) => rotate(q, 1)),
  )
}

/** A total whose four places are summed into each. */
export const totalAcross = (total: Quad): Quad =>
  acrossPlaces([total], ([a], [b]) => [plus(a, b)])[0]

/** `value` where `mask` (of 32-bit lanes) is set, else the neutral element. */
export function masked(value: Quad, mask: Vec, other: Quad): Quad {
  const regs = value.dtype === 'bool' ? [mask32(value)] : value.regs
  const masks = isWide(value.dtype) ? mask64({ dtype: 'bool', regs: [mask] }) : [mask]
  return { dtype: value.dtype, regs: regs.map((x, r) => masks[r].select(x, other.regs[r])) }
}
