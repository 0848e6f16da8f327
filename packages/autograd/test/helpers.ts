import { type GraphTree, graphTree } from '@sconce/autograd'
import type { GradFn, Tensor } from '@sconce/core'
import { expect } from 'vitest'

/** Compares elements as nested arrays, to float32 accuracy. */
export function expectValues(t: Tensor | null, expected: unknown, digits = 5): void {
  expect(t).not.toBeNull()
  const found: unknown = t?.toArray()
  const flat = (x: unknown): number[] => [x].flat(9).map(Number)
  expect([t?.shape, flat(found).length]).toEqual([shapeOf(expected), flat(expected).length])
  flat(expected).forEach((e, i) => {
    const f = flat(found)[i]
    if (Number.isFinite(e)) expect(f).toBeCloseTo(e, digits)
    else expect(f).toEqual(e)
  })
}

const shapeOf = (x: unknown): number[] =>
  Array.isArray(x) ? [x.length, ...(x.length > 0 ? shapeOf(x[0]) : [])] : []

/** The graph as nested names: `MulBackward0(AccumulateGrad, -)`. */
export function graphText(of: Tensor | GradFn | null): string {
  const print = (tree: GraphTree | null): string =>
    tree === null
      ? '-'
      : tree.next.length === 0
        ? tree.name
        : `${tree.name}(${tree.next.map(print).join(', ')})`
  return print(graphTree(of))
}
