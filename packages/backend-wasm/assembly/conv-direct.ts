// Convolution with so few channels per group (depthwise above all) that there is no matrix to speak of:
// each run of neighbouring outputs is summed tap by tap in registers.
import { PatchArgs, PatchWeightArgs } from './conv'
import { ACCUMULATE, BIAS_ROW, RELU } from './gemm/shape'
import { lanes, madd, relu, sumLanes } from './lib/simd'

// @ts-ignore: decorator
@inline
function at(table: usize, index: i32): i32 {
  return load<i32>(table + (<usize>index << 2))
}

/** `vectors` (4 or 1, a constant) vectors of neighbouring outputs. */
// @ts-ignore: decorator
@inline
function outputs<T>(vectors: i32, args: PatchArgs, w: usize, src: usize, c: usize, bias: T): void {
  const size = sizeof<T>()
  const table = args.aColTable
  let s0 = v128.splat<T>(<T>0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  for (let k = 0; k < args.k; k++) {
    const x = v128.load_splat<T>(w + <usize>(table ? at(table, k) : k) * size)
    const p = src + <usize>at(args.kTable, k) * size
    s0 = madd<T>(x, v128.load(p), s0)
    if (vectors > 1) {
      s1 = madd<T>(x, v128.load(p, 16), s1)
      s2 = madd<T>(x, v128.load(p, 32), s2)
      s3 = madd<T>(x, v128.load(p, 48), s3)
    }
  }
  storeOutputs<T>(c, s0, args.flags, bias)
  if (vectors > 1) {
    storeOutputs<T>(c + 16, s1, args.flags, bias)
    storeOutputs<T>(c + 32, s2, args.flags, bias)
    storeOutputs<T>(c + 48, s3, args.flags, bias)
  }
}

// @ts-ignore: decorator
@inline
function storeOutputs<T>(c: usize, v: v128, flags: i32, bias: T): void {
  if (flags & ACCUMULATE) v = v128.add<T>(v128.load(c), v)
  v = v128.add<T>(v, v128.splat<T>(bias))
  if (flags & RELU) v = relu<T>(v)
  v128.store(c, v)
}

// @ts-ignore: decorator
@inline
function output<T>(args: PatchArgs, w: usize, src: usize, c: usize, bias: T): void {
  const size = sizeof<T>()
  const table = args.aColTable
  let sum: T = <T>0
  for (let k = 0; k < args.k; k++) {
    sum += load<T>(w + <usize>(table ? at(table, k) : k) * size) * load<T>(src + <usize>at(args.kTable, k) * size)
  }
  if (args.flags & ACCUMULATE) sum += load<T>(c)
  sum += bias
  if (args.flags & RELU && sum < <T>0) sum = <T>0
  store<T>(c, sum)
}

/** As `outputs` of one vector, whose elements belong at the offsets in `table`: through `buffer`. */
// @ts-ignore: decorator
@inline
function scattered<T>(args: PatchArgs, w: usize, src: usize, c: usize, table: usize, bias: T, buffer: usize): void {
  const size = sizeof<T>()
  if (args.flags & ACCUMULATE) {
    for (let i = 0; i < lanes<T>(); i++) store<T>(buffer + <usize>i * size, load<T>(c + <usize>at(table, i) * size))
  }
  outputs<T>(1, args, w, src, buffer, bias)
  for (let i = 0; i < lanes<T>(); i++) store<T>(c + <usize>at(table, i) * size, load<T>(buffer + <usize>i * size))
}

/** Whether the taps are three runs of three neighbours: a window of 3 × 3 that is not dilated. */
function isThreeByThree(args: PatchArgs): bool {
  if (args.k != 9 || args.cColTable != 0) return false
  for (let k = 0; k < 9; k += 3) {
    const first = at(args.kTable, k)
    if (at(args.kTable, k + 1) != first + 1 || at(args.kTable, k + 2) != first + 2) return false
  }
  return true
}

/** The weight of tap k in all lanes. */
// @ts-ignore: decorator
@inline
function weight<T>(args: PatchArgs, w: usize, k: i32): v128 {
  return v128.load_splat<T>(w + <usize>(args.aColTable ? at(args.aColTable, k) : k) * sizeof<T>())
}

/** One plane of outputs of a 3 × 3 window, whose weights stay in registers. */
function threeByThree<T>(args: PatchArgs, w: usize, src: usize, c: usize, bias: T): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  const w0 = weight<T>(args, w, 0)
  const w1 = weight<T>(args, w, 1)
  const w2 = weight<T>(args, w, 2)
  const w3 = weight<T>(args, w, 3)
  const w4 = weight<T>(args, w, 4)
  const w5 = weight<T>(args, w, 5)
  const w6 = weight<T>(args, w, 6)
  const w7 = weight<T>(args, w, 7)
  const w8 = weight<T>(args, w, 8)
  const first = <usize>at(args.kTable, 0) * size
  const second = <usize>at(args.kTable, 3) * size
  const third = <usize>at(args.kTable, 6) * size
  for (let row = 0; row < args.n; row += args.run) {
    const from = src + <usize>at(args.jTable, row) * size
    const to = c + <usize>row * size
    let x = 0
    for (; x + unit <= args.run; x += unit) {
      const p = from + <usize>x * size
      const a = p + first
      const b = p + second
      const d = p + third
      let s = v128.mul<T>(w0, v128.load(a))
      let t = v128.mul<T>(w3, v128.load(b))
      s = madd<T>(w1, v128.load(a, sizeof<T>()), s)
      t = madd<T>(w4, v128.load(b, sizeof<T>()), t)
      s = madd<T>(w2, v128.load(a, 2 * sizeof<T>()), s)
      t = madd<T>(w5, v128.load(b, 2 * sizeof<T>()), t)
      s = madd<T>(w6, v128.load(d), s)
      t = madd<T>(w7, v128.load(d, sizeof<T>()), t)
      s = madd<T>(w8, v128.load(d, 2 * sizeof<T>()), s)
      storeOutputs<T>(to + <usize>x * size, v128.add<T>(s, t), args.flags, bias)
    }
    for (; x < args.run; x++) output<T>(args, w, from + <usize>x * size, to + <usize>x * size, bias)
  }
}

function direct<T>(args: PatchArgs, begin: i32, end: i32, scratch: usize): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  const perItem = args.groups * args.m
  const small = isThreeByThree(args)
  for (let task = begin; task < end; task++) {
    const item = task / perItem
    const channel = task - item * perItem
    const group = channel / args.m
    const i = channel - group * args.m
    const w = args.a + <usize>(group * args.aGroup + i * args.aRow) * size
    const src = args.src + <usize>(item * args.srcItem + group * args.srcGroup) * size
    const c = args.c + <usize>(item * args.cItem + group * args.cGroup + i * args.cRow) * size
    const bias = args.flags & BIAS_ROW ? load<T>(args.bias + <usize>channel * size) : <T>0
    if (small) {
      threeByThree<T>(args, w, src, c, bias)
      continue
    }
    for (let row = 0; row < args.n; row += args.run) {
      const from = src + <usize>at(args.jTable, row) * size
      let x = 0
      if (args.cColTable == 0) {
        const to = c + <usize>row * size
        for (; x + 4 * unit <= args.run; x += 4 * unit) {
          outputs<T>(4, args, w, from + <usize>x * size, to + <usize>x * size, bias)
        }
        for (; x + unit <= args.run; x += unit) {
          outputs<T>(1, args, w, from + <usize>x * size, to + <usize>x * size, bias)
        }
      } else {
        for (; x + unit <= args.run; x += unit) {
          const table = args.cColTable + (<usize>(row + x) << 2)
          scattered<T>(args, w, from + <usize>x * size, c, table, bias, scratch)
        }
      }
      for (; x < args.run; x++) {
        const j = args.cColTable ? at(args.cColTable, row + x) : row + x
        output<T>(args, w, from + <usize>x * size, c + <usize>j * size, bias)
      }
    }
  }
}

/** Sums of `taps` (4 or 1, a constant) taps from t on; each run's sum is added up in double precision. */
// @ts-ignore: decorator
@inline
function weights<T>(taps: i32, args: PatchWeightArgs, a: usize, src: usize, t: i32, c: usize): void {
  const size = sizeof<T>()
  const unit = lanes<T>()
  const o0 = <usize>at(args.kTable, t) * size
  const o1 = taps > 1 ? <usize>at(args.kTable, t + 1) * size : 0
  const o2 = taps > 1 ? <usize>at(args.kTable, t + 2) * size : 0
  const o3 = taps > 1 ? <usize>at(args.kTable, t + 3) * size : 0
  let t0: f64 = 0
  let t1: f64 = 0
  let t2: f64 = 0
  let t3: f64 = 0
  for (let item = 0; item < args.items; item++) {
    let grad = a + <usize>(item * args.aItem) * size
    const image = src + <usize>(item * args.srcItem) * size
    for (let row = 0; row < args.n; row += args.run) {
      let p = image + <usize>at(args.jTable, row) * size
      let s0 = v128.splat<T>(<T>0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      let x = 0
      for (; x + unit <= args.run; x += unit) {
        const v = v128.load(grad)
        s0 = madd<T>(v, v128.load(p + o0), s0)
        if (taps > 1) {
          s1 = madd<T>(v, v128.load(p + o1), s1)
          s2 = madd<T>(v, v128.load(p + o2), s2)
          s3 = madd<T>(v, v128.load(p + o3), s3)
        }
        grad += 16
        p += 16
      }
      t0 += <f64>sumLanes<T>(s0)
      if (taps > 1) {
        t1 += <f64>sumLanes<T>(s1)
        t2 += <f64>sumLanes<T>(s2)
        t3 += <f64>sumLanes<T>(s3)
      }
      for (; x < args.run; x++) {
        const v = <f64>load<T>(grad)
        t0 += v * <f64>load<T>(p + o0)
        if (taps > 1) {
          t1 += v * <f64>load<T>(p + o1)
          t2 += v * <f64>load<T>(p + o2)
          t3 += v * <f64>load<T>(p + o3)
        }
        grad += size
        p += size
      }
    }
  }
  addTo<T>(c, t0, args.flags)
  if (taps > 1) {
    addTo<T>(c + size, t1, args.flags)
    addTo<T>(c + 2 * size, t2, args.flags)
    addTo<T>(c + 3 * size, t3, args.flags)
  }
}

// @ts-ignore: decorator
@inline
function addTo<T>(c: usize, v: f64, flags: i32): void {
  store<T>(c, <T>(flags & ACCUMULATE ? <f64>load<T>(c) + v : v))
}

function directWeight<T>(args: PatchWeightArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  for (let channel = begin; channel < end; channel++) {
    const group = channel / args.m
    const i = channel - group * args.m
    const a = args.a + <usize>(group * args.aGroup + i * args.aRow) * size
    const src = args.src + <usize>(group * args.srcGroup) * size
    const c = args.c + <usize>(group * args.cGroup + i * args.cRow) * size
    let t = 0
    for (; t + 4 <= args.k; t += 4) weights<T>(4, args, a, src, t, c + <usize>t * size)
    for (; t < args.k; t++) weights<T>(1, args, a, src, t, c + <usize>t * size)
  }
}

/** The same result as `convolve`. `begin`…`end` count output planes: items × groups × m. 16 bytes of scratch. */
export function convolve_direct_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  direct<f32>(changetype<PatchArgs>(args), begin, end, scratch)
}

export function convolve_direct_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  direct<f64>(changetype<PatchArgs>(args), begin, end, scratch)
}

/** The same result as `convolve_weight`. `begin`…`end` count channels: groups × m. No scratch. */
export function convolve_direct_weight_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  directWeight<f32>(changetype<PatchWeightArgs>(args), begin, end)
}

export function convolve_direct_weight_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  directWeight<f64>(changetype<PatchWeightArgs>(args), begin, end)
}
