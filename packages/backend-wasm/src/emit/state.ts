import type { Reduction } from '@sconce/backend'
import { type Accumulator, accumulatorOf, acrossPlaces, totalAcross } from './accumulator.ts'
import { cast } from './cast.ts'
import type { Quad } from './quad.ts'
import type { Region } from './region.ts'
import { Vec } from './vec.ts'
import type { Writer } from './writer.ts'

/** Quads held in variables. */
class QuadVariables {
  readonly #writer: Writer
  readonly #shape: readonly Quad[]
  readonly #locals: readonly number[][]

  constructor(writer: Writer, initial: readonly Quad[]) {
    this.#writer = writer
    this.#shape = initial
    this.#locals = initial.map((q) => q.regs.map(() => writer.emitter.variable('v128')))
  }

  read(region: Region): Quad[] {
    const { graph } = this.#writer
    return this.#shape.map(({ dtype, regs }, q) => ({
      dtype,
      regs: regs.map(
        (x, r) => new Vec(graph, x.lane, this.#writer.get(this.#locals[q][r], region, 'v128')),
      ),
    }))
  }

  /** Sets all at once: new values may depend on the old ones. */
  write(region: Region, state: readonly Quad[]): void {
    const nodes = state.flatMap((q) => q.regs.map((x) => x.node))
    if (nodes.length > 1) for (const node of nodes) this.#writer.keep(node, region)
    const locals = this.#locals.flat()
    nodes.forEach((node, i) => this.#writer.set(locals[i], node, region))
  }
}

/** The accumulator of one reduction as variables: one state per group of elements, and the total. */
export class ReductionState {
  readonly accumulator: Accumulator
  readonly reduction: Reduction
  readonly #writer: Writer
  readonly #groups: readonly QuadVariables[]
  readonly #total: QuadVariables | undefined

  constructor(writer: Writer, reduction: Reduction, groups: number) {
    const { graph } = writer
    this.#writer = writer
    this.reduction = reduction
    this.accumulator = accumulatorOf(reduction)
    const initial = this.accumulator.initial(graph)
    this.#groups = Array.from({ length: groups }, () => new QuadVariables(writer, initial))
    const { total } = this.accumulator
    this.#total = total ? new QuadVariables(writer, [total.initial(graph)]) : undefined
  }

  /** Starts anew. */
  reset(region: Region): void {
    const { graph } = this.#writer
    for (const group of this.#groups) group.write(region, this.accumulator.initial(graph))
    const { total } = this.accumulator
    if (total) this.#total?.write(region, [total.initial(graph)])
  }

  /** Takes four elements into a group. */
  update(region: Region, group: number, value: Quad, position: Vec | undefined): void {
    const variables = this.#groups[group]
    const state = variables.read(region)
    variables.write(region, this.accumulator.update(state, value, position))
  }

  /** Empties the first level of a sum into the total: of all groups into one, or of each into its own. */
  flush(region: Region): void {
    const { total } = this.accumulator
    if (!total || !this.#total) return
    const { graph } = this.#writer
    const [sum] = this.#total.read(region)
    this.#total.write(region, [total.add(sum, this.#merged(region))])
    for (const group of this.#groups) group.write(region, this.accumulator.initial(graph))
  }

  #merged(region: Region): Quad[] {
    const { merge } = this.accumulator
    let states = this.#groups.map((g) => g.read(region))
    while (states.length > 1) {
      const next: Quad[][] = []
      for (let i = 0; i < states.length; i += 2) {
        next.push(i + 1 < states.length ? merge(states[i], states[i + 1]) : states[i])
      }
      states = next
    }
    return states[0]
  }

  /** The result over all groups and places, in each place. */
  result(region: Region): Quad {
    const { total, merge, result } = this.accumulator
    if (total && this.#total) return total.result(totalAcross(this.#total.read(region)[0]))
    return result(acrossPlaces(this.#merged(region), merge))
  }

  /** The results of the four places, each an element of its own. */
  separate(region: Region): Quad {
    const { total, result } = this.accumulator
    if (!total || !this.#total) return result(this.#merged(region))
    const sum = total.add(this.#total.read(region)[0], this.#merged(region))
    return cast(total.result(sum), this.reduction.value.dtype)
  }
}
