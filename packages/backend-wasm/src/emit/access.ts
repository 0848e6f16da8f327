import { type DType, dtypes } from '@sconce/backend'
import type { Instruction } from '../wasm/instructions.ts'
import { wrap } from './cast.ts'
import type { Graph, Node } from './graph.ts'
import { laneOf, mask32, type Quad } from './quad.ts'
import { Vec } from './vec.ts'

/** How an operand is walked by the innermost loop: not at all, by neighbours, or by any stride. */
export const step = { still: 0, dense: 1, strided: 2 } as const
export type Step = (typeof step)[keyof typeof step]

/** The elements of a dtype in 32-bit or 64-bit lanes, from how they are in memory. */
function unpack(dtype: DType, x: Vec): Vec {
  switch (dtype) {
    case 'bool':
      return x.ne(0)
    case 'int8':
    case 'int16':
      return wrap(dtype, x)
    default:
      return x
  }
}

const vec = (graph: Graph, dtype: DType, node: Node): Vec => new Vec(graph, laneOf(dtype), node)

/** Four elements at `address + offset` and behind. May read up to 15 bytes too many. */
export function loadDense(graph: Graph, dtype: DType, address: Node, offset: number): Quad {
  const load = (name: Instruction, at = offset) => vec(graph, dtype, graph.load(name, address, at))
  switch (dtypes[dtype].size) {
    case 8:
      return { dtype, regs: [load('v128.load'), load('v128.load', offset + 16)] }
    case 4:
      return { dtype, regs: [load('v128.load')] }
    case 2: {
      const signed = dtype === 'int16' ? 's' : 'u'
      const half = load('v128.load64_zero')
      return { dtype, regs: [half.convert(`i32x4.extend_low_i16x8_${signed}`, 'i32')] }
    }
    default: {
      const signed = dtype === 'int8' ? 's' : 'u'
      const words = load('v128.load32_zero')
        .convert(`i16x8.extend_low_i8x16_${signed}`, 'i32')
        .convert(`i32x4.extend_low_i16x8_${signed}`, 'i32')
      return { dtype, regs: [dtype === 'bool' ? words.ne(0) : words] }
    }
  }
}

const scalarLoad = (graph: Graph, size: number, address: Node, offset = 0): Node =>
  graph.load(size === 2 ? 'i32.load16_u' : 'i32.load8_u', address, offset)

/** One element in all four places. */
export function loadSplat(graph: Graph, dtype: DType, address: Node): Quad {
  const { size } = dtypes[dtype]
  switch (size) {
    case 8: {
      const x = vec(graph, dtype, graph.load('v128.load64_splat', address))
      return { dtype, regs: [x, x] }
    }
    case 4:
      return { dtype, regs: [vec(graph, dtype, graph.load('v128.load32_splat', address))] }
    default: {
      const x = Vec.of(graph, 'i32', [scalarLoad(graph, size, address)])
      return { dtype, regs: [unpack(dtype, x)] }
    }
  }
}

/** The elements at four addresses. */
export function loadLanes(graph: Graph, dtype: DType, addresses: readonly Node[]): Quad {
  const { size } = dtypes[dtype]
  if (size < 4) {
    const lanes = addresses.map((address) => scalarLoad(graph, size, address))
    return { dtype, regs: [unpack(dtype, Vec.of(graph, 'i32', lanes))] }
  }
  const count = 16 / size
  const gather = (from: number): Vec => {
    const bits = size === 4 ? '32' : '64'
    let node = graph.load(`v128.load${bits}_zero`, addresses[from])
    for (let i = 1; i < count; i++) {
      node = graph.op(`v128.load${bits}_lane`, [addresses[from + i], node], [0, 0, i])
    }
    return vec(graph, dtype, node)
  }
  return { dtype, regs: size === 4 ? [gather(0)] : [gather(0), gather(2)] }
}

/** Elements as they are in memory, at the start of one vector or of two. */
export interface Packed {
  readonly size: number
  readonly regs: readonly Vec[]
}

export function pack(quad: Quad): Packed {
  const { size } = dtypes[quad.dtype]
  if (size >= 4) return { size, regs: quad.regs }
  const words =
    quad.dtype === 'bool' ? mask32(quad).and(1) : quad.regs[0].and(size === 2 ? 0xffff : 0xff)
  const { graph } = words
  const halves = graph.op('i16x8.narrow_i32x4_u', [words.node, words.node])
  const node = size === 2 ? halves : graph.op('i8x16.narrow_i16x8_u', [halves, halves])
  return { size, regs: [new Vec(graph, 'i32', node)] }
}

/** The vector, and the lane of it, that holds element `i`. */
export const placeOf = ({ size, regs }: Packed, i: number): [Vec, number] =>
  size === 8 ? [regs[i >> 1], i & 1] : [regs[0], i]

/** The store of one element. */
export const laneStore = (size: number): Instruction =>
  `v128.store${(size * 8) as 8 | 16 | 32 | 64}_lane`
