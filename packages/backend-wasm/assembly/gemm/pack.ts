// Copies of a block into panels: `width` values that one step of a tile needs lie side by side, so that
// the innermost loop reads memory in order whatever the strides of the matrix were.
import { lanes } from '../lib/simd'

// @ts-ignore: decorator
@inline
function clear(p: usize, bytes: usize): void {
  for (const end = p + bytes; p < end; p += 8) store<u64>(p, 0)
}

/** Rows of `width` that are already side by side in the source. `width` takes 16, 24, 32 or 48 bytes. */
function copySteps(dst: usize, src: usize, stride: usize, steps: i32, bytes: usize): void {
  if (bytes == 32) {
    for (; steps > 0; steps--) {
      v128.store(dst, v128.load(src))
      v128.store(dst, v128.load(src, 16), 16)
      src += stride
      dst += 32
    }
  } else if (bytes == 16) {
    for (; steps > 0; steps--) {
      v128.store(dst, v128.load(src))
      src += stride
      dst += 16
    }
  } else if (bytes == 24) {
    for (; steps > 0; steps--) {
      v128.store(dst, v128.load(src))
      store<u64>(dst, load<u64>(src, 16), 16)
      src += stride
      dst += 24
    }
  } else {
    for (; steps > 0; steps--) {
      v128.store(dst, v128.load(src))
      v128.store(dst, v128.load(src, 16), 16)
      v128.store(dst, v128.load(src, 32), 32)
      src += stride
      dst += 48
    }
  }
}

/** Transposes 4 steps of 4 lines of f32 that start at s0…s3. `step` is the panel's width in bytes. */
// @ts-ignore: decorator
@inline
function transpose4(dst: usize, step: usize, s0: usize, s1: usize, s2: usize, s3: usize): void {
  const r0 = v128.load(s0)
  const r1 = v128.load(s1)
  const r2 = v128.load(s2)
  const r3 = v128.load(s3)
  const t0 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5)
  const t1 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5)
  const t2 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7)
  const t3 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7)
  v128.store(dst, v128.shuffle<u64>(t0, t1, 0, 2))
  v128.store(dst + step, v128.shuffle<u64>(t0, t1, 1, 3))
  v128.store(dst + 2 * step, v128.shuffle<u64>(t2, t3, 0, 2))
  v128.store(dst + 3 * step, v128.shuffle<u64>(t2, t3, 1, 3))
}

/** Transposes 4 steps of 2 lines of f32. */
// @ts-ignore: decorator
@inline
function transpose2(dst: usize, step: usize, s0: usize, s1: usize): void {
  const r0 = v128.load(s0)
  const r1 = v128.load(s1)
  const t0 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5)
  const t1 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7)
  v128.store_lane<u64>(dst, t0, 0)
  v128.store_lane<u64>(dst + step, t0, 1)
  v128.store_lane<u64>(dst + 2 * step, t1, 0)
  v128.store_lane<u64>(dst + 3 * step, t1, 1)
}

/** `count` lines, each contiguous along the steps and `line` bytes apart: transposed on the way. */
function transposeLines<T>(dst: usize, width: i32, src: usize, line: usize, steps: i32): void {
  const size = sizeof<T>()
  const step = <usize>width * size
  const unit = lanes<T>()
  for (let r = 0; r < width; ) {
    const pair = sizeof<T>() == 8 || width - r < 4
    let s = src + <usize>r * line
    let d = dst + <usize>r * size
    let k = 0
    for (; k + unit <= steps; k += unit) {
      if (sizeof<T>() == 8) {
        const r0 = v128.load(s)
        const r1 = v128.load(s + line)
        v128.store(d, v128.shuffle<u64>(r0, r1, 0, 2))
        v128.store(d + step, v128.shuffle<u64>(r0, r1, 1, 3))
      } else if (pair) transpose2(d, step, s, s + line)
      else transpose4(d, step, s, s + line, s + 2 * line, s + 3 * line)
      s += 16
      d += <usize>unit * step
    }
    const lines = pair ? 2 : 4
    for (; k < steps; k++) {
      for (let i = 0; i < lines; i++) store<T>(d + <usize>i * size, load<T>(s + <usize>i * line))
      s += size
      d += step
    }
    r += lines
  }
}

/**
 * One panel of `steps` × `width`, of which the first `count` columns are real and the rest zero:
 * dst[k·width + r] = src[r·line + k·stride]. Strides in bytes.
 */
export function packPanel<T>(
  dst: usize,
  width: i32,
  count: i32,
  src: usize,
  line: usize,
  stride: usize,
  steps: i32,
): void {
  const size = sizeof<T>()
  const step = <usize>width * size
  if (count == width) {
    if (line == size) return copySteps(dst, src, stride, steps, step)
    if (stride == size) return transposeLines<T>(dst, width, src, line, steps)
  } else clear(dst, <usize>steps * step)
  for (let r = 0; r < count; r++) {
    let s = src + <usize>r * line
    let d = dst + <usize>r * size
    for (let k = 0; k < steps; k++) {
      store<T>(d, load<T>(s))
      s += stride
      d += step
    }
  }
}

// @ts-ignore: decorator
@inline
function at(table: usize, index: i32): i32 {
  return load<i32>(table + (<usize>index << 2))
}

/** Whether `count` table entries rise by one each: neighbours in memory. */
// @ts-ignore: decorator
@inline
function isRun(table: usize, count: i32): bool {
  const first = at(table, 0)
  for (let i = 1; i < count; i++) {
    if (at(table, i) - first != i) return false
  }
  return true
}

/** As `packPanel`, but element (k, r) is src[steps_k + lines_r], both tables of element offsets. */
export function packIndexed<T>(
  dst: usize,
  width: i32,
  count: i32,
  src: usize,
  lineTable: usize,
  stepTable: usize,
  steps: i32,
): void {
  const size = sizeof<T>()
  const step = <usize>width * size
  if (count == width && isRun(lineTable, count)) {
    // Neighbours within an output row.
    const base = src + <usize>at(lineTable, 0) * size
    for (let k = 0; k < steps; k++) {
      const s = base + <usize>at(stepTable, k) * size
      v128.store(dst, v128.load(s))
      if (step > 16) v128.store(dst, v128.load(s, 16), 16)
      dst += step
    }
    return
  }
  if (count < width) clear(dst, <usize>steps * step)
  let r = 0
  if (sizeof<T>() == 4) {
    for (; r + 4 <= count; r += 4) packFour(dst + <usize>r * size, step, src, lineTable + (<usize>r << 2), stepTable, steps)
  }
  for (; r < count; r++) {
    const s = src + <usize>at(lineTable, r) * size
    let d = dst + <usize>r * size
    for (let k = 0; k < steps; k++) {
      store<T>(d, load<T>(s + <usize>at(stepTable, k) * size))
      d += step
    }
  }
}

// @ts-ignore: decorator
@inline
function isRun4(table: usize): bool {
  const offsets = v128.load(table)
  const run = i32x4.add(v128.load32_splat(table), i32x4(0, 1, 2, 3))
  return !v128.any_true(v128.xor(offsets, run))
}

/** Four indexed lines of f32, transposed where four steps are neighbours in memory. */
function packFour(dst: usize, step: usize, src: usize, lineTable: usize, stepTable: usize, steps: i32): void {
  const s0 = src + (<usize>at(lineTable, 0) << 2)
  const s1 = src + (<usize>at(lineTable, 1) << 2)
  const s2 = src + (<usize>at(lineTable, 2) << 2)
  const s3 = src + (<usize>at(lineTable, 3) << 2)
  for (let k = 0; k < steps; ) {
    const o = <usize>at(stepTable, k) << 2
    if (k + 4 <= steps && isRun4(stepTable + (<usize>k << 2))) {
      transpose4(dst, step, s0 + o, s1 + o, s2 + o, s3 + o)
      dst += 4 * step
      k += 4
    } else {
      store<f32>(dst, load<f32>(s0 + o))
      store<f32>(dst, load<f32>(s1 + o), 4)
      store<f32>(dst, load<f32>(s2 + o), 8)
      store<f32>(dst, load<f32>(s3 + o), 12)
      dst += step
      k++
    }
  }
}

/** A panel of A whose columns are given by a table (the transposed weights of a convolution). */
export function packColumns<T>(
  dst: usize,
  width: i32,
  count: i32,
  src: usize,
  line: usize,
  stepTable: usize,
  steps: i32,
): void {
  const size = sizeof<T>()
  const step = <usize>width * size
  if (count < width) clear(dst, <usize>steps * step)
  for (let k = 0; k < steps; k++) {
    let s = src + <usize>at(stepTable, k) * size
    for (let r = 0; r < count; r++) {
      store<T>(dst + <usize>r * size, load<T>(s))
      s += line
    }
    dst += step
  }
}
