// Copies between strided layouts, transposing in blocks where the two sides run along different dims.
import { min32 } from './lib/simd'

/**
 * `rank` outer dims, then a plane of `rows` × `cols`; strides in elements of `size` bytes. The host puts the dim
 * along which dst is densest last, and the one along which src is densest before it. One unit is `block` rows of a plane.
 * The outer dims follow the fields: triples (size, src stride, dst stride), outermost first.
 */
@unmanaged
class CopyArgs {
  src: usize
  dst: usize
  size: i32
  rows: i32
  cols: i32
  srcRow: i32
  srcCol: i32
  dstRow: i32
  dstCol: i32
  block: i32
  rank: i32
}

/** Bytes up to which a loop beats the call of a block copy. */
// @ts-ignore: decorator
@inline
const SHORT: i32 = 64

function copyRow(dst: usize, src: usize, bytes: i32): void {
  if (bytes > SHORT) {
    memory.copy(dst, src, bytes)
    return
  }
  for (; bytes >= 16; bytes -= 16) {
    v128.store(dst, v128.load(src))
    dst += 16
    src += 16
  }
  for (; bytes >= 4; bytes -= 4) {
    store<u32>(dst, load<u32>(src))
    dst += 4
    src += 4
  }
  for (; bytes > 0; bytes--) {
    store<u8>(dst, load<u8>(src))
    dst++
    src++
  }
}

function copyGrid<T>(dst: usize, src: usize, rows: i32, cols: i32, dstRow: usize, dstCol: usize, srcRow: usize, srcCol: usize): void {
  for (let i = 0; i < rows; i++) {
    let d = dst
    let s = src
    for (let j = 0; j < cols; j++) {
      store<T>(d, load<T>(s))
      d += dstCol
      s += srcCol
    }
    dst += dstRow
    src += srcRow
  }
}

// Four by four 32-bit elements: four columns of src become four rows of dst.
// @ts-ignore: decorator
@inline
function turn4(dst: usize, dstRow: usize, src: usize, srcCol: usize): void {
  const r0 = v128.load(src)
  const r1 = v128.load(src + srcCol)
  const r2 = v128.load(src + 2 * srcCol)
  const r3 = v128.load(src + 3 * srcCol)
  const t0 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5)
  const t1 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5)
  const t2 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7)
  const t3 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7)
  v128.store(dst, v128.shuffle<u64>(t0, t1, 0, 2))
  v128.store(dst + dstRow, v128.shuffle<u64>(t0, t1, 1, 3))
  v128.store(dst + 2 * dstRow, v128.shuffle<u64>(t2, t3, 0, 2))
  v128.store(dst + 3 * dstRow, v128.shuffle<u64>(t2, t3, 1, 3))
}

// @ts-ignore: decorator
@inline
function turn2(dst: usize, dstRow: usize, src: usize, srcCol: usize): void {
  const r0 = v128.load(src)
  const r1 = v128.load(src + srcCol)
  v128.store(dst, v128.shuffle<u64>(r0, r1, 0, 2))
  v128.store(dst + dstRow, v128.shuffle<u64>(r0, r1, 1, 3))
}

/** Columns walked together: their cache lines on the source's side fit in one associative set. */
// @ts-ignore: decorator
@inline
const STRIP: i32 = 8

/** dst rows and src columns are dense: T is u32 or u64, in vectors; the edges element by element. */
function transpose<T>(dst: usize, src: usize, rows: i32, cols: i32, dstRow: usize, srcCol: usize): void {
  const size = sizeof<T>()
  const unit = 16 / <i32>size
  const wholeRows = rows - (rows % unit)
  const wholeCols = cols - (cols % unit)
  for (let jc = 0; jc < wholeCols; jc += STRIP) {
    const jEnd = min32(jc + STRIP, wholeCols)
    for (let i = 0; i < wholeRows; i += unit) {
      for (let j = jc; j < jEnd; j += unit) {
        const d = dst + <usize>i * dstRow + <usize>j * size
        const s = src + <usize>j * srcCol + <usize>i * size
        if (sizeof<T>() == 4) turn4(d, dstRow, s, srcCol)
        else turn2(d, dstRow, s, srcCol)
      }
    }
  }
  if (wholeCols < cols) {
    const j = <usize>wholeCols
    copyGrid<T>(dst + j * size, src + j * srcCol, wholeRows, cols - wholeCols, dstRow, size, size, srcCol)
  }
  if (wholeRows < rows) {
    const i = <usize>wholeRows
    copyGrid<T>(dst + i * dstRow, src + i * size, rows - wholeRows, cols, dstRow, size, size, srcCol)
  }
}

/**
 * The same where strides are multiples of a large power of two: then the lines of a strip fall into the same
 * few places of the cache, and each must be used up while it is there. A tile has one cache line a side.
 */
function transposeTiled<T>(dst: usize, src: usize, rows: i32, cols: i32, dstRow: usize, srcCol: usize, tile: usize): void {
  const size = sizeof<T>()
  const side = 64 / <i32>size
  for (let i = 0; i < rows; i += side) {
    for (let j = 0; j < cols; j += side) {
      const d = dst + <usize>i * dstRow + <usize>j * size
      const s = src + <usize>j * srcCol + <usize>i * size
      if (i + side > rows || j + side > cols) {
        transpose<T>(d, s, min32(side, rows - i), min32(side, cols - j), dstRow, srcCol)
        continue
      }
      const unit = 16 / <i32>size
      for (let q = 0; q < side; q += unit) {
        for (let p = 0; p < side; p += unit) {
          const to = tile + <usize>(p * side + q) * size
          const from = s + <usize>q * srcCol + <usize>p * size
          if (sizeof<T>() == 4) turn4(to, 64, from, srcCol)
          else turn2(to, 64, from, srcCol)
        }
      }
      for (let p = 0; p < side; p++) {
        const line = tile + (<usize>p << 6)
        const to = d + <usize>p * dstRow
        v128.store(to, v128.load(line))
        v128.store(to, v128.load(line, 16), 16)
        v128.store(to, v128.load(line, 32), 32)
        v128.store(to, v128.load(line, 48), 48)
      }
    }
  }
}

/** Distance of lines from which on they crowd each other out of the cache. */
// @ts-ignore: decorator
@inline
const CROWDED: usize = 512

function plane<T>(p: CopyArgs, dst: usize, src: usize, rows: i32, scratch: usize): void {
  const size = sizeof<T>()
  const dstRow = <usize>p.dstRow * size
  const srcCol = <usize>p.srcCol * size
  const crowded = dstRow % CROWDED == 0 || srcCol % CROWDED == 0
  if (sizeof<T>() >= 4 && crowded && p.srcRow == 1 && p.dstCol == 1 && p.srcCol != 1) {
    transposeTiled<T>(dst, src, rows, p.cols, dstRow, srcCol, scratch)
  } else if (sizeof<T>() >= 4 && p.srcRow == 1 && p.dstCol == 1 && p.srcCol != 1) {
    transpose<T>(dst, src, rows, p.cols, dstRow, srcCol)
  } else {
    copyGrid<T>(dst, src, rows, p.cols, dstRow, <usize>p.dstCol * size, <usize>p.srcRow * size, srcCol)
  }
}

/** `begin`…`end` count units: outer positions × ceil(rows / block). 1024 bytes of scratch. */
export function copy_strided(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<CopyArgs>(args)
  const dims = args + offsetof<CopyArgs>()
  const perPlane = (p.rows + p.block - 1) / p.block
  for (let unit = begin; unit < end; unit++) {
    let outer = unit / perPlane
    const row = (unit - outer * perPlane) * p.block
    let src = row * p.srcRow
    let dst = row * p.dstRow
    for (let d = p.rank - 1; d >= 0; d--) {
      const triple = dims + <usize>d * 12
      const size = load<i32>(triple)
      const rest = outer / size
      const i = outer - rest * size
      src += i * load<i32>(triple, 4)
      dst += i * load<i32>(triple, 8)
      outer = rest
    }
    const rows = min32(p.block, p.rows - row)
    const to = p.dst + <usize>dst * <usize>p.size
    const from = p.src + <usize>src * <usize>p.size
    if (p.srcCol == 1 && p.dstCol == 1) {
      for (let i = 0; i < rows; i++) {
        copyRow(to + <usize>(i * p.dstRow * p.size), from + <usize>(i * p.srcRow * p.size), p.cols * p.size)
      }
    } else if (p.size == 4) plane<u32>(p, to, from, rows, scratch)
    else if (p.size == 8) plane<u64>(p, to, from, rows, scratch)
    else if (p.size == 2) plane<u16>(p, to, from, rows, scratch)
    else plane<u8>(p, to, from, rows, scratch)
  }
}
