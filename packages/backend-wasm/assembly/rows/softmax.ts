// Softmax and log-softmax along contiguous rows.
import { exp, expNegative, log } from '../lib/exp'
import { lanes, sumLanes } from '../lib/simd'
import { loadTail, storeTail } from '../lib/tail'
import { rowMax } from '../reduce/extreme'
import { sum, sumOfProducts } from '../reduce/sum'

/** Rows of `length` contiguous values, `xRow` and `yRow` elements apart. y may be x. */
@unmanaged
class SoftmaxArgs {
  x: usize
  y: usize
  length: i32
  xRow: i32
  yRow: i32
}

/** Registers of which the sum is kept apart, so that long rows lose no precision. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 128

/** Σ exp(x - shift); with `keep` (a constant) the summands go to y. */
// @ts-ignore: decorator
@inline
function sumExp<T>(keep: bool, x: usize, y: usize, length: i32, shift: T): f64 {
  const unit = lanes<T>()
  const s = v128.splat<T>(shift)
  const zero = v128.splat<T>(<T>0)
  let total: f64 = 0
  let i = 0
  while (i + unit <= length) {
    let s0 = zero
    let s1 = zero
    const end = min(length, i + BLOCK * unit)
    for (; i + 2 * unit <= end; i += 2 * unit) {
      const e0 = expNegative<T>(v128.sub<T>(v128.load(x), s))
      const e1 = expNegative<T>(v128.sub<T>(v128.load(x, 16), s))
      if (keep) {
        v128.store(y, e0)
        v128.store(y, e1, 16)
        y += 32
      }
      s0 = v128.add<T>(s0, e0)
      s1 = v128.add<T>(s1, e1)
      x += 32
    }
    if (i + unit <= end) {
      const e = expNegative<T>(v128.sub<T>(v128.load(x), s))
      if (keep) {
        v128.store(y, e)
        y += 16
      }
      s0 = v128.add<T>(s0, e)
      x += 16
      i += unit
    }
    total += <f64>sumLanes<T>(v128.add<T>(s0, s1))
  }
  if (i < length) {
    const e = expNegative<T>(v128.sub<T>(loadTail<T>(x, length - i, v128.splat<T>(<T>-Infinity)), s))
    if (keep) storeTail<T>(y, length - i, e)
    for (let k = 0; k < length - i; k++) total += <f64>lane<T>(e, k)
  }
  return total
}

// @ts-ignore: decorator
@inline
function lane<T>(v: v128, k: i32): T {
  if (sizeof<T>() == 8) return <T>f64x2.extract_lane(v, 0)
  if (k == 0) return <T>f32x4.extract_lane(v, 0)
  return <T>(k == 1 ? f32x4.extract_lane(v, 1) : f32x4.extract_lane(v, 2))
}

/** x·factor in place. */
function scale<T>(x: usize, length: i32, factor: T): void {
  const unit = lanes<T>()
  const f = v128.splat<T>(factor)
  let i = 0
  for (; i + 2 * unit <= length; i += 2 * unit) {
    v128.store(x, v128.mul<T>(v128.load(x), f))
    v128.store(x, v128.mul<T>(v128.load(x, 16), f), 16)
    x += 32
  }
  for (; i < length; i++) {
    store<T>(x, load<T>(x) * factor)
    x += sizeof<T>()
  }
}

/** exp(x - max) / Σ of one row. A row of -∞ only gives NaN, as in PyTorch. */
export function softmaxRow<T>(x: usize, y: usize, length: i32): void {
  const total = sumExp<T>(true, x, y, length, rowMax<T>(x, length))
  scale<T>(y, length, <T>(1.0 / total))
}

function softmax<T>(p: SoftmaxArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  for (let row = begin; row < end; row++) {
    softmaxRow<T>(p.x + <usize>(row * p.xRow) * size, p.y + <usize>(row * p.yRow) * size, p.length)
  }
}

/** x - first - second: two subtractions, as the sum of the two would round away the small one. */
function subtractTwice<T>(x: usize, y: usize, length: i32, first: T, second: T): void {
  const unit = lanes<T>()
  const a = v128.splat<T>(first)
  const b = v128.splat<T>(second)
  let i = 0
  for (; i + unit <= length; i += unit) {
    v128.store(y, v128.sub<T>(v128.sub<T>(v128.load(x), a), b))
    x += 16
    y += 16
  }
  for (; i < length; i++) {
    store<T>(y, load<T>(x) - first - second)
    x += sizeof<T>()
    y += sizeof<T>()
  }
}

function logSoftmax<T>(p: SoftmaxArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  for (let row = begin; row < end; row++) {
    const x = p.x + <usize>(row * p.xRow) * size
    const shift = rowMax<T>(x, p.length)
    const logSum = log(sumExp<T>(false, x, 0, p.length, shift))
    subtractTwice<T>(x, p.y + <usize>(row * p.yRow) * size, p.length, shift, <T>logSum)
  }
}

/** From the output y and its gradient g to the input's gradient dx, row by row. dx may be g or y. */
@unmanaged
class SoftmaxBackwardArgs {
  g: usize
  y: usize
  dx: usize
  length: i32
  gRow: i32
  yRow: i32
  dxRow: i32
}

/** dx = y·(g - Σ g·y), or with `logarithm` (a constant) dx = g - exp(y)·Σ g. */
// @ts-ignore: decorator
@inline
function gradient<T>(logarithm: bool, g: v128, y: v128, total: v128): v128 {
  return logarithm
    ? v128.sub<T>(g, v128.mul<T>(exp<T>(y), total))
    : v128.mul<T>(y, v128.sub<T>(g, total))
}

// @ts-ignore: decorator
@inline
function backward<T>(logarithm: bool, p: SoftmaxBackwardArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  for (let row = begin; row < end; row++) {
    let g = p.g + <usize>(row * p.gRow) * size
    let y = p.y + <usize>(row * p.yRow) * size
    let dx = p.dx + <usize>(row * p.dxRow) * size
    const total = logarithm ? sum<T>(g, p.length) : sumOfProducts<T>(g, y, p.length)
    const t = v128.splat<T>(<T>total)
    let i = 0
    for (; i + unit <= p.length; i += unit) {
      v128.store(dx, gradient<T>(logarithm, v128.load(g), v128.load(y), t))
      g += 16
      y += 16
      dx += 16
    }
    const rest = p.length - i
    if (rest > 0) {
      const zero = v128.splat<T>(<T>0)
      storeTail<T>(dx, rest, gradient<T>(logarithm, loadTail<T>(g, rest, zero), loadTail<T>(y, rest, zero), t))
    }
  }
}

/** `begin`…`end` count rows. No scratch. */
export function softmax_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  softmax<f32>(changetype<SoftmaxArgs>(args), begin, end)
}

export function softmax_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  softmax<f64>(changetype<SoftmaxArgs>(args), begin, end)
}

/** `begin`…`end` count rows. No scratch. */
export function log_softmax_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  logSoftmax<f32>(changetype<SoftmaxArgs>(args), begin, end)
}

export function log_softmax_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  logSoftmax<f64>(changetype<SoftmaxArgs>(args), begin, end)
}

/** `begin`…`end` count rows. No scratch. */
export function softmax_backward_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f32>(false, changetype<SoftmaxBackwardArgs>(args), begin, end)
}

export function softmax_backward_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f64>(false, changetype<SoftmaxBackwardArgs>(args), begin, end)
}

/** `begin`…`end` count rows. No scratch. */
export function log_softmax_backward_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f32>(true, changetype<SoftmaxBackwardArgs>(args), begin, end)
}

export function log_softmax_backward_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  backward<f64>(true, changetype<SoftmaxBackwardArgs>(args), begin, end)
}
