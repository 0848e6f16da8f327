// Scaled dot-product attention: scores are made, exponentiated and multiplied with the values block by block, so
// that the matrix of all scores is never stored (the running softmax of Milakov and Gimelshein, as in FlashAttention).
import { gemm } from '../gemm/gemm'
import { ACCUMULATE, Gemm, GEMM_SCRATCH } from '../gemm/shape'
import { expNegative } from '../lib/exp'
import { lanes, min32, sumLanes } from '../lib/simd'
import { loadTail, storeTail } from '../lib/tail'
import { rowMax } from '../reduce/extreme'

/**
 * out = softmax(scale·q·kᵀ + mask)·v for each item, with q [queries, depth], k [keys, depth], v [keys, width] and out
 * [queries, width], whose rows are contiguous. `offsets` points to 5 i32 element offsets (q, k, v, mask, out) for each item.
 * `mask` may be 0. `causal`: keys after the query's own position are hidden. Strides in elements.
 */
@unmanaged
class AttentionArgs {
  q: usize
  k: usize
  v: usize
  mask: usize
  out: usize
  offsets: usize
  queries: i32
  keys: i32
  depth: i32
  width: i32
  qRow: i32
  qCol: i32
  kRow: i32
  kCol: i32
  vRow: i32
  vCol: i32
  maskRow: i32
  maskCol: i32
  outRow: i32
  causal: i32
  scale: f64
}

/** Queries of one unit. */
// @ts-ignore: decorator
@inline
const QUERIES: i32 = 48

// Areas behind the product's scratch.
// @ts-ignore: decorator
@inline
const SCORES_BYTES: i32 = 65536
// @ts-ignore: decorator
@inline
const SCORES_AREA: usize = GEMM_SCRATCH + 128
// @ts-ignore: decorator
@inline
const PEAKS_AREA: usize = SCORES_AREA + SCORES_BYTES
// @ts-ignore: decorator
@inline
const TOTALS_AREA: usize = PEAKS_AREA + QUERIES * 8

/** Keys whose scores are made at once. */
// @ts-ignore: decorator
@inline
function KEYS<T>(): i32 {
  return ((SCORES_BYTES / QUERIES / <i32>sizeof<T>()) / 16) * 16
}

/** Scales a row of scores, adds the mask, and hides what lies at or after `visible`. */
function shape<T>(row: usize, count: i32, scale: T, mask: usize, maskStep: usize, visible: i32): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  const s = v128.splat<T>(scale)
  let i = 0
  let p = row
  const dense = mask == 0 || maskStep == size
  for (; dense && i + unit <= count; i += unit) {
    let v = v128.mul<T>(v128.load(p), s)
    if (mask) {
      v = v128.add<T>(v, v128.load(mask))
      mask += 16
    }
    v128.store(p, v)
    p += 16
  }
  for (; i < count; i++) {
    let v = load<T>(p) * scale
    if (mask) {
      v += load<T>(mask)
      mask += maskStep
    }
    store<T>(p, v)
    p += size
  }
  for (let j = max(visible, 0); j < count; j++) store<T>(row + <usize>j * size, <T>-Infinity)
}

/** exp(x - shift) in place; the sum of it. */
function exponentiate<T>(x: usize, count: i32, shift: T): T {
  const unit = lanes<T>()
  const s = v128.splat<T>(shift)
  let total = v128.splat<T>(<T>0)
  let i = 0
  for (; i + unit <= count; i += unit) {
    const e = expNegative<T>(v128.sub<T>(v128.load(x), s))
    v128.store(x, e)
    total = v128.add<T>(total, e)
    x += 16
  }
  if (i < count) {
    const e = expNegative<T>(v128.sub<T>(loadTail<T>(x, count - i, v128.splat<T>(<T>-Infinity)), s))
    storeTail<T>(x, count - i, e)
    total = v128.add<T>(total, e)
  }
  return sumLanes<T>(total)
}

function scaleRow<T>(x: usize, count: i32, factor: T): void {
  const unit = lanes<T>()
  const f = v128.splat<T>(factor)
  let i = 0
  for (; i + unit <= count; i += unit) {
    v128.store(x, v128.mul<T>(v128.load(x), f))
    x += 16
  }
  for (; i < count; i++) {
    store<T>(x, load<T>(x) * factor)
    x += sizeof<T>()
  }
}

// @ts-ignore: decorator
@inline
function expOne<T>(x: T): T {
  const e = expNegative<T>(v128.splat<T>(x))
  return sizeof<T>() == 4 ? <T>f32x4.extract_lane(e, 0) : <T>f64x2.extract_lane(e, 0)
}

/** One block of queries: rows [from, from + rows) of an item whose operands start at q, k, v, mask, out. */
function attend<T>(p: AttentionArgs, from: i32, rows: i32, q: usize, k: usize, v: usize, mask: usize, out: usize, scratch: usize): void {
  const size = sizeof<T>()
  const g = changetype<Gemm>(scratch)
  const scores = scratch + SCORES_AREA
  const block = KEYS<T>()
  for (let r = 0; r < rows; r++) {
    store<T>(scratch + PEAKS_AREA + (<usize>r << 3), <T>-Infinity)
    store<T>(scratch + TOTALS_AREA + (<usize>r << 3), <T>0)
    memory.fill(out + <usize>(r * p.outRow) * size, 0, <usize>p.width * size)
  }
  const reach = p.causal ? min32(p.keys, from + rows) : p.keys
  for (let key = 0; key < reach; key += block) {
    const keys = min32(block, reach - key)
    g.aColTable = g.bRowTable = g.bColTable = g.cColTable = g.bias = 0
    g.m = rows
    g.n = keys
    g.k = p.depth
    g.a = q
    g.aRow = <usize>p.qRow * size
    g.aCol = <usize>p.qCol * size
    g.b = k + <usize>(key * p.kRow) * size
    g.bRow = <usize>p.kCol * size
    g.bCol = <usize>p.kRow * size
    g.c = scores
    g.cRow = <usize>block * size
    g.cCol = size
    g.flags = 0
    gemm<T>(g)
    for (let r = 0; r < rows; r++) {
      const row = scores + <usize>(r * block) * size
      const masks = mask ? mask + <usize>(r * p.maskRow + key * p.maskCol) * size : 0
      shape<T>(row, keys, <T>p.scale, masks, <usize>p.maskCol * size, p.causal ? from + r + 1 - key : keys)
      const peakAt = scratch + PEAKS_AREA + (<usize>r << 3)
      const totalAt = scratch + TOTALS_AREA + (<usize>r << 3)
      const before = load<T>(peakAt)
      const here = rowMax<T>(row, keys)
      const peak = here > before ? here : before
      if (peak == <T>-Infinity) {
        // Nothing to see so far, unless it is NaN.
        const total = exponentiate<T>(row, keys, <T>0)
        store<T>(totalAt, load<T>(totalAt) + total)
        continue
      }
      const factor = expOne<T>(before - peak)
      const total = exponentiate<T>(row, keys, peak)
      store<T>(peakAt, peak)
      store<T>(totalAt, load<T>(totalAt) * factor + total)
      if (factor != 1) scaleRow<T>(out + <usize>(r * p.outRow) * size, p.width, factor)
    }
    g.m = rows
    g.n = p.width
    g.k = keys
    g.a = scores
    g.aRow = <usize>block * size
    g.aCol = size
    g.b = v + <usize>(key * p.vRow) * size
    g.bRow = <usize>p.vRow * size
    g.bCol = <usize>p.vCol * size
    g.c = out
    g.cRow = <usize>p.outRow * size
    g.cCol = size
    g.flags = ACCUMULATE
    gemm<T>(g)
  }
  for (let r = 0; r < rows; r++) {
    // A query that sees nothing divides zero by zero: NaN, as in PyTorch.
    const total = load<T>(scratch + TOTALS_AREA + (<usize>r << 3))
    const row = out + <usize>(r * p.outRow) * size
    if (total == 0) {
      for (let i = 0; i < p.width; i++) store<T>(row + <usize>i * size, <T>NaN)
    } else scaleRow<T>(row, p.width, <T>1 / total)
  }
}

function attention<T>(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<AttentionArgs>(args)
  const size = sizeof<T>()
  const blocks = (p.queries + QUERIES - 1) / QUERIES
  for (let unit = begin; unit < end; unit++) {
    const item = unit / blocks
    const from = (unit - item * blocks) * QUERIES
    const rows = min32(QUERIES, p.queries - from)
    const offsets = p.offsets + <usize>item * 20
    const q = p.q + <usize>(load<i32>(offsets) + from * p.qRow) * size
    const k = p.k + <usize>load<i32>(offsets, 4) * size
    const v = p.v + <usize>load<i32>(offsets, 8) * size
    const mask = p.mask ? p.mask + <usize>(load<i32>(offsets, 12) + from * p.maskRow) * size : 0
    const out = p.out + <usize>(load<i32>(offsets, 16) + from * p.outRow) * size
    attend<T>(p, from, rows, q, k, v, mask, out, scratch)
  }
}

/** `begin`…`end` count units: items × ceil(queries / 48). */
export function attention_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  attention<f32>(args, begin, end, scratch)
}

export function attention_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  attention<f64>(args, begin, end, scratch)
}
