import { RuntimeError, release, type Tensor, temporaries } from '@sconce/core'
import { explain } from '../anomaly.ts'
import { mode } from '../mode.ts'
import type { Gradients, Node, Wants } from '../node.ts'
import { Entry } from './entry.ts'
import { fitted, merged } from './gradients.ts'
import { ReadyQueue } from './ready-queue.ts'

/** A place in the graph: an output of the op of a node. */
export interface Edge {
  readonly node: Node
  readonly output: number
}

export interface TaskOptions {
  readonly keepGraph: boolean
  readonly createGraph: boolean
  /** Restricts the pass to what leads to these; null runs everything. */
  readonly targets: readonly Edge[] | null
  /** Whether targets accumulate into `grad`, or their gradients are the results. */
  readonly accumulate: boolean
}

/**
 * One backward pass. Without `createGraph` every gradient on its way is a tensor object that only the
 * pass knows: it is freed as soon as it is used up, and changed in place where its storage has no
 * other owner. Whatever user code gets to see is an alias, or is handed over for good.
 */
export class Task implements Wants {
  readonly results: (Tensor | null)[]
  readonly #entries = new Map<Node, Entry>()
  readonly #queue = new ReadyQueue()
  readonly #options: TaskOptions

  constructor(roots: readonly Edge[], options: TaskOptions) {
    this.#options = options
    const { targets, accumulate } = options
    this.results = targets && !accumulate ? targets.map(() => null) : []
    const needed = targets && this.#needed(roots, targets)
    this.#count(roots, needed)
    targets?.forEach(({ node, output }, slot) => {
      const entry = this.#entries.get(node)
      if (!entry) return
      if (accumulate) return
      entry.captures ??= []
      entry.captures.push({ output, slot })
      if (!needed?.get(node)) entry.execute = false
    })
  }

  /** Whether the gradient along that edge is used by somebody. */
  wants(node: Node, edge: number): boolean {
    const next = node.nextNodes[edge]
    return next !== null && (this.#options.targets === null || this.#entries.has(next))
  }

  /**
   * For every node that leads to a target, whether it has to run to get there; a target that leads to
   * no other one need not, unless it accumulates.
   */
  #needed(roots: readonly Edge[], targets: readonly Edge[]): Map<Node, boolean> {
    const { accumulate } = this.#options
    const isTarget = new Set(targets.map((t) => t.node))
    const found = new Map<Node, boolean>()
    const seen = new Set<Node>()
    // Depth first without recursion: graphs can be very deep.
    const stack: { node: Node; edge: number }[] = []
    const enter = (node: Node) => {
      if (seen.has(node)) return
      seen.add(node)
      if (isTarget.has(node)) found.set(node, accumulate)
      stack.push({ node, edge: 0 })
    }
    for (const { node } of roots) {
      enter(node)
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const { nextNodes } = top.node
        if (top.edge < nextNodes.length) {
          const next = nextNodes[top.edge++]
          if (next) enter(next)
        } else {
          if (nextNodes.some((n) => n !== null && found.has(n))) found.set(top.node, true)
          stack.pop()
        }
      }
    }
    return found
  }

  /** Counts for every node that takes part how many gradients it has to wait for. */
  #count(roots: readonly Edge[], needed: ReadonlyMap<Node, boolean> | null): void {
    const entries = this.#entries
    const stack: Node[] = []
    const enter = (node: Node): Entry | undefined => {
      let entry = entries.get(node)
      if (entry === undefined) {
        if (needed !== null && !needed.has(node)) return undefined
        entry = new Entry(node)
        entries.set(node, entry)
        stack.push(node)
      }
      return entry
    }
    for (const { node } of roots) enter(node)
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const { nextNodes } = node
      for (let i = 0; i < nextNodes.length; i++) {
        const next = nextNodes[i]
        if (next === null) continue
        const entry = enter(next)
        if (entry) entry.dependencies++
      }
    }
  }

  /** Runs the pass; `grads` are those of the roots, owned by the pass. */
  run(roots: readonly Edge[], grads: readonly Tensor[]): void {
    const starts = new Set<Entry>()
    roots.forEach(({ node, output }, i) => {
      const entry = this.#entries.get(node)
      if (!entry) return
      this.#add(entry, output, grads[i])
      starts.add(entry)
    })
    for (const entry of starts) if (entry.dependencies === 0) this.#queue.push(entry)
    for (let entry = this.#queue.pop(); entry; entry = this.#queue.pop()) this.#evaluate(entry)
  }

  #add(entry: Entry, output: number, g: Tensor): void {
    const { grads } = entry
    const known = grads[output]
    grads[output] = known === null ? g : this.#options.createGraph ? known.add(g) : merged(known, g)
  }

  #evaluate(entry: Entry): void {
    const { node, grads } = entry
    const { createGraph } = this.#options
    if (entry.captures) this.#capture(entry)
    if (!entry.execute) {
      if (!createGraph) releaseAll(grads)
      return
    }
    if (node.preHooks) this.#preHooks(node, grads)
    const { postHooks } = node
    const given = postHooks && postHooks.length > 0 ? grads.slice() : null
    let outputs = this.#apply(node, grads)
    if (!this.#options.keepGraph) node.release()
    const seen = given !== null || node.foreign
    if (given && postHooks) {
      for (const hook of [...postHooks]) outputs = (hook(outputs, given) ?? outputs).slice()
    }
    if (mode.anomaly) this.#checkNaN(node, outputs)
    this.#distribute(node, grads, outputs, seen)
    if (!createGraph && !seen) releaseAll(grads)
  }

  /** Runs the node; temporaries of its formulas are freed with it. */
  #apply(node: Node, grads: Gradients): Gradients {
    try {
      if (!node.scoped || node.metadata[0]?.device.backend.info.collected) {
        return node.apply(grads, this)
      }
      return temporaries(() => node.apply(grads, this))
    } catch (error) {
      throw explain(error, node)
    }
  }

  #capture(entry: Entry): void {
    const { grads, captures, execute } = entry
    for (const { output, slot } of captures ?? []) {
      const g = grads[output]
      if (g === null) continue
      if (this.#options.createGraph) {
        this.results[slot] = g
        continue
      }
      // Handed over, unless the pass goes on with it.
      const alone = !execute && !captures?.some((c) => c.output === output && c.slot > slot)
      if (alone) grads[output] = null
      const result = alone && g.autograd === null ? g : g.alias()
      this.results[slot] = result
      if (alone && result !== g) release(g)
    }
  }

  #preHooks(node: Node, grads: Gradients): void {
    for (const hook of [...(node.preHooks ?? [])]) {
      hook.call(grads)
      // User code may keep what it saw: the pass goes on with an alias.
      if (!hook.internal && !this.#options.createGraph) {
        for (let i = 0; i < grads.length; i++) grads[i] = grads[i]?.alias() ?? null
      }
    }
  }

  #distribute(node: Node, grads: Gradients, outputs: Gradients, seen: boolean): void {
    const { nextNodes, nextInputs } = node
    const { createGraph } = this.#options
    // All become the pass's own before the first is summed into another, and so freed.
    const owned = createGraph ? outputs : this.#owned(node, grads, outputs, seen)
    for (let i = 0; i < nextNodes.length; i++) {
      const output = owned[i]
      const next = nextNodes[i]
      if (next === null || next === undefined) continue
      const entry = this.#entries.get(next)
      if (entry === undefined) continue
      if (output !== null && output !== undefined) {
        const g = fitted(output, next.metadata[nextInputs[i]], node, i)
        if (g !== output && !createGraph) release(output)
        this.#add(entry, nextInputs[i], g)
      }
      if (--entry.dependencies === 0) this.#queue.push(entry)
    }
  }

  /** The outputs that go on as tensor objects of the pass alone. */
  #owned(node: Node, grads: Gradients, outputs: Gradients, seen: boolean): Gradients {
    return outputs.map((output, i) => {
      const next = node.nextNodes[i]
      if (!output || !next || !this.#entries.has(next)) return null
      if (seen) return output.alias()
      const given = grads.indexOf(output)
      if (given >= 0) {
        // Passed on: the first time it is handed over.
        grads[given] = null
        return output
      }
      const shared =
        outputs.indexOf(output) < i || (output.storage.owners > 1 && node.holds(output))
      return shared ? output.alias() : output
    })
  }

  #checkNaN(node: Node, outputs: Gradients): void {
    const { enabled } = mode
    mode.enabled = false
    try {
      outputs.forEach((g, i) => {
        if (g?.isnan().any().item()) {
          throw explain(
            new RuntimeError(`Function '${node.name}' returned nan values in its ${i}th output.`),
            node,
          )
        }
      })
    } finally {
      mode.enabled = enabled
    }
  }
}

function releaseAll(grads: Gradients): void {
  for (let i = 0; i < grads.length; i++) {
    const g = grads[i]
    if (g !== null) release(g)
  }
}
