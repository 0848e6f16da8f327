import type { Expr } from '@sconce/backend'
import type { Access } from '../kernels/plan.ts'
import type { Leaves } from './emit.ts'
import { firstLane, loadAt, slope } from './loads.ts'
import { fetch, offsetAt } from './operands.ts'
import type { Source } from './source.ts'
import { indexOf, type Place, type Space } from './space.ts'

/** The classes of a kernel's inputs: how each is read, or for loaded ones whether the last stride is 1. */
export interface InputClasses {
  readonly access: readonly (Access | undefined)[]
  readonly unit: readonly boolean[]
}

/** Reads `accessKey` back: the letter of each input. */
export const classesOf = (key: string): InputClasses => ({
  access: Array.from(key, (c) => (c === 'u' || c === 'v' ? undefined : (c as Access))),
  unit: Array.from(key, (c) => c === 'u'),
})

/** Growth of the leaves from lane to lane in a space. */
export const leafSlope =
  (space: Space, access: readonly (Access | undefined)[]) =>
  (node: Expr): number | undefined => {
    if (node.op === 'index') {
      if (space.place(node.value).each) return undefined
      return node.value === space.lane ? 1 : 0
    }
    const way = node.op === 'input' ? access[node.value] : undefined
    return way === 's' || way === 'z' ? 0 : undefined
  }

/** Loads in a space; `known` are the names of ints that are in scope. */
export const loader =
  (
    source: Source,
    space: Space,
    { access, unit }: InputClasses,
    known: Map<Expr, string>,
  ): Leaves['load'] =>
  (node, emit) => {
    const leaf = leafSlope(space, access)
    const slopes = node.args.map((a) => slope(a, leaf))
    const position = (d: number) => (space.place(d).each ? undefined : space.place(d).code)
    const coordinates = node.args.map((a, d) => {
      const first = slopes[d] === undefined ? undefined : firstLane(source, a, position, known)
      // What all lanes share but is no sum of positions is taken from one of them.
      return {
        each: () => emit(a),
        first: first ?? (slopes[d] === 0 ? `${emit(a)}.x` : undefined),
      }
    })
    return loadAt(source, node, coordinates, { slopes, unit: unit[node.value] })
  }

/** Where an operand is read. */
function placeOf(
  source: Source,
  space: Space,
  dims: readonly number[],
  way: Access,
  slot: number,
): Place {
  // Not used: the fragment's own place is.
  if (way === 'd' || way === 'e') return { code: '', each: false }
  if (way === 'f') return { code: `${space.position} + ${source.offset(slot)}`, each: false }
  return offsetAt(source, space, slot, way === 's' ? [] : dims)
}

/** The leaves of a kernel's expressions in one space, all read in place. */
export function leavesIn(
  source: Source,
  space: Space,
  dims: readonly number[],
  { access, unit }: InputClasses,
): Leaves {
  return {
    input: (node) => {
      const way = access[node.value] ?? 'g'
      const ref = { slot: node.value, dtype: node.dtype }
      return fetch(source, ref, way, placeOf(source, space, dims, way, node.value), space.lane)
    },
    index: (d) => indexOf(source, space, d),
    load: loader(source, space, { access, unit }, new Map()),
    acc: (node) => {
      throw new Error(`no accumulator for ${node} here`)
    },
  }
}
