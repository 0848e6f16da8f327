import {
  coalesce,
  contiguousStrides,
  type DType,
  isContiguous,
  type Operand,
} from '@sconce/backend'
import { args } from './arguments.ts'
import type { Host } from './host.ts'
import { sizeOf, view } from './operands.ts'

/** Elements that one unit of a copy should move, so that threads get even shares. */
const perUnit = 1 << 14

/** The dim of the smallest stride that isn't `not`. */
function densest(strides: readonly number[], not = -1): number {
  let best = -1
  for (let d = strides.length - 1; d >= 0; d--) {
    if (d !== not && (best < 0 || Math.abs(strides[d]) < Math.abs(strides[best]))) best = d
  }
  return best
}

/** Copies the elements of one view to another of the same shape and dtype. */
export function copy(host: Host, from: Operand, to: Operand): void {
  const merged = coalesce(to.shape, [from.strides, to.strides])
  const shape = [...merged.shape]
  const [source, target] = merged.strides
  while (shape.length < 2) {
    shape.unshift(1)
    source.unshift(0)
    target.unshift(0)
  }
  if (shape.includes(0)) return
  const col = densest(target.map((s, d) => (shape[d] === 1 ? Number.POSITIVE_INFINITY : s)))
  const row = densest(
    source.map((s, d) => (shape[d] === 1 ? Number.POSITIVE_INFINITY : s)),
    col,
  )
  const [rows, cols] = [shape[row], shape[col]]
  const block = Math.min(rows, Math.max(16, Math.ceil(perUnit / cols / 4) * 4))
  const outer = shape.map((_, d) => d).filter((d) => d !== row && d !== col)
  args
    .reset(host.address(from), host.address(to), sizeOf(to.dtype), rows, cols)
    .add(source[row], source[col], target[row], target[col], block, outer.length)
  let units = Math.ceil(rows / block)
  for (const d of outer) {
    args.add(shape[d], source[d], target[d])
    units *= shape[d]
  }
  let count = 1
  for (const size of shape) count *= size
  host.dispatch('copy_strided', args, units, count * (target[col] === 1 ? 0.7 : 1.5))
}

/** The operand if it is row-major without gaps, else a temporary copy that is. */
export function dense(host: Host, operand: Operand): Operand {
  if (isContiguous(operand.shape, operand.strides)) {
    return view(operand, operand.shape, contiguousStrides(operand.shape))
  }
  const made = host.temporary(operand.dtype, operand.shape)
  copy(host, operand, made)
  return made
}

/** An operand to write and what moves the result to where it belongs. */
export interface Target {
  readonly operand: Operand
  finish(): void
}

const nothing = (): void => {}

/** The operand itself where it fits, else a dense temporary of `dtype` that `finish` copies or converts. */
export function target(
  host: Host,
  operand: Operand,
  dtype: DType,
  fits: boolean,
  convert: (host: Host, from: Operand, to: Operand) => void,
): Target {
  if (fits && operand.dtype === dtype) return { operand, finish: nothing }
  const made = host.temporary(dtype, operand.shape)
  const finish = () => (operand.dtype === dtype ? copy : convert)(host, made, operand)
  return { operand: made, finish }
}
