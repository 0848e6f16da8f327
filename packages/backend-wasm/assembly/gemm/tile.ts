// The innermost loop: one register tile of C.
import { madd, relu } from '../lib/simd'
import { ACCUMULATE, BIAS_COLUMN, BIAS_ROW, MR, RELU } from './shape'

// @ts-ignore: decorator
@inline
function storeRow<T>(
  vectors: i32,
  c: usize,
  v0: v128,
  v1: v128,
  flags: i32,
  biasColumn: usize,
  biasRow: usize,
): void {
  if (flags & ACCUMULATE) {
    v0 = v128.add<T>(v128.load(c), v0)
    if (vectors > 1) v1 = v128.add<T>(v128.load(c, 16), v1)
  }
  if (flags & BIAS_COLUMN) {
    v0 = v128.add<T>(v0, v128.load(biasColumn))
    if (vectors > 1) v1 = v128.add<T>(v1, v128.load(biasColumn, 16))
  }
  if (flags & BIAS_ROW) {
    const bias = v128.load_splat<T>(biasRow)
    v0 = v128.add<T>(v0, bias)
    if (vectors > 1) v1 = v128.add<T>(v1, bias)
  }
  if (flags & RELU) {
    v0 = relu<T>(v0)
    if (vectors > 1) v1 = relu<T>(v1)
  }
  v128.store(c, v0)
  if (vectors > 1) v128.store(c, v1, 16)
}

// `rows` (4 or 6) and `vectors` (1 or 2) are constants at every call, so that what is not needed folds away.
// @ts-ignore: decorator
@inline
function tile<T>(
  rows: i32,
  vectors: i32,
  kc: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  flags: i32,
  biasColumn: usize,
  biasRow: usize,
): void {
  const zero = v128.splat<T>(<T>0)
  let c00 = zero
  let c01 = zero
  let c10 = zero
  let c11 = zero
  let c20 = zero
  let c21 = zero
  let c30 = zero
  let c31 = zero
  let c40 = zero
  let c41 = zero
  let c50 = zero
  let c51 = zero
  let b1 = zero
  const a0 = a
  let a1 = a0 + aRow
  let a2 = a1 + aRow
  let a3 = a2 + aRow
  let a4 = a3 + aRow
  let a5 = a4 + aRow
  for (; kc > 0; kc--) {
    const b0 = v128.load(b)
    if (vectors > 1) b1 = v128.load(b, 16)
    let x = v128.load_splat<T>(a)
    c00 = madd<T>(x, b0, c00)
    if (vectors > 1) c01 = madd<T>(x, b1, c01)
    x = v128.load_splat<T>(a1)
    c10 = madd<T>(x, b0, c10)
    if (vectors > 1) c11 = madd<T>(x, b1, c11)
    x = v128.load_splat<T>(a2)
    c20 = madd<T>(x, b0, c20)
    if (vectors > 1) c21 = madd<T>(x, b1, c21)
    x = v128.load_splat<T>(a3)
    c30 = madd<T>(x, b0, c30)
    if (vectors > 1) c31 = madd<T>(x, b1, c31)
    if (rows > 4) {
      x = v128.load_splat<T>(a4)
      c40 = madd<T>(x, b0, c40)
      if (vectors > 1) c41 = madd<T>(x, b1, c41)
      x = v128.load_splat<T>(a5)
      c50 = madd<T>(x, b0, c50)
      if (vectors > 1) c51 = madd<T>(x, b1, c51)
      a4 += aStep
      a5 += aStep
    }
    a += aStep
    a1 += aStep
    a2 += aStep
    a3 += aStep
    b += bStep
  }
  const step = sizeof<T>()
  storeRow<T>(vectors, c, c00, c01, flags, biasColumn, biasRow)
  storeRow<T>(vectors, c + cRow, c10, c11, flags, biasColumn, biasRow + step)
  storeRow<T>(vectors, c + 2 * cRow, c20, c21, flags, biasColumn, biasRow + 2 * step)
  storeRow<T>(vectors, c + 3 * cRow, c30, c31, flags, biasColumn, biasRow + 3 * step)
  if (rows > 4) {
    storeRow<T>(vectors, c + 4 * cRow, c40, c41, flags, biasColumn, biasRow + 4 * step)
    storeRow<T>(vectors, c + 5 * cRow, c50, c51, flags, biasColumn, biasRow + 5 * step)
  }
}

function tile4x2<T>(kc: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, flags: i32, biasColumn: usize, biasRow: usize): void {
  tile<T>(4, 2, kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
}

function tile4x1<T>(kc: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, flags: i32, biasColumn: usize, biasRow: usize): void {
  tile<T>(4, 1, kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
}

function tile6x2<T>(kc: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, flags: i32, biasColumn: usize, biasRow: usize): void {
  tile<T>(6, 2, kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
}

function tile6x1<T>(kc: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, flags: i32, biasColumn: usize, biasRow: usize): void {
  tile<T>(6, 1, kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
}

/**
 * Computes `rows` (4 or MR) × `vectors` (1 or 2) vectors of C from `kc` steps of A and B and stores them
 * with the epilogue that `flags` asks for. A element (i, k) is at a + i·aRow + k·aStep, B row k at b + k·bStep.
 */
// @ts-ignore: decorator
@inline
export function runTile<T>(
  rows: i32,
  vectors: i32,
  kc: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  flags: i32,
  biasColumn: usize,
  biasRow: usize,
): void {
  if (MR == 6 && rows > 4) {
    if (vectors == 2) tile6x2<T>(kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
    else tile6x1<T>(kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
  } else {
    if (vectors == 2) tile4x2<T>(kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
    else tile4x1<T>(kc, a, aRow, aStep, b, bStep, c, cRow, flags, biasColumn, biasRow)
  }
}
