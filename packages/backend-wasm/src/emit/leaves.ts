import { type DType, dtypes } from '@sconce/backend'
import { loadDense, loadLanes, loadSplat, step } from './access.ts'
import { cast, longOf } from './cast.ts'
import type { Node } from './graph.ts'
import { holds, loadAt, loadRow, loadWithin, type Row } from './loads.ts'
import type { Leaves } from './lowering.ts'
import type { Nest } from './nest.ts'
import { isWide, type Quad, quadLength, splatQuad } from './quad.ts'
import { Vec } from './vec.ts'
import type { Writer } from './writer.ts'

/** Of the class of layouts: which operands span the loops and which have dims of their own. */
export interface Access {
  /** Position of an input among the spans, or -1. */
  readonly span: readonly number[]
  /** Position of an input among the operands with dims of their own, or -1. */
  readonly own: readonly number[]
  /** The loop that walks a dim of the iteration shape, or -1 where its size is 1. */
  readonly loopOf: readonly number[]
  /** Of the operands with dims of their own: the dim of stride 1, or -1. */
  readonly unit: readonly number[]
}

/** What the innermost loop knows of the elements that it is about to read. */
export interface Window {
  /** Addresses of the spans, for the first element of this window's group. */
  readonly addresses: readonly Node[]
  /** Positions in all loops. */
  readonly positions: readonly Node[]
  /** Which group of four elements. */
  readonly group: number
  /** How many elements there are from here on; absent where four are certain. */
  readonly count?: Node
}

/** Address of element `i` of a window along a strided operand; within what exists. */
export function laneAddress(
  writer: Writer,
  nest: Nest,
  span: number,
  { addresses, group, count }: Window,
  i: number,
): Node {
  const { graph } = writer
  const index = group * quadLength + i
  if (index === 0) return addresses[span]
  const distance = nest.distance(span, index)
  if (count === undefined) return writer.add(addresses[span], distance)
  const exists = graph.op('i32.gt_s', [count, graph.i32(i)])
  return writer.add(addresses[span], graph.select(exists, distance, graph.i32(0)))
}

/** Reads the leaves of expressions in one window of the innermost loop. */
export class WindowLeaves implements Leaves {
  readonly #writer: Writer
  readonly #nest: Nest
  readonly #access: Access
  readonly #window: Window
  readonly #certain: Node[] | undefined

  /**
   * With `certain` rows are read without a look at where they end; what has to hold for that, before the innermost
   * loop, is added to the list.
   */
  constructor(writer: Writer, nest: Nest, access: Access, window: Window, certain?: Node[]) {
    this.#writer = writer
    this.#nest = nest
    this.#access = access
    this.#window = window
    this.#certain = certain
  }

  input(i: number, dtype: DType): Quad {
    const span = this.#access.span[i]
    const { graph } = this.#writer
    const window = this.#window
    const address = window.addresses[span]
    switch (this.#nest.spans[span].step) {
      case step.still:
        return loadSplat(graph, dtype, address)
      case step.dense:
        return loadDense(graph, dtype, address, window.group * quadLength * dtypes[dtype].size)
      default: {
        const lanes = [0, 1, 2, 3].map((l) =>
          laneAddress(this.#writer, this.#nest, span, window, l),
        )
        return loadLanes(graph, dtype, lanes)
      }
    }
  }

  scalar(i: number, dtype: DType): Quad {
    return scalarQuad(this.#writer, this.#nest.layout.scalars + 8 * i, dtype)
  }

  index(d: number): Quad {
    const { graph } = this.#writer
    const loop = this.#access.loopOf[d]
    if (loop < 0) return splatQuad(graph, 'int32', 0)
    const position = new Vec(graph, 'i32', graph.op('i32x4.splat', [this.#window.positions[loop]]))
    if (loop < this.#nest.loops - 1) return { dtype: 'int32', regs: [position] }
    const first = this.#window.group * quadLength
    return { dtype: 'int32', regs: [position.add(iota(position, first))] }
  }

  load(i: number, dtype: DType, coordinates: readonly Quad[]): Quad {
    const own = this.#access.own[i]
    const words = this.#nest.layout.own[own]
    const vecs = coordinates.map((c) => c.regs[0])
    const row = this.#row(this.#access.unit[own], vecs)
    if (!row) return loadAt(this.#writer, words, dtype, vecs)
    if (!this.#certain) return loadRow(this.#writer, words, dtype, row)
    this.#certain.push(holds(this.#writer, words, row, this.#nest.end()))
    return loadWithin(this.#writer, words, dtype, row)
  }

  /** The coordinates as those of a contiguous row, if the dim `unit` of stride 1 is walked along. */
  #row(unit: number, coordinates: readonly Vec[]): Row | undefined {
    const along = coordinates[unit]
    const inner = this.#nest.loops - 1
    if (!along || along.node !== this.#innerIndex()?.node) return undefined
    const still = (c: Vec, d: number) => d === unit || c.node.region.level < along.node.region.level
    if (!coordinates.every(still)) return undefined
    const position = this.#window.positions[inner]
    return { coordinates, unit, position, behind: this.#window.group * quadLength }
  }

  #innerIndex(): Vec | undefined {
    const inner = this.#nest.loops - 1
    const d = this.#access.loopOf.indexOf(inner)
    return d < 0 || !this.#window.positions[inner] ? undefined : this.index(d).regs[0]
  }

  acc(): Quad {
    throw new Error('an accumulator outside of an epilogue')
  }
}

/** first, first + 1, first + 2, first + 3. */
export function iota(like: Vec, first: number): Vec {
  const bytes = [0, 1, 2, 3].flatMap((i) => [first + i, 0, 0, 0])
  return new Vec(like.graph, 'i32', like.graph.op('v128.const', [], bytes))
}

/** A run-time scalar, which is a double in the argument block, as its dtype. */
function scalarQuad(writer: Writer, offset: number, dtype: DType): Quad {
  const { graph } = writer
  if (dtype === 'int64') {
    const long = longOf(graph, graph.load('f64.load', writer.args, offset))
    const vec = Vec.of(graph, 'i64', [long])
    return { dtype, regs: [vec, vec] }
  }
  const double = new Vec(graph, 'f64', graph.load('v128.load64_splat', writer.args, offset))
  const quad: Quad = { dtype: 'float64', regs: [double, double] }
  const whole = dtypes[dtype].kind === 'int'
  // Integers go through int64, to wrap as a conversion of doubles does.
  return isWide(dtype) ? quad : cast(whole ? cast(quad, 'int32') : quad, dtype)
}
