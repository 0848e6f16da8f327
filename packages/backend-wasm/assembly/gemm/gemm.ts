// Chooses how one product is computed.
import { blocked } from './blocked'
import { ACCUMULATE, BIAS_COLUMN, BIAS_ROW, Gemm, RELU, swapOperands } from './shape'
import { isMatrixVector, matrixVector } from './vector'

/** Products so small that setting up a tile costs more than the arithmetic. */
// @ts-ignore: decorator
@inline
const TINY: i32 = 64

/** Rows up to which a copy of a transposed B costs more than it saves. */
// @ts-ignore: decorator
@inline
const FEW_ROWS: i32 = 8

function tiny<T>(g: Gemm): void {
  const flags = g.flags
  for (let i = 0; i < g.m; i++) {
    for (let j = 0; j < g.n; j++) {
      let a = g.a + <usize>i * g.aRow
      let b = g.b + <usize>j * g.bCol
      const c = g.c + <usize>i * g.cRow + <usize>j * g.cCol
      let v: T = flags & ACCUMULATE ? load<T>(c) : <T>0
      for (let p = 0; p < g.k; p++) {
        v += load<T>(a) * load<T>(b)
        a += g.aCol
        b += g.bRow
      }
      if (flags & BIAS_COLUMN) v += load<T>(g.bias + <usize>j * sizeof<T>())
      if (flags & BIAS_ROW) v += load<T>(g.bias + <usize>i * sizeof<T>())
      if (flags & RELU && v < <T>0) v = <T>0
      store<T>(c, v)
    }
  }
}

/** C = epilogue(A·B) for operands of any strides. */
export function gemm<T>(g: Gemm): void {
  const size = sizeof<T>()
  if (g.m <= 0 || g.n <= 0) return
  if (<i64>g.m * <i64>g.n * <i64>max(g.k, 1) <= TINY) return tiny<T>(g)
  if (g.m == 1) swapOperands(g)
  if (isMatrixVector<T>(g)) return matrixVector<T>(g)
  // Tiles write rows of C; and a few rows against a transposed B are better done as its rows
  // against a few columns, which are the cheap side to copy.
  const fewRows = g.m <= FEW_ROWS && g.n > g.m && g.bCol != size && g.bRow == size
  if ((g.cCol != size && g.cRow == size) || fewRows) swapOperands(g)
  const bytes = <i64>g.k * <i64>g.n * <i64>size
  const packB = g.bCol != size || (g.m > 2 * FEW_ROWS && bytes > SMALL_B)
  const packA = g.n > NARROW && (bytes > SMALL_B)
  blocked<T>(g, packA, packB)
}

/** Bytes of B up to which reading it in place is as fast as from panels. */
// @ts-ignore: decorator
@inline
const SMALL_B: i64 = 16384

/** Columns from which each row of A is read so often that panels pay. */
// @ts-ignore: decorator
@inline
const NARROW: i32 = 64
