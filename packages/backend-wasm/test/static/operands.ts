import { type DType, elementCount, type Operand } from '@sconce/backend'
import { getElement, positions, setElement } from './evaluate.ts'
import type { TestHost } from './host.ts'
import type { Random } from './random.ts'

export type Value = number | bigint

/** How the elements lie in the buffer. */
export type LayoutKind = 'dense' | 'padded' | 'permuted' | 'spread'

export const layoutKinds: readonly LayoutKind[] = ['dense', 'padded', 'permuted', 'spread']

function shuffled(count: number, random: Random): number[] {
  const order: number[] = []
  for (let i = 0; i < count; i++) order.splice(Math.floor(random() * (i + 1)), 0, i)
  return order
}

/**
 * An uninitialised operand: rows longer than needed (`padded`), dims in another order (`permuted`), or
 * both with gaps between neighbours (`spread`). What is not an element keeps the host's pattern.
 */
export function empty(
  host: TestHost,
  dtype: DType,
  shape: readonly number[],
  kind: LayoutKind,
  random: Random,
): Operand {
  const rank = shape.length
  const order =
    kind === 'permuted' || kind === 'spread' ? shuffled(rank, random) : shape.map((_, d) => d)
  const strides = new Array<number>(rank).fill(1)
  let stride = kind === 'spread' ? 2 : 1
  for (let i = rank - 1; i >= 0; i--) {
    strides[order[i]] = stride
    stride *=
      shape[order[i]] + (kind === 'padded' || kind === 'spread' ? 1 + Math.floor(random() * 3) : 0)
  }
  const offset = kind === 'dense' ? 0 : Math.floor(random() * 5)
  const { buffer } = host.temporary(dtype, [Math.max(stride, 1) + offset])
  return { buffer, dtype, shape, strides, offset }
}

/** An operand of that layout with these values. */
export function filled(
  host: TestHost,
  dtype: DType,
  shape: readonly number[],
  kind: LayoutKind,
  random: Random,
  value: (i: number) => Value,
): Operand {
  const operand = empty(host, dtype, shape, kind, random)
  const array = host.contents(operand)
  positions(operand).forEach((at, i) => setElement(dtype, array, at, value(i)))
  return operand
}

/** The elements of a view in row-major order. */
export function values(host: TestHost, operand: Operand): Value[] {
  const array = host.contents(operand)
  return Array.from(positions(operand), (at) => getElement(operand.dtype, array, at))
}

export const numbers = (host: TestHost, operand: Operand): number[] =>
  values(host, operand).map(Number)

/** A checksum of the operand's buffer outside of the view, which must never change. */
export function gaps(host: TestHost, operand: Operand): number {
  const array = host.contents(operand)
  const size = array.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice()
  for (const at of positions(operand)) bytes.fill(0, at * size, (at + 1) * size)
  let hash = 0
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0
  return hash
}

/** Integers in [low, high]. */
export const integer = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1))

export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)]

export { elementCount }
