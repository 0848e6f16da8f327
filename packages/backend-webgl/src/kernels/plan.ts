import type { Layout } from '@sconce/backend'

/**
 * How the texels of an output are walked. A fragment renders one texel, so four elements that are
 * neighbours in storage. In a `run` they are neighbours along one dim too, and share all other
 * positions; otherwise each lane has its own position.
 */
export interface OutputPlan {
  /** Dims of more than one element, in order. */
  readonly dims: readonly number[]
  readonly run: boolean
  /** The dim of a run; -1 where there is no dim. */
  readonly lane: number
  /** Whether the elements lie row-major without gaps. */
  readonly flat: boolean
  /** Not flat: the dims by falling stride. */
  readonly order: readonly number[]
  /** Where a position follows from the place in storage; false only for layouts that interleave. */
  readonly invertible: boolean
  /** Position of lane 0 along the dim of a run, modulo 4. */
  readonly phase: number
  /** What a program depends on. */
  readonly key: string
}

/** Dims of more than one element, of the first `rank`. */
export function wideDims(shape: readonly number[], rank = shape.length): number[] {
  const dims: number[] = []
  for (let d = 0; d < rank; d++) if (shape[d] !== 1) dims.push(d)
  return dims
}

/** Whether the elements lie row-major without gaps along `dims`. */
export function isFlat(
  shape: readonly number[],
  strides: readonly number[],
  dims: readonly number[],
): boolean {
  let expected = 1
  for (let i = dims.length - 1; i >= 0; i--) {
    if (strides[dims[i]] !== expected) return false
    expected *= shape[dims[i]]
  }
  return true
}

/** Whether each stride is larger than all that lies within it, so that division finds the positions. */
function isNested(
  shape: readonly number[],
  strides: readonly number[],
  order: readonly number[],
): boolean {
  let extent = 0
  for (let i = order.length - 1; i >= 0; i--) {
    const d = order[i]
    if (strides[d] <= extent) return false
    extent += (shape[d] - 1) * strides[d]
  }
  return true
}

const multipleOf4 = (n: number): boolean => (n & 3) === 0

/** The plan for writing the first `rank` dims of an output. */
export function planOutput(shape: readonly number[], out: Layout, rank = shape.length): OutputPlan {
  const { strides, offset } = out
  const dims = wideDims(shape, rank)
  const last = dims.length > 0 ? dims[dims.length - 1] : -1
  if (isFlat(shape, strides, dims)) {
    const run = dims.length <= 1 || (multipleOf4(offset) && multipleOf4(shape[last]))
    const phase = dims.length <= 1 ? -offset & 3 : 0
    const key = `${dims.join('')}${run ? 'r' : 'o'}`
    return { dims, run, lane: last, flat: true, order: [], invertible: true, phase, key }
  }
  const order = [...dims].sort((a, b) => strides[b] - strides[a])
  const lane = order[order.length - 1]
  const run =
    strides[lane] === 1 &&
    multipleOf4(offset) &&
    multipleOf4(shape[lane]) &&
    order.every((d) => d === lane || multipleOf4(strides[d]))
  const key = `${dims.join('')}${run ? 'r' : 'o'}s${order.join('')}`
  const invertible = isNested(shape, strides, order)
  return { dims, run, lane: run ? lane : -1, flat: false, order, invertible, phase: 0, key }
}

/**
 * How an operand is read, from the cheapest way on:
 * - `e` equal: it lies as the output does, in a texture of the same size.
 * - `d` direct: it lies as the output does; the texel at the place of the fragment.
 * - `s` single: the same element everywhere.
 * - `z` zero: one element for all lanes of a run.
 * - `a` aligned: a whole texel.
 * - `f` flat: row-major like the output, but shifted.
 * - `l` loose: four neighbours across two texels.
 * - `g` gather: four elements anywhere.
 */
export type Access = 'e' | 'd' | 's' | 'z' | 'a' | 'f' | 'l' | 'g'

/** Along a run of `lane`: how an operand is read whose other strides are those of `dims`. */
export function runAccess(
  operand: Layout,
  dims: readonly number[],
  lane: number,
  phase: number,
): Access {
  const { strides, offset } = operand
  if (dims.every((d) => strides[d] === 0)) return 's'
  if (lane < 0 || strides[lane] === 0) return 'z'
  if (strides[lane] !== 1) return 'g'
  const aligned =
    multipleOf4(offset + phase) && dims.every((d) => d === lane || multipleOf4(strides[d]))
  return aligned ? 'a' : 'l'
}

/** How an input of a map is read where the output has that plan. */
export function accessFor(
  plan: OutputPlan,
  shape: readonly number[],
  operand: Layout,
  out: Layout,
): Access {
  const { dims } = plan
  if (operand.offset === out.offset && dims.every((d) => operand.strides[d] === out.strides[d])) {
    return 'd'
  }
  if (plan.run) return runAccess(operand, dims, plan.lane, plan.phase)
  if (dims.every((d) => operand.strides[d] === 0)) return 's'
  return plan.flat && isFlat(shape, operand.strides, dims) ? 'f' : 'g'
}

/** Whether neighbours along the last dim of a loaded operand are neighbours in storage. */
export const isUnit = ({ shape, strides }: Layout): boolean =>
  shape.length > 0 && strides[shape.length - 1] === 1

/** The class of each input's layout, as a part of a program's key. */
export const accessKey = <L extends Layout>(
  inputs: readonly L[],
  loaded: readonly boolean[],
  access: (operand: L) => Access,
): string => inputs.map((o, i) => (loaded[i] ? (isUnit(o) ? 'u' : 'v') : access(o))).join('')
