import { type Buffer, isContiguous, type Operand } from '@sconce/backend'
import type { Slab } from '../device/slabs.ts'
import { slabOf } from '../device/storage.ts'
import type { SlotDeclaration } from './source.ts'

/**
 * The class of an operand's layout: what a program is made for. Contiguous (`c`), or a digit for each dim
 * that tells whether it is broadcast (`0`) or not (`1`). Sizes and strides themselves are parameters, so
 * that a new size compiles nothing.
 */
export const layoutClass = ({ shape, strides }: Operand): string =>
  isContiguous(shape, strides) ? 'c' : strides.map((s) => (s === 0 ? '0' : '1')).join('')

/** Which buffers a program is bound to, and which operand is in which. */
export interface Bindings {
  readonly slabs: readonly Slab[]
  readonly slots: readonly SlotDeclaration[]
  /** The slots of what is read, and of what is written, in order. */
  readonly read: readonly number[]
  readonly written: readonly number[]
  /** Differs where programs have to. */
  readonly key: string
}

/**
 * One slot for each piece of memory, however many operands lie in it: WebGPU takes no buffer twice if one
 * of the two is written.
 */
export function bind(reads: readonly Slab[], writes: readonly Slab[]): Bindings {
  const slabs: Slab[] = []
  const slotOf = (slab: Slab): number => {
    const at = slabs.indexOf(slab)
    return at >= 0 ? at : slabs.push(slab) - 1
  }
  const written = writes.map(slotOf)
  const read = reads.map(slotOf)
  return {
    slabs,
    slots: slabs.map((_, i) => ({ written: written.includes(i) })),
    read,
    written,
    key: `${written.join()}<${read.join()}`,
  }
}

/** The memory of operands, in order. */
export const slabsOf = (operands: readonly { readonly buffer: Buffer }[]): Slab[] =>
  operands.map(({ buffer }) => slabOf(buffer))
