import { type DType, dtypes } from '@sconce/backend'
import { type Lane, lowWords, Vec } from './vec.ts'

/**
 * Four neighbouring elements of one dtype: one vector of 32-bit lanes, or two of 64-bit lanes. The
 * small integers are kept in 32-bit lanes, extended by their sign; float16 and bfloat16 as their bits;
 * bool as a mask, of 32 or of 64 bits.
 */
export interface Quad {
  readonly dtype: DType
  readonly regs: readonly Vec[]
}

export const quadLength = 4

/** Lanes in which a dtype's elements are kept. */
export function laneOf(dtype: DType): Lane {
  switch (dtype) {
    case 'float32':
      return 'f32'
    case 'float64':
      return 'f64'
    case 'int64':
      return 'i64'
    default:
      return 'i32'
  }
}

export const isWide = (dtype: DType): boolean => dtypes[dtype].size === 8

/** A bool quad as one mask of 32-bit lanes. */
export function mask32(quad: Quad): Vec {
  const [low, high] = quad.regs
  if (!high) return low
  return lowWords(low, high)
}

/** A bool quad as two masks of 64-bit lanes. */
export function mask64(quad: Quad): readonly Vec[] {
  if (quad.regs.length === 2) return quad.regs
  const [mask] = quad.regs
  return [
    mask.convert('i64x2.extend_low_i32x4_s', 'i64'),
    mask.convert('i64x2.extend_high_i32x4_s', 'i64'),
  ]
}

/** A bool quad as masks for the vectors of `other`. */
export const masksFor = (quad: Quad, other: Quad): readonly Vec[] =>
  other.regs.length === 2 ? mask64(quad) : [mask32(quad)]

/** Bool quads at one width: at 64 bits only if all of them are. */
export function sameWidth(quads: readonly Quad[]): readonly (readonly Vec[])[] {
  return quads.every((q) => q.regs.length === 2)
    ? quads.map((q) => q.regs)
    : quads.map((q) => [mask32(q)])
}

/** Each vector of the quads by `f`. */
export function zip(dtype: DType, quads: readonly Quad[], f: (...regs: Vec[]) => Vec): Quad {
  return { dtype, regs: quads[0].regs.map((_, r) => f(...quads.map((q) => q.regs[r]))) }
}

/** All four elements equal. */
export function splatQuad(graph: Vec['graph'], dtype: DType, value: number | bigint): Quad {
  const lane = laneOf(dtype)
  const bits = dtype === 'bool' ? (value ? -1 : 0) : value
  const vec = Vec.splat(
    graph,
    lane,
    lane === 'i64' && typeof bits === 'number' ? BigInt(bits) : bits,
  )
  return { dtype, regs: isWide(dtype) ? [vec, vec] : [vec] }
}
