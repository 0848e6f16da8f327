// Batched matrix products, cut into tasks that threads can share.
import { gemm } from './gemm/gemm'
import { Gemm } from './gemm/shape'
import { ceilDiv, min32 } from './lib/simd'

/**
 * C[i] = epilogue(A[i]·B[i]) for each i of the batch. Strides in elements, of any sign; pointers in bytes.
 * `batchOffsets`, if not 0, points to `batch` triples of i32 element offsets (a, b, c) that replace the
 * batch strides. `bias` is contiguous. `flags`: 1 accumulate into C, 2 bias per column, 4 bias per row, 8 relu.
 * `tileM` × `tileN` is the part of C that one task computes; 0 means all of that side.
 */
@unmanaged
class MatmulArgs {
  a: usize
  b: usize
  c: usize
  bias: usize
  batchOffsets: usize
  batch: i32
  m: i32
  n: i32
  k: i32
  aBatch: i32
  aRow: i32
  aCol: i32
  bBatch: i32
  bRow: i32
  bCol: i32
  cBatch: i32
  cRow: i32
  cCol: i32
  tileM: i32
  tileN: i32
  flags: i32
}

function matmul<T>(args: MatmulArgs, begin: i32, end: i32, scratch: usize): void {
  if (begin >= end) return
  const size = sizeof<T>()
  const g = changetype<Gemm>(scratch)
  const tileM = args.tileM ? args.tileM : args.m
  const tileN = args.tileN ? args.tileN : args.n
  const rows = ceilDiv(args.m, tileM)
  const perItem = rows * ceilDiv(args.n, tileN)
  g.aColTable = g.bRowTable = g.bColTable = g.cColTable = 0
  for (let task = begin; task < end; task++) {
    const item = task / perItem
    const tile = task - item * perItem
    const i = (tile % rows) * tileM
    const j = (tile / rows) * tileN
    let a = item * args.aBatch
    let b = item * args.bBatch
    let c = item * args.cBatch
    if (args.batchOffsets) {
      const triple = args.batchOffsets + <usize>item * 12
      a = load<i32>(triple)
      b = load<i32>(triple, 4)
      c = load<i32>(triple, 8)
    }
    g.m = min32(tileM, args.m - i)
    g.n = min32(tileN, args.n - j)
    g.k = args.k
    g.a = args.a + <usize>(a + i * args.aRow) * size
    g.b = args.b + <usize>(b + j * args.bCol) * size
    g.c = args.c + <usize>(c + i * args.cRow + j * args.cCol) * size
    g.aRow = <usize>args.aRow * size
    g.aCol = <usize>args.aCol * size
    g.bRow = <usize>args.bRow * size
    g.bCol = <usize>args.bCol * size
    g.cRow = <usize>args.cRow * size
    g.cCol = <usize>args.cCol * size
    g.bias = args.bias + <usize>(args.flags & 2 ? j : i) * size
    g.flags = args.flags
    gemm<T>(g)
  }
}

/** Float32 products. `begin`…`end` count tasks: batch × ceil(m / tileM) × ceil(n / tileN). */
export function matmul_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  matmul<f32>(changetype<MatmulArgs>(args), begin, end, scratch)
}

/** Float64 products, otherwise the same. */
export function matmul_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  matmul<f64>(changetype<MatmulArgs>(args), begin, end, scratch)
}
