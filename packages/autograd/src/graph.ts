import type { GradFn, Tensor } from '@sconce/core'

/** A graph as plain data, for tests and for looking at it. */
export interface GraphTree {
  readonly name: string
  readonly next: readonly (GraphTree | null)[]
}

/** The graph behind a tensor or node as a tree of names; shared nodes appear wherever they are used. */
export function graphTree(of: Tensor | GradFn | null): GraphTree | null {
  if (of === null) return null
  if ('gradFn' in of) return graphTree(of.gradFn)
  return { name: of.name, next: of.nextFunctions.map(graphTree) }
}

/** Every node that is reached from a tensor or node, each once, from the outputs to the leaves. */
export function graphNodes(of: Tensor | GradFn | null): GradFn[] {
  const start = of !== null && 'gradFn' in of ? of.gradFn : of
  const found = new Set<GradFn>(start ? [start] : [])
  for (const node of found) {
    for (const next of node.nextFunctions) if (next) found.add(next)
  }
  return [...found]
}
