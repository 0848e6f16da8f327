import {
  contiguousStrides,
  type DType,
  type Expr,
  elementCount,
  index,
  input,
  kernels,
  type Operand,
  type ScanKernel,
  substitute,
} from '@sconce/backend'
import { formatOf } from '../device/formats.ts'
import { cover } from '../device/region.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import type { WebglBuffer } from '../storage.ts'
import {
  blockTexels,
  buildScan,
  buildTotals,
  dtypesOf,
  isIndexed,
  type Scanned,
} from './scan-program.ts'
import { bufferOf } from './writes.ts'

/** Rows of texels that are scanned. */
interface Rows {
  readonly count: number
  readonly texels: number
}

/** Scans rows from textures into others: block by block, with the scan of the blocks' totals before. */
function scanRows(
  engine: Engine,
  scanned: Scanned,
  from: readonly Texture[],
  to: readonly Texture[],
  { count, texels }: Rows,
): void {
  const key = `scan ${scanned.op} ${scanned.dtype}`
  const blocks = Math.ceil(texels / blockTexels)
  const totals = Math.ceil(blocks / 4)
  const call = { shape: [], operands: [], scalars: [], extra: [texels, totals] }
  if (blocks === 1) {
    const program = engine.program(`${key} block`, buildScan(scanned, false))
    engine.draw(program, call, from, to, cover(count * texels))
    return
  }
  const scratch: Texture[] = []
  const take = (): Texture[] =>
    dtypesOf(scanned).map((dtype) => {
      const texture = engine.acquire(formatOf(dtype), count * totals)
      scratch.push(texture)
      return texture
    })
  try {
    const [sums, running] = [take(), take()]
    const summing = engine.program(`${key} totals`, buildTotals(scanned))
    engine.draw(summing, call, from, sums, cover(count * totals))
    scanRows(engine, scanned, sums, running, { count, texels: totals })
    const program = engine.program(`${key} blocks`, buildScan(scanned, true))
    engine.draw(program, call, [...from, ...running], to, cover(count * texels))
  } finally {
    for (const texture of scratch) engine.release(texture)
  }
}

/** The values, and the positions where these are asked for. */
const startOf = ({ value }: ScanKernel, scanned: Scanned, last: number): Expr[] =>
  isIndexed(scanned) ? [value, index(last)] : [value]

/** The kernel's values with the running results as further inputs. */
function finishOf(kernel: ScanKernel, types: readonly DType[]) {
  const first = kernel.inputs.length
  const values = kernel.values.map((v) =>
    substitute(v, (node) =>
      node.op === 'acc' ? input(first + node.value, types[node.value]) : undefined,
    ),
  )
  return kernels.map(values, [...kernel.inputs, ...types])
}

/**
 * Runs a scan: the values into rows of whole texels, the scan of these, and the values made of the
 * results. What fills up a row comes after all its elements, so that it matters to none.
 */
export function runScan(
  engine: Engine,
  kernel: ScanKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = outputs[0]
  if (elementCount(shape) === 0) return
  const last = shape.length - 1
  const texels = Math.ceil(shape[last] / 4)
  const padded = [...shape.slice(0, last), 4 * texels]
  const scanned: Scanned = { op: kernel.op, dtype: kernel.value.dtype }
  const types = dtypesOf(scanned)
  const buffers: WebglBuffer[] = []
  const take = (): Operand[] =>
    types.map((dtype) => {
      const buffer = engine.allocate(dtype, elementCount(padded))
      buffers.push(buffer)
      return { buffer, dtype, shape, strides: contiguousStrides(padded), offset: 0 }
    })
  try {
    const [from, to] = [take(), take()]
    const start = kernels.map(startOf(kernel, scanned, last), kernel.inputs)
    engine.execute(start, inputs, from, scalars)
    scanRows(
      engine,
      scanned,
      from.map((o) => engine.contents(bufferOf(o))),
      to.map((o) => engine.blank(bufferOf(o))),
      { count: elementCount(shape.slice(0, last)), texels },
    )
    engine.execute(finishOf(kernel, types), [...inputs, ...to], outputs, scalars)
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}
