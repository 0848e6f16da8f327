import type { Tensor } from '@sconce/core'
import { AccumulateGrad } from '../accumulate.ts'
import { metaOf } from '../meta.ts'
import type { Node } from '../node.ts'
import { viewGradFn } from './views.ts'

/** The node that made the tensor, or null for a leaf. Of a view whose base changed, a new one. */
export function gradFnOf(t: Tensor): Node | null {
  const meta = metaOf(t)
  if (meta === null) return null
  return meta.base === null ? meta.gradFn : viewGradFn(t, meta)
}

/** The node of a leaf, one for each. */
export function accumulatorOf(t: Tensor): AccumulateGrad | null {
  const meta = metaOf(t)
  if (!meta?.flag) return null
  const known = meta.accumulator
  // `t_()` and the like may have given the leaf another shape.
  if (known && known.metadata[0].shape === t.shape) return known
  const made = new AccumulateGrad(t)
  if (known) made.preHooks = known.preHooks
  meta.accumulator = made
  return made
}

/** Writes edge `i`: to where the gradient of `t` goes. Says whether there is such a place. */
export function connectEdge(
  nextNodes: (Node | null)[],
  nextInputs: number[],
  i: number,
  t: Tensor,
): boolean {
  const meta = metaOf(t)
  if (meta === null) {
    nextNodes[i] = null
    nextInputs[i] = 0
    return false
  }
  const gradFn = gradFnOf(t)
  nextNodes[i] = gradFn ?? accumulatorOf(t)
  nextInputs[i] = gradFn ? meta.outputNr : 0
  return nextNodes[i] !== null
}

/** `connectEdge` on the edges of a node. */
export const connect = (node: Node, i: number, t: Tensor): boolean =>
  connectEdge(node.nextNodes, node.nextInputs, i, t)
