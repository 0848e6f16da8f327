import { type DType, dtypes, type Operand, type SortKernel } from '@sconce/backend'
import { args } from './arguments.ts'
import type { Host } from './host.ts'
import { aliases, sizeOf } from './operands.ts'
import { readRows, rowShape, writeRows } from './rows.ts'

const suffix = { float32: 'f32', int32: 'i32', float64: 'f64', int64: 'i64' } as const
type Key = keyof typeof suffix

/** The dtype whose order is that of `dtype`, and that the kernel knows. */
function keyOf(dtype: DType): Key {
  if (dtype === 'float64' || dtype === 'int64') return dtype
  return dtypes[dtype].kind === 'float' ? 'float32' : 'int32'
}

/** Nanoseconds an element. */
const cost = { float32: 15, int32: 15, float64: 35, int64: 35 } as const

/** Stable sort, or the first k of it, along the last dim of operands of any layout and dtype. */
export function runSort(
  host: Host,
  { dtype, descending }: SortKernel,
  [source]: readonly Operand[],
  [valuesOut, indicesOut]: readonly Operand[],
): void {
  const { count: rows, length } = rowShape(source)
  const wanted = Math.min(length, rowShape(valuesOut).length)
  if (rows * wanted === 0) return
  const key = keyOf(dtype)
  const x = readRows(host, source, dtype)
  const keys = key === dtype ? x : readRows(host, source, key)
  const values = writeRows(host, valuesOut, dtype, aliases(valuesOut, source))
  const indices = writeRows(host, indicesOut, 'int32')
  const units = Math.min(rows, host.threads === 1 ? 1 : 4 * host.threads)
  const workspaceBytes = Math.ceil((2 * length * (sizeOf(key) + 4)) / 16) * 16
  const workspace = host.temporary('uint8', [units, workspaceBytes])
  args
    .reset(keys.address, x.address, values.rows.address, indices.rows.address)
    .add(host.address(workspace), workspaceBytes, rows, units, length, wanted, sizeOf(dtype))
    .add(keys.stride, x.stride, values.rows.stride, indices.rows.stride, descending ? 1 : 0)
  host.dispatch(`sort_${suffix[key]}`, args, units, rows * length * cost[key])
  values.finish()
  indices.finish()
}
