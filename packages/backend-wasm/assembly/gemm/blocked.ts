// The blocked product: KC × NC blocks of B and MC × KC blocks of A pass through the caches, and a
// register tile runs over each pair of panels (the scheme of Goto and van de Geijn, as in BLIS).
import { balanced, lanes, min32 } from '../lib/simd'
import { packColumns, packIndexed, packPanel } from './pack'
import {
  ACCUMULATE,
  A_AREA,
  A_TAIL_AREA,
  BIAS_COLUMN,
  BIAS_ROW,
  B_AREA,
  Gemm,
  KC,
  MC,
  MR,
  NC,
  NR,
  RELU,
  TILE_AREA,
} from './shape'
import { runTile } from './tile'

/** Adds one finished tile of `rows` × `cols`, at `tile` with rows of NR, to C at (i, j): any strides, any edge. */
function mergeTile<T>(g: Gemm, tile: usize, i: i32, j: i32, rows: i32, cols: i32, flags: i32): void {
  const size = sizeof<T>()
  const table = g.cColTable
  for (let q = 0; q < cols; q++) {
    let c = g.c + <usize>i * g.cRow
    if (table) c += <usize>load<i32>(table + (<usize>(j + q) << 2)) * size
    else c += <usize>(j + q) * g.cCol
    for (let p = 0; p < rows; p++) {
      let v = load<T>(tile + <usize>(p * NR<T>() + q) * size)
      if (flags & ACCUMULATE) v += load<T>(c)
      if (flags & BIAS_COLUMN) v += load<T>(g.bias + <usize>(j + q) * size)
      if (flags & BIAS_ROW) v += load<T>(g.bias + <usize>(i + p) * size)
      if (flags & RELU && v < <T>0) v = <T>0
      store<T>(c, v)
      c += g.cRow
    }
  }
}

/** Packs rows [i, i + rows) of A, steps [p, p + kc). */
// @ts-ignore: decorator
@inline
function packRows<T>(g: Gemm, dst: usize, width: i32, i: i32, rows: i32, p: i32, kc: i32): void {
  const src = g.a + <usize>i * g.aRow
  if (g.aColTable) packColumns<T>(dst, width, rows, src, g.aRow, g.aColTable + (<usize>p << 2), kc)
  else packPanel<T>(dst, width, rows, src + <usize>p * g.aCol, g.aRow, g.aCol, kc)
}

/** Packs columns [j, j + cols) of B, steps [p, p + kc). */
// @ts-ignore: decorator
@inline
function packCols<T>(g: Gemm, dst: usize, width: i32, j: i32, cols: i32, p: i32, kc: i32): void {
  if (g.bColTable) {
    packIndexed<T>(dst, width, cols, g.b, g.bColTable + (<usize>j << 2), g.bRowTable + (<usize>p << 2), kc)
  } else {
    packPanel<T>(dst, width, cols, g.b + <usize>p * g.bRow + <usize>j * g.bCol, g.bCol, g.bRow, kc)
  }
}

// @ts-ignore: decorator
@inline
function panelHeight(rows: i32): i32 {
  return rows <= 4 ? 4 : MR
}

// @ts-ignore: decorator
@inline
function panelWidth<T>(cols: i32): i32 {
  return cols <= lanes<T>() ? lanes<T>() : NR<T>()
}

/**
 * C = epilogue(A·B). `packA` and `packB` say whether whole blocks are copied to panels first; B may be
 * read in place only if its rows are contiguous. Edge panels are always packed, so that nothing is
 * read past the operands' ends.
 */
export function blocked<T>(g: Gemm, packA: bool, packB: bool): void {
  const size = sizeof<T>()
  const scratch = changetype<usize>(g)
  const n = g.n
  const k = g.k
  const nc = balanced(n, NC<T>(), NR<T>())
  const kc = balanced(k, KC, 4)
  const mc = packA ? balanced(g.m, MC, MR) : g.m
  for (let jc = 0; jc < n; jc += nc) {
    const jEnd = min32(n, jc + nc)
    let pc = 0
    do {
      // Once even for k = 0, where the sum is empty but the epilogue is not.
      const steps = min32(kc, k - pc)
      let flags = pc == 0 ? g.flags & ACCUMULATE : ACCUMULATE
      if (pc + steps >= k) flags |= g.flags & ~ACCUMULATE
      for (let j = jc; j < jEnd; j += NR<T>()) {
        const cols = min32(NR<T>(), jEnd - j)
        const width = panelWidth<T>(cols)
        if (packB || cols < width) {
          packCols<T>(g, scratch + B_AREA + <usize>(j - jc) * <usize>steps * size, width, j, cols, pc, steps)
        }
      }
      for (let ic = 0; ic < g.m; ic += mc) {
        block<T>(g, packA, packB, ic, min32(g.m, ic + mc), jc, jEnd, pc, steps, flags)
      }
      pc += steps
    } while (pc < k)
  }
}

/** One block of A against one block of B. */
function block<T>(
  g: Gemm,
  packA: bool,
  packB: bool,
  iBegin: i32,
  iEnd: i32,
  jBegin: i32,
  jEnd: i32,
  pc: i32,
  steps: i32,
  flags: i32,
): void {
  const size = sizeof<T>()
  const scratch = changetype<usize>(g)
  for (let i = iBegin; i < iEnd; i += MR) {
    const rows = min32(MR, iEnd - i)
    const height = panelHeight(rows)
    if (packA) packRows<T>(g, scratch + A_AREA + <usize>(i - iBegin) * <usize>steps * size, height, i, rows, pc, steps)
    else if (rows < height) packRows<T>(g, scratch + A_TAIL_AREA, height, i, rows, pc, steps)
  }
  const plain = g.cColTable == 0 && g.cCol == size
  const tileArea = scratch + TILE_AREA
  for (let j = jBegin; j < jEnd; j += NR<T>()) {
    const cols = min32(NR<T>(), jEnd - j)
    const width = panelWidth<T>(cols)
    const vectors = width / lanes<T>()
    let b: usize
    let bStep: usize
    if (packB || cols < width) {
      b = scratch + B_AREA + <usize>(j - jBegin) * <usize>steps * size
      bStep = <usize>width * size
    } else {
      b = g.b + <usize>pc * g.bRow + <usize>j * size
      bStep = g.bRow
    }
    const c = g.c + <usize>j * size
    const biasColumn = g.bias + <usize>j * size
    for (let i = iBegin; i < iEnd; i += MR) {
      const rows = min32(MR, iEnd - i)
      const height = panelHeight(rows)
      let a: usize
      let aRow: usize
      let aStep: usize
      if (packA || rows < height) {
        a = packA ? scratch + A_AREA + <usize>(i - iBegin) * <usize>steps * size : scratch + A_TAIL_AREA
        aRow = size
        aStep = <usize>height * size
      } else {
        a = g.a + <usize>i * g.aRow + <usize>pc * g.aCol
        aRow = g.aRow
        aStep = g.aCol
      }
      if (plain && rows == height && cols == width) {
        const biasRow = g.bias + <usize>i * size
        runTile<T>(height, vectors, steps, a, aRow, aStep, b, bStep, c + <usize>i * g.cRow, g.cRow, flags, biasColumn, biasRow)
      } else {
        const cRow = <usize>NR<T>() * size
        runTile<T>(height, vectors, steps, a, aRow, aStep, b, bStep, tileArea, cRow, 0, 0, 0)
        mergeTile<T>(g, tileArea, i, j, rows, cols, flags)
      }
    }
  }
}
