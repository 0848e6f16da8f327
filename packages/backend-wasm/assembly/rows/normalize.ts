// Normalisation of rows to mean 0 and variance 1 (layer, batch, group and instance norm), and its backward pass.
import { lanes, madd, min32, sumLanes } from '../lib/simd'
import { loadTail, storeTail } from '../lib/tail'
import { sum } from '../reduce/sum'

/**
 * A row is `segments` runs of `length` contiguous elements, `…Segment` apart; row (i, j) of the `rows` inner rows
 * starts at i·…Outer + j·…Row. Strides in elements. Weight and bias have one value per element (`perElement` = 1,
 * contiguous along the run) or per run; a pointer of 0 stands for ones and zeros.
 */
@unmanaged
class NormalizeArgs {
  x: usize
  y: usize
  mean: usize
  rstd: usize
  weight: usize
  bias: usize
  rows: i32
  segments: i32
  length: i32
  perElement: i32
  xOuter: i32
  xRow: i32
  xSegment: i32
  yOuter: i32
  yRow: i32
  ySegment: i32
  meanOuter: i32
  meanRow: i32
  rstdOuter: i32
  rstdRow: i32
  weightOuter: i32
  weightRow: i32
  weightSegment: i32
  biasOuter: i32
  biasRow: i32
  biasSegment: i32
  eps: f64
}

/** Elements summed in the dtype's own precision. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 512

/** Σ (x - center)². */
function sumOfSquares<T>(x: usize, length: i32, center: T): f64 {
  const unit = lanes<T>()
  const c = v128.splat<T>(center)
  const zero = v128.splat<T>(<T>0)
  let total: f64 = 0
  let i = 0
  while (i < length) {
    const end = min32(i + BLOCK, length)
    let s0 = zero
    let s1 = zero
    for (; i + 2 * unit <= end; i += 2 * unit) {
      const d0 = v128.sub<T>(v128.load(x), c)
      const d1 = v128.sub<T>(v128.load(x, 16), c)
      s0 = madd<T>(d0, d0, s0)
      s1 = madd<T>(d1, d1, s1)
      x += 32
    }
    if (i + unit <= end) {
      const d = v128.sub<T>(v128.load(x), c)
      s0 = madd<T>(d, d, s0)
      x += 16
      i += unit
    }
    if (i < end) {
      const d = v128.sub<T>(loadTail<T>(x, end - i, c), c)
      s1 = madd<T>(d, d, s1)
      i = end
    }
    total += <f64>sumLanes<T>(v128.add<T>(s0, s1))
  }
  return total
}

/** y = (x - mean)·factor + offset. */
function standardize<T>(x: usize, y: usize, length: i32, mean: T, factor: T, offset: T): void {
  const unit = lanes<T>()
  const m = v128.splat<T>(mean)
  const f = v128.splat<T>(factor)
  const o = v128.splat<T>(offset)
  let i = 0
  for (; i + 2 * unit <= length; i += 2 * unit) {
    v128.store(y, madd<T>(v128.sub<T>(v128.load(x), m), f, o))
    v128.store(y, madd<T>(v128.sub<T>(v128.load(x, 16), m), f, o), 16)
    x += 32
    y += 32
  }
  for (; i + unit <= length; i += unit) {
    v128.store(y, madd<T>(v128.sub<T>(v128.load(x), m), f, o))
    x += 16
    y += 16
  }
  if (i < length) storeTail<T>(y, length - i, madd<T>(v128.sub<T>(loadTail<T>(x, length - i, m), m), f, o))
}

/** The same with a weight and a bias per element; either may be absent (0). */
function standardizeEach<T>(x: usize, y: usize, length: i32, mean: T, rstd: T, weight: usize, bias: usize): void {
  const unit = lanes<T>()
  const m = v128.splat<T>(mean)
  const r = v128.splat<T>(rstd)
  const zero = v128.splat<T>(<T>0)
  let i = 0
  for (; i + unit <= length; i += unit) {
    const v = v128.mul<T>(v128.sub<T>(v128.load(x), m), r)
    const b = bias ? v128.load(bias) : zero
    v128.store(y, weight ? madd<T>(v, v128.load(weight), b) : v128.add<T>(v, b))
    x += 16
    y += 16
    if (weight) weight += 16
    if (bias) bias += 16
  }
  if (i < length) {
    const rest = length - i
    const v = v128.mul<T>(v128.sub<T>(loadTail<T>(x, rest, m), m), r)
    const b = bias ? loadTail<T>(bias, rest, zero) : zero
    storeTail<T>(y, rest, weight ? madd<T>(v, loadTail<T>(weight, rest, zero), b) : v128.add<T>(v, b))
  }
}

function forward<T>(p: NormalizeArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  const count = <f64>p.segments * <f64>p.length
  for (let row = begin; row < end; row++) {
    const i = row / p.rows
    const j = row - i * p.rows
    const x = p.x + <usize>(i * p.xOuter + j * p.xRow) * size
    const y = p.y + <usize>(i * p.yOuter + j * p.yRow) * size
    const weight = p.weight ? p.weight + <usize>(i * p.weightOuter + j * p.weightRow) * size : 0
    const bias = p.bias ? p.bias + <usize>(i * p.biasOuter + j * p.biasRow) * size : 0
    let total: f64 = 0
    for (let s = 0; s < p.segments; s++) total += sum<T>(x + <usize>(s * p.xSegment) * size, p.length)
    const exact = total / count
    const mean = <T>exact
    let squares: f64 = 0
    for (let s = 0; s < p.segments; s++) squares += sumOfSquares<T>(x + <usize>(s * p.xSegment) * size, p.length, mean)
    // What the mean lost when it was rounded is in every square.
    const lost = exact - <f64>mean
    const rstd = <T>(1.0 / Math.sqrt(squares / count - lost * lost + p.eps))
    store<T>(p.mean + <usize>(i * p.meanOuter + j * p.meanRow) * size, mean)
    store<T>(p.rstd + <usize>(i * p.rstdOuter + j * p.rstdRow) * size, rstd)
    for (let s = 0; s < p.segments; s++) {
      const from = x + <usize>(s * p.xSegment) * size
      const to = y + <usize>(s * p.ySegment) * size
      const w = weight + <usize>(s * p.weightSegment) * size
      const b = bias + <usize>(s * p.biasSegment) * size
      if (p.perElement) standardizeEach<T>(from, to, p.length, mean, rstd, weight ? w : 0, bias ? b : 0)
      else standardize<T>(from, to, p.length, mean, weight ? rstd * load<T>(w) : rstd, bias ? load<T>(b) : <T>0)
    }
  }
}

/** From the gradient g of the output to the gradient dx of the input; the fields as above. dx may be g. */
@unmanaged
class NormalizeBackwardArgs {
  g: usize
  x: usize
  mean: usize
  rstd: usize
  weight: usize
  dx: usize
  rows: i32
  segments: i32
  length: i32
  perElement: i32
  gOuter: i32
  gRow: i32
  gSegment: i32
  xOuter: i32
  xRow: i32
  xSegment: i32
  meanOuter: i32
  meanRow: i32
  rstdOuter: i32
  rstdRow: i32
  weightOuter: i32
  weightRow: i32
  weightSegment: i32
  dxOuter: i32
  dxRow: i32
  dxSegment: i32
}

/** Adds Σ g·w and Σ g·w·(x - mean) to the two doubles at `sums`. */
function addSums<T>(sums: usize, g: usize, x: usize, length: i32, mean: T, weight: usize, perElement: bool): void {
  const unit = lanes<T>()
  const m = v128.splat<T>(mean)
  const zero = v128.splat<T>(<T>0)
  const common = weight && !perElement ? v128.load_splat<T>(weight) : v128.splat<T>(<T>1)
  let first: f64 = 0
  let second: f64 = 0
  let i = 0
  while (i < length) {
    const end = min32(i + BLOCK, length)
    let s = zero
    let t = zero
    for (; i + unit <= end; i += unit) {
      const v = v128.mul<T>(v128.load(g), perElement ? v128.load(weight) : common)
      s = v128.add<T>(s, v)
      t = madd<T>(v, v128.sub<T>(v128.load(x), m), t)
      g += 16
      x += 16
      if (perElement) weight += 16
    }
    if (i < end) {
      const rest = end - i
      const v = v128.mul<T>(loadTail<T>(g, rest, zero), perElement ? loadTail<T>(weight, rest, zero) : common)
      s = v128.add<T>(s, v)
      t = madd<T>(v, v128.sub<T>(loadTail<T>(x, rest, m), m), t)
      i = end
    }
    first += <f64>sumLanes<T>(s)
    second += <f64>sumLanes<T>(t)
  }
  store<f64>(sums, load<f64>(sums) + first)
  store<f64>(sums, load<f64>(sums, 8) + second, 8)
}

/**
 * dx = (g·w - offset)·rstd - (x - mean)·slope. The means are subtracted before anything is multiplied:
 * what cancels does so exactly, with fused multiply-add too.
 */
function combine<T>(
  dx: usize,
  g: usize,
  x: usize,
  length: i32,
  mean: T,
  rstd: T,
  offset: T,
  slope: T,
  weight: usize,
  perElement: bool,
): void {
  const unit = lanes<T>()
  const m = v128.splat<T>(mean)
  const r = v128.splat<T>(rstd)
  const o = v128.splat<T>(offset)
  const k = v128.splat<T>(-slope)
  const common = weight && !perElement ? v128.load_splat<T>(weight) : v128.splat<T>(<T>1)
  const zero = v128.splat<T>(<T>0)
  let i = 0
  for (; i + unit <= length; i += unit) {
    const v = v128.mul<T>(v128.load(g), perElement ? v128.load(weight) : common)
    const centred = v128.mul<T>(v128.sub<T>(v, o), r)
    v128.store(dx, madd<T>(v128.sub<T>(v128.load(x), m), k, centred))
    g += 16
    x += 16
    dx += 16
    if (perElement) weight += 16
  }
  if (i < length) {
    const rest = length - i
    const v = v128.mul<T>(loadTail<T>(g, rest, zero), perElement ? loadTail<T>(weight, rest, zero) : common)
    const centred = v128.mul<T>(v128.sub<T>(v, o), r)
    storeTail<T>(dx, rest, madd<T>(v128.sub<T>(loadTail<T>(x, rest, m), m), k, centred))
  }
}

function backward<T>(p: NormalizeBackwardArgs, begin: i32, end: i32, scratch: usize): void {
  const size = sizeof<T>()
  const count = <f64>p.segments * <f64>p.length
  const perElement = p.weight != 0 && p.perElement != 0
  for (let row = begin; row < end; row++) {
    const i = row / p.rows
    const j = row - i * p.rows
    const g = p.g + <usize>(i * p.gOuter + j * p.gRow) * size
    const x = p.x + <usize>(i * p.xOuter + j * p.xRow) * size
    const dx = p.dx + <usize>(i * p.dxOuter + j * p.dxRow) * size
    const weight = p.weight ? p.weight + <usize>(i * p.weightOuter + j * p.weightRow) * size : 0
    const mean = load<T>(p.mean + <usize>(i * p.meanOuter + j * p.meanRow) * size)
    const rstd = load<T>(p.rstd + <usize>(i * p.rstdOuter + j * p.rstdRow) * size)
    store<f64>(scratch, 0)
    store<f64>(scratch, 0, 8)
    for (let s = 0; s < p.segments; s++) {
      const w = weight ? weight + <usize>(s * p.weightSegment) * size : 0
      addSums<T>(scratch, g + <usize>(s * p.gSegment) * size, x + <usize>(s * p.xSegment) * size, p.length, mean, w, perElement)
    }
    const r = <f64>rstd
    const offset = <T>(load<f64>(scratch) / count)
    const slope = <T>((load<f64>(scratch, 8) / count) * r * r * r)
    for (let s = 0; s < p.segments; s++) {
      const w = weight ? weight + <usize>(s * p.weightSegment) * size : 0
      combine<T>(
        dx + <usize>(s * p.dxSegment) * size,
        g + <usize>(s * p.gSegment) * size,
        x + <usize>(s * p.xSegment) * size,
        p.length,
        mean,
        rstd,
        offset,
        slope,
        w,
        perElement,
      )
    }
  }
}

/** `begin`…`end` count rows. No scratch. */
export function normalize_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  forward<f32>(changetype<NormalizeArgs>(args), begin, end)
}

export function normalize_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  forward<f64>(changetype<NormalizeArgs>(args), begin, end)
}

/** `begin`…`end` count rows. 16 bytes of scratch. */
export function normalize_backward_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f32>(changetype<NormalizeBackwardArgs>(args), begin, end, scratch)
}

export function normalize_backward_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f64>(changetype<NormalizeBackwardArgs>(args), begin, end, scratch)
}
