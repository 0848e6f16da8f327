/** Slices of sequences. */
import { raise } from '../values/errors.ts'
import type { Slice, Value } from '../values/value.ts'
import { indexOrUndefined } from './convert.ts'
import type { Runtime } from './runtime.ts'

/** A slice of a sequence of known length. */
export interface SliceRange {
  start: number
  stop: number
  step: number
  /** Indices in order. */
  indices: number[]
}

function part(rt: Runtime, value: Value): bigint | undefined {
  if (value === null) return undefined
  const index = indexOrUndefined(rt, value)
  if (index === undefined)
    throw raise('TypeError', 'slice indices must be integers or None or have an __index__ method')
  return index
}

const clamp = (value: bigint, low: number, high: number): number =>
  value < BigInt(low) ? low : value > BigInt(high) ? high : Number(value)

/** `slice.indices(length)`, and the indices that they stand for. */
export function sliceRange(rt: Runtime, slice: Slice, length: number): SliceRange {
  const step = Number(part(rt, slice.step) ?? 1n)
  if (step === 0) throw raise('ValueError', 'slice step cannot be zero')
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
  const bound = (value: Value, fallback: number): number => {
    const index = part(rt, value)
    if (index === undefined) return fallback
    return clamp(index < 0n ? index + BigInt(length) : index, low, high)
  }
  const start = bound(slice.start, step > 0 ? low : high)
  const stop = bound(slice.stop, step > 0 ? high : low)
  const count = Math.max(Math.ceil((stop - start) / step), 0)
  return { start, stop, step, indices: Array.from({ length: count }, (_, i) => start + i * step) }
}

/** `list[slice] = values`. */
export function assignSlice(rt: Runtime, list: Value[], slice: Slice, values: Value[]): void {
  const { start, stop, step, indices } = sliceRange(rt, slice, list.length)
  if (step === 1) {
    list.splice(start, Math.max(stop - start, 0), ...values)
    return
  }
  if (values.length !== indices.length)
    throw raise(
      'ValueError',
      `attempt to assign sequence of size ${values.length} to extended slice of size ${indices.length}`,
    )
  for (const [i, index] of indices.entries()) list[index] = values[i]
}

/** `del list[slice]`. */
export function deleteSlice(rt: Runtime, list: Value[], slice: Slice): void {
  const { indices } = sliceRange(rt, slice, list.length)
  for (const index of indices.sort((a, b) => b - a)) list.splice(index, 1)
}
