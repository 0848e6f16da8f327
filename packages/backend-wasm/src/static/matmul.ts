import { coalesce, type MatmulKernel, type Operand } from '@sconce/backend'
import { args } from './arguments.ts'
import { contract, flag } from './epilogue.ts'
import type { Host } from './host.ts'
import { as, floatOf, suffix } from './operands.ts'
import { tiles } from './tiles.ts'
import { batchOffsets, uploadIntegers } from './upload.ts'

/** How an added operand lies along the last two dims of the output. */
function biasFlag(bias: Operand): number {
  const rank = bias.shape.length
  for (let d = 0; d < rank - 2; d++) {
    if (bias.shape[d] !== 1 && bias.strides[d] !== 0) return 0
  }
  const steps = (d: number, stride: number) => bias.shape[d] === 1 || bias.strides[d] === stride
  if (steps(rank - 2, 0) && steps(rank - 1, 1)) return flag.biasColumn
  return steps(rank - 2, 1) && steps(rank - 1, 0) ? flag.biasRow : 0
}

/** Batched product of operands of any layout; half precision is computed in float32. */
export function runMatmul(
  host: Host,
  kernel: MatmulKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const dtype = floatOf(kernel.dtype)
  const a = as(host, inputs[0], dtype)
  const b = as(host, inputs[1], dtype)
  contract(host, kernel, inputs, out, scalars, biasFlag, (c, flags, bias) =>
    product(host, a, b, c, flags, bias),
  )
}

/** c = a·b with the epilogue of `flags`; all three float32 or all float64. */
export function product(
  host: Host,
  a: Operand,
  b: Operand,
  c: Operand,
  flags: number,
  bias: number,
): void {
  const dims = c.shape.length - 2
  let m = c.shape[dims]
  const n = c.shape[dims + 1]
  const k = a.shape[dims + 1]
  const [aRow, aCol] = [a.strides[dims], a.strides[dims + 1]]
  const [bRow, bCol] = [b.strides[dims], b.strides[dims + 1]]
  const [cRow, cCol] = [c.strides[dims], c.strides[dims + 1]]
  let batch = 1
  let [aBatch, bBatch, cBatch] = [0, 0, 0]
  let offsets = 0
  if (dims > 0) {
    const outer = coalesce(
      c.shape.slice(0, dims),
      [a, b, c].map((o) => o.strides.slice(0, dims)),
    )
    for (const size of outer.shape) batch *= size
    if (outer.shape.length === 1) {
      ;[aBatch, bBatch, cBatch] = outer.strides.map((s) => s[0])
      // The same right side for all, and the left ones below each other: one tall product.
      const stacked = bBatch === 0 && aBatch === m * aRow && cBatch === m * cRow
      if (stacked && !(flags & flag.biasRow)) {
        m *= batch
        batch = 1
      }
    } else if (outer.shape.length > 1) {
      offsets = uploadIntegers(host, batchOffsets(outer.shape, outer.strides))
    }
  }
  if (batch * m * n === 0) return
  const work = 2 * batch * m * n * Math.max(k, 1)
  const { tileM, tileN, tasks } = tiles(host.threads, batch, m, n, work)
  args
    .reset(host.address(a), host.address(b), host.address(c), bias, offsets, batch, m, n, k)
    .add(aBatch, aRow, aCol, bBatch, bRow, bCol, cBatch, cRow, cCol, tileM, tileN, flags)
  host.dispatch(`matmul_${suffix[floatOf(c.dtype)]}`, args, tasks, work / 25)
}
