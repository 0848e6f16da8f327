import type { AutogradMeta, Tensor } from '@sconce/core'
import type { AccumulateGrad } from './accumulate.ts'
import type { Node } from './node.ts'

/** How a view came about; anything but `default` forbids to change it in place. */
export type Creation = 'default' | 'noGrad' | 'inference' | 'multiOutput' | 'customFunction'

/** Autograd's state of one tensor. */
export class Meta implements AutogradMeta {
  /** Set by the user on a leaf. */
  flag = false
  gradFn: Node | null
  /** Which output of `gradFn` the tensor is. */
  outputNr: number
  accumulator: AccumulateGrad | null = null
  grad: Tensor | null = null
  retains = false
  /** What this is a view of; a base is never a view itself. */
  base: Tensor | null = null
  creation: Creation = 'default'
  /** Version at which `gradFn` of a view was right; a change in place makes a new one. */
  attrVersion = 0

  constructor(gradFn: Node | null, outputNr: number) {
    this.gradFn = gradFn
    this.outputNr = outputNr
  }

  get requiresGrad(): boolean {
    return this.gradFn !== null || this.flag || (this.base !== null && needsGrad(this.base))
  }
}

/** Whether gradients flow to the tensor. */
export function needsGrad(t: Tensor): boolean {
  return t.autograd?.requiresGrad ?? false
}

// Core types the slot as the little that it reads; only this package ever fills it.
/** Autograd's state, or null. */
export const metaOf = (t: Tensor): Meta | null => t.autograd as Meta | null

/** Autograd's state, made if there is none. */
export function makeMeta(t: Tensor): Meta {
  const known = metaOf(t)
  if (known) return known
  const meta = new Meta(null, 0)
  t.autograd = meta
  return meta
}
