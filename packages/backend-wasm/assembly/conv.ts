// Convolution as a product with a patch matrix that is never stored: an element of it is
// src[kTable[k] + jTable[j]], where k runs over channels and taps and j over output positions. The host
// builds the two tables (any number of dimensions, stride, dilation, transposed or not) over planes
// that `pad_planes` has padded and, for a stride along the rows, de-interleaved, so that neighbouring outputs read
// neighbouring inputs.
import { blocked } from './gemm/blocked'
import { ACCUMULATE, Gemm } from './gemm/shape'
import { ceilDiv, min32 } from './lib/simd'

/**
 * For each item and group: C = epilogue(A·P), P[k, j] = src[kTable[k] + jTable[j]].
 * Strides and table entries in elements, pointers in bytes. `aColTable` (i32 offsets per k) and `cColTable` (per j)
 * replace contiguous columns if not 0. `run`: length of the runs of consecutive entries that jTable consists of
 * (used by the direct kernels). `bias`: one per row of all groups. `flags` as for matmul.
 */
@unmanaged
export class PatchArgs {
  a: usize
  src: usize
  c: usize
  bias: usize
  aColTable: usize
  kTable: usize
  jTable: usize
  cColTable: usize
  items: i32
  groups: i32
  m: i32
  n: i32
  k: i32
  aGroup: i32
  aRow: i32
  srcItem: i32
  srcGroup: i32
  cItem: i32
  cGroup: i32
  cRow: i32
  run: i32
  tileM: i32
  tileN: i32
  flags: i32
}

function convolve<T>(args: PatchArgs, begin: i32, end: i32, scratch: usize): void {
  if (begin >= end) return
  const size = sizeof<T>()
  const g = changetype<Gemm>(scratch)
  const tileM = args.tileM ? args.tileM : args.m
  const tileN = args.tileN ? args.tileN : args.n
  const rows = ceilDiv(args.m, tileM)
  const perGroup = rows * ceilDiv(args.n, tileN)
  for (let task = begin; task < end; task++) {
    const part = task / perGroup
    const tile = task - part * perGroup
    const item = part / args.groups
    const group = part - item * args.groups
    const i = (tile % rows) * tileM
    const j = (tile / rows) * tileN
    g.m = min32(tileM, args.m - i)
    g.n = min32(tileN, args.n - j)
    g.k = args.k
    g.a = args.a + <usize>(group * args.aGroup + i * args.aRow) * size
    g.aRow = <usize>args.aRow * size
    g.aCol = size
    g.aColTable = args.aColTable
    g.b = args.src + <usize>(item * args.srcItem + group * args.srcGroup) * size
    g.bRowTable = args.kTable
    g.bColTable = args.jTable + (<usize>j << 2)
    g.c = args.c + <usize>(item * args.cItem + group * args.cGroup + i * args.cRow) * size
    g.cRow = <usize>args.cRow * size
    g.cCol = size
    g.cColTable = args.cColTable
    if (args.cColTable) g.cColTable += <usize>j << 2
    else g.c += <usize>j * size
    g.bias = args.bias + <usize>(group * args.m + i) * size
    g.flags = args.flags
    blocked<T>(g, args.aColTable != 0 || g.n > 64, true)
  }
}

/**
 * Weight gradients: for each group C += A·Pᵀ summed over the items, where A (m × n, rows `aRow` apart,
 * items `aItem`) is the gradient of the output and C is m × k with rows `cRow` apart.
 */
@unmanaged
export class PatchWeightArgs {
  a: usize
  src: usize
  c: usize
  kTable: usize
  jTable: usize
  items: i32
  groups: i32
  m: i32
  n: i32
  k: i32
  aItem: i32
  aGroup: i32
  aRow: i32
  srcItem: i32
  srcGroup: i32
  cGroup: i32
  cRow: i32
  run: i32
  tileM: i32
  tileK: i32
  flags: i32
}

function convolveWeight<T>(args: PatchWeightArgs, begin: i32, end: i32, scratch: usize): void {
  if (begin >= end) return
  const size = sizeof<T>()
  const g = changetype<Gemm>(scratch)
  const tileM = args.tileM ? args.tileM : args.m
  const tileK = args.tileK ? args.tileK : args.k
  const rows = ceilDiv(args.m, tileM)
  const perGroup = rows * ceilDiv(args.k, tileK)
  for (let task = begin; task < end; task++) {
    const group = task / perGroup
    const tile = task - group * perGroup
    const i = (tile % rows) * tileM
    const t = (tile / rows) * tileK
    g.m = min32(tileM, args.m - i)
    g.n = min32(tileK, args.k - t)
    g.k = args.n
    g.aRow = <usize>args.aRow * size
    g.aCol = size
    g.aColTable = 0
    g.bRowTable = args.jTable
    g.bColTable = args.kTable + (<usize>t << 2)
    g.c = args.c + <usize>(group * args.cGroup + i * args.cRow + t) * size
    g.cRow = <usize>args.cRow * size
    g.cCol = size
    g.cColTable = 0
    g.bias = 0
    g.flags = args.flags & ACCUMULATE
    for (let item = 0; item < args.items; item++) {
      g.a = args.a + <usize>(item * args.aItem + group * args.aGroup + i * args.aRow) * size
      g.b = args.src + <usize>(item * args.srcItem + group * args.srcGroup) * size
      blocked<T>(g, g.n > 64, true)
      g.flags = ACCUMULATE
    }
  }
}

/** `begin`…`end` count tasks: items × groups × ceil(m / tileM) × ceil(n / tileN). */
export function convolve_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  convolve<f32>(changetype<PatchArgs>(args), begin, end, scratch)
}

export function convolve_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  convolve<f64>(changetype<PatchArgs>(args), begin, end, scratch)
}

/** `begin`…`end` count tasks: groups × ceil(m / tileM) × ceil(k / tileK). With no items, C is left alone. */
export function convolve_weight_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  convolveWeight<f32>(changetype<PatchWeightArgs>(args), begin, end, scratch)
}

export function convolve_weight_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  convolveWeight<f64>(changetype<PatchWeightArgs>(args), begin, end, scratch)
}
