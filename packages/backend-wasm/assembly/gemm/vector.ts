// Matrix times vector: bound by reading the matrix once, so nothing is packed.
import { lanes, madd, min32, sumLanes } from '../lib/simd'
import { ACCUMULATE, A_AREA, BIAS_COLUMN, BIAS_ROW, B_AREA, B_BYTES, Gemm, RELU } from './shape'

// @ts-ignore: decorator
@inline
function put<T>(g: Gemm, i: i32, v: T, flags: i32): void {
  const c = g.c + <usize>i * g.cRow
  if (flags & ACCUMULATE) v += load<T>(c)
  if (flags & BIAS_COLUMN) v += load<T>(g.bias)
  if (flags & BIAS_ROW) v += load<T>(g.bias + <usize>i * sizeof<T>())
  if (flags & RELU && v < <T>0) v = <T>0
  store<T>(c, v)
}

/** Dot products of four contiguous rows (of which `rows` count) with x. */
// @ts-ignore: decorator
@inline
function dotFour<T>(g: Gemm, i: i32, rows: i32, a: usize, x: usize, k: i32, flags: i32): void {
  const size = sizeof<T>()
  const unit = 2 * lanes<T>()
  const zero = v128.splat<T>(<T>0)
  let s00 = zero
  let s01 = zero
  let s10 = zero
  let s11 = zero
  let s20 = zero
  let s21 = zero
  let s30 = zero
  let s31 = zero
  // Past the last row the same row is read again: its sums are dropped.
  let a1 = a + (rows > 1 ? g.aRow : 0)
  let a2 = a1 + (rows > 2 ? g.aRow : 0)
  let a3 = a2 + (rows > 3 ? g.aRow : 0)
  let p = 0
  for (; p + unit <= k; p += unit) {
    const x0 = v128.load(x)
    const x1 = v128.load(x, 16)
    s00 = madd<T>(v128.load(a), x0, s00)
    s01 = madd<T>(v128.load(a, 16), x1, s01)
    s10 = madd<T>(v128.load(a1), x0, s10)
    s11 = madd<T>(v128.load(a1, 16), x1, s11)
    s20 = madd<T>(v128.load(a2), x0, s20)
    s21 = madd<T>(v128.load(a2, 16), x1, s21)
    s30 = madd<T>(v128.load(a3), x0, s30)
    s31 = madd<T>(v128.load(a3, 16), x1, s31)
    a += 32
    a1 += 32
    a2 += 32
    a3 += 32
    x += 32
  }
  let t0 = sumLanes<T>(v128.add<T>(s00, s01))
  let t1 = sumLanes<T>(v128.add<T>(s10, s11))
  let t2 = sumLanes<T>(v128.add<T>(s20, s21))
  let t3 = sumLanes<T>(v128.add<T>(s30, s31))
  for (; p < k; p++) {
    const v = load<T>(x)
    t0 += load<T>(a) * v
    t1 += load<T>(a1) * v
    t2 += load<T>(a2) * v
    t3 += load<T>(a3) * v
    a += size
    a1 += size
    a2 += size
    a3 += size
    x += size
  }
  put<T>(g, i, t0, flags)
  if (rows > 1) put<T>(g, i + 1, t1, flags)
  if (rows > 2) put<T>(g, i + 2, t2, flags)
  if (rows > 3) put<T>(g, i + 3, t3, flags)
}

/** y += A·x for `cols` (1 or 4, a constant) contiguous columns of A, over `count` rows. */
// @ts-ignore: decorator
@inline
function axpy<T>(cols: i32, y: usize, count: i32, a: usize, aCol: usize, x: usize): void {
  const size = sizeof<T>()
  const unit = 2 * lanes<T>()
  const x0 = v128.load_splat<T>(x)
  const x1 = cols > 1 ? v128.load_splat<T>(x + size) : x0
  const x2 = cols > 1 ? v128.load_splat<T>(x + 2 * size) : x0
  const x3 = cols > 1 ? v128.load_splat<T>(x + 3 * size) : x0
  let a1 = a + aCol
  let a2 = a1 + aCol
  let a3 = a2 + aCol
  let i = 0
  for (; i + unit <= count; i += unit) {
    let v0 = madd<T>(v128.load(a), x0, v128.load(y))
    let v1 = madd<T>(v128.load(a, 16), x0, v128.load(y, 16))
    if (cols > 1) {
      v0 = madd<T>(v128.load(a1), x1, v0)
      v1 = madd<T>(v128.load(a1, 16), x1, v1)
      v0 = madd<T>(v128.load(a2), x2, v0)
      v1 = madd<T>(v128.load(a2, 16), x2, v1)
      v0 = madd<T>(v128.load(a3), x3, v0)
      v1 = madd<T>(v128.load(a3, 16), x3, v1)
      a1 += 32
      a2 += 32
      a3 += 32
    }
    v128.store(y, v0)
    v128.store(y, v1, 16)
    a += 32
    y += 32
  }
  for (; i < count; i++) {
    let v = load<T>(y)
    for (let q = 0; q < cols; q++) v += load<T>(a + <usize>q * aCol) * load<T>(x + <usize>q * size)
    store<T>(y, v)
    a += size
    y += size
  }
}

/** Rows whose sums stay in the first-level cache while the columns stream by. */
// @ts-ignore: decorator
@inline
const ROWS: i32 = 1024

function byColumns<T>(g: Gemm, x: usize, p: i32, k: i32, flags: i32): void {
  const size = sizeof<T>()
  const y = changetype<usize>(g) + A_AREA
  for (let i = 0; i < g.m; i += ROWS) {
    const count = min32(ROWS, g.m - i)
    memory.fill(y, 0, <usize>count * size)
    let a = g.a + <usize>i * size + <usize>p * g.aCol
    let q = 0
    for (; q + 4 <= k; q += 4) {
      axpy<T>(4, y, count, a, g.aCol, x + <usize>q * size)
      a += 4 * g.aCol
    }
    for (; q < k; q++) {
      axpy<T>(1, y, count, a, g.aCol, x + <usize>q * size)
      a += g.aCol
    }
    for (let r = 0; r < count; r++) put<T>(g, i + r, load<T>(y + <usize>r * size), flags)
  }
}

/** Whether `matrixVector` knows this product: one column of B, and A contiguous along either side. */
// @ts-ignore: decorator
@inline
export function isMatrixVector<T>(g: Gemm): bool {
  return g.n == 1 && (g.aCol == sizeof<T>() || g.aRow == sizeof<T>())
}

export function matrixVector<T>(g: Gemm): void {
  const size = sizeof<T>()
  const packed = changetype<usize>(g) + B_AREA
  const contiguous = g.bRow == size
  const limit = contiguous ? i32.MAX_VALUE : B_BYTES / <i32>size
  let p = 0
  do {
    const k = min32(limit, g.k - p)
    let x = g.b + <usize>p * g.bRow
    if (!contiguous) {
      for (let q = 0; q < k; q++) store<T>(packed + <usize>q * size, load<T>(x + <usize>q * g.bRow))
      x = packed
    }
    let flags = p == 0 ? g.flags & ACCUMULATE : ACCUMULATE
    if (p + k >= g.k) flags |= g.flags & ~ACCUMULATE
    if (g.aCol == size) {
      const a = g.a + <usize>p * size
      for (let i = 0; i < g.m; i += 4) dotFour<T>(g, i, g.m - i, a + <usize>i * g.aRow, x, k, flags)
    } else byColumns<T>(g, x, p, k, flags)
    p += k
  } while (p < g.k)
}
