// Blocking constants and the description of one matrix product.
import { lanes } from '../lib/simd'

/**
 * Rows of a register tile. Six rows use 12 accumulators and 15 of x86's 16 registers; that pays only
 * with fused multiply-add, whose two pipes need more independent chains than four rows offer.
 */
// @ts-ignore: decorator
@inline
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4

/** Depth of a packed panel: KC × NR of B stays in the first-level cache. */
// @ts-ignore: decorator
@inline
export const KC: i32 = 256

/** Rows of A packed at a time (a multiple of 4 and of 6): MC × KC stays in the second-level cache. */
// @ts-ignore: decorator
@inline
export const MC: i32 = 96

/** Bytes of a packed block of B (512 columns of f32, 256 of f64). */
// @ts-ignore: decorator
@inline
export const B_BYTES: i32 = KC * 512 * 4

/** Columns of a register tile: two vectors. */
// @ts-ignore: decorator
@inline
export function NR<T>(): i32 {
  return 2 * lanes<T>()
}

/** Columns of B packed at a time. */
// @ts-ignore: decorator
@inline
export function NC<T>(): i32 {
  return B_BYTES / (KC * <i32>sizeof<T>())
}

/** C += A·B rather than C = A·B. */
// @ts-ignore: decorator
@inline
export const ACCUMULATE: i32 = 1
/** Add `bias[column]`. */
// @ts-ignore: decorator
@inline
export const BIAS_COLUMN: i32 = 2
/** Add `bias[row]`. */
// @ts-ignore: decorator
@inline
export const BIAS_ROW: i32 = 4
/** Clamp at zero from below, keeping NaN. */
// @ts-ignore: decorator
@inline
export const RELU: i32 = 8

/**
 * One product C = epilogue(A·B), in byte strides. It lies at the start of the calling thread's
 * scratch area, followed by the areas below.
 *
 * A table, where it is not 0, replaces a stride by element offsets (i32): convolution reads patches
 * of the image as `b[bRowTable[k] + bColTable[j]]`, without ever storing the patch matrix.
 */
@unmanaged
export class Gemm {
  m: i32
  n: i32
  k: i32
  a: usize
  aRow: usize
  aCol: usize
  aColTable: usize
  b: usize
  bRow: usize
  bCol: usize
  bRowTable: usize
  bColTable: usize
  c: usize
  cRow: usize
  cCol: usize
  cColTable: usize
  bias: usize
  flags: i32
}

// Areas of the scratch memory, as offsets from its start.
// @ts-ignore: decorator
@inline
export const TILE_AREA: usize = 128
// @ts-ignore: decorator
@inline
export const A_TAIL_AREA: usize = TILE_AREA + 6 * 32 + 64
// @ts-ignore: decorator
@inline
export const A_AREA: usize = A_TAIL_AREA + 6 * KC * 8
// @ts-ignore: decorator
@inline
export const B_AREA: usize = A_AREA + MC * KC * 8
/** Bytes of scratch that one thread needs for a product. */
// @ts-ignore: decorator
@inline
export const GEMM_SCRATCH: usize = B_AREA + B_BYTES

// @ts-ignore: decorator
@inline
export function swapOperands(g: Gemm): void {
  const m = g.m
  g.m = g.n
  g.n = m
  const a = g.a
  g.a = g.b
  g.b = a
  const aRow = g.aRow
  const aCol = g.aCol
  g.aRow = g.bCol
  g.aCol = g.bRow
  g.bRow = aCol
  g.bCol = aRow
  const cRow = g.cRow
  g.cRow = g.cCol
  g.cCol = cRow
  const flags = g.flags
  let swapped = flags & ~(BIAS_COLUMN | BIAS_ROW)
  if (flags & BIAS_COLUMN) swapped |= BIAS_ROW
  if (flags & BIAS_ROW) swapped |= BIAS_COLUMN
  g.flags = swapped
}
