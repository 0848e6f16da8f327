import type { Gradients, Node } from '../node.ts'

/** Where a gradient is taken out of the pass: output of a node, and position in the results. */
export interface Capture {
  readonly output: number
  readonly slot: number
}

/** A node in one backward pass. */
export class Entry {
  readonly node: Node
  /** Nodes that have yet to hand a gradient on to this one. */
  dependencies = 0
  /** What arrived so far, by output. */
  readonly grads: Gradients
  captures: Capture[] | null = null
  /** Whether the node runs, or is only where gradients are taken out. */
  execute = true

  constructor(node: Node) {
    this.node = node
    this.grads = new Array(node.metadata.length).fill(null)
  }
}
