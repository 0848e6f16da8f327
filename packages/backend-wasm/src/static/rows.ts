import { coalesce, type DType, elementCount, type Operand } from '@sconce/backend'
import { copy, target } from './copy.ts'
import type { Host } from './host.ts'
import { as, convert } from './operands.ts'

/** Contiguous rows, `stride` elements apart. */
export interface Rows {
  readonly address: number
  readonly stride: number
}

/** The distance of an operand's rows (its last dim), if they are contiguous and evenly spaced. */
function rowStride({ shape, strides }: Operand): number | undefined {
  const last = shape.length - 1
  if (last < 0) return 0
  if (shape[last] > 1 && strides[last] !== 1) return undefined
  const outer = coalesce(shape.slice(0, last), [strides.slice(0, last)])
  return outer.shape.length > 1 ? undefined : (outer.strides[0][0] ?? 0)
}

const rows = (host: Host, operand: Operand): Rows | undefined => {
  const stride = rowStride(operand)
  return stride === undefined ? undefined : { address: host.address(operand), stride }
}

const length = ({ shape }: Operand): number => shape[shape.length - 1] ?? 1

const dense = (host: Host, operand: Operand): Rows => ({
  address: host.address(operand),
  stride: length(operand),
})

/** An input's rows as `dtype`, copied together where they are not contiguous. */
export function readRows(host: Host, operand: Operand, dtype: DType): Rows {
  const converted = as(host, operand, dtype)
  const found = rows(host, converted)
  if (found) return found
  const made = host.temporary(dtype, operand.shape)
  copy(host, converted, made)
  return dense(host, made)
}

/** Rows to write, and what to call when they are written. `apart`: not in the operand's own memory. */
export function writeRows(
  host: Host,
  operand: Operand,
  dtype: DType,
  apart = false,
): { rows: Rows; finish(): void } {
  const found = rowStride(operand)
  const fits = found !== undefined && !apart
  const { operand: made, finish } = target(host, operand, dtype, fits, convert)
  return {
    rows:
      made === operand ? { address: host.address(made), stride: found ?? 0 } : dense(host, made),
    finish,
  }
}

/** How many rows an operand has, and how long they are. */
export function rowShape(operand: Operand): { count: number; length: number } {
  return { count: elementCount(operand.shape.slice(0, -1)), length: length(operand) }
}
