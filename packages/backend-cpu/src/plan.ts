import { type Expr, type Kernel, type MapKernel, type Operand, visit } from '@sconce/backend'

/**
 * What compiled code depends on beside its kernel: the class of the layouts. Sizes, strides and
 * offsets are not in it.
 */
export interface Plan {
  /** Dims of the iteration shape, outermost loop first. */
  readonly order: readonly number[]
  /** Trailing dims that a reduction collapses. */
  readonly reduced: number
  /** A reduction whose innermost loop runs over a kept dim, with an accumulator for each element. */
  readonly columns: boolean
  /** Step along the innermost loop, inputs then outputs: 0, 1, or 2 for any other. */
  readonly steps: readonly number[]
  /** Rank of each input that `load` reads, else -1. */
  readonly ranks: readonly number[]
  /** One contiguous run: a shape of no dims stands for one of a single element. */
  readonly flat?: boolean
}

/** Which inputs an expression reads at the current index, and which through `load`. */
export interface Access {
  readonly spans: readonly boolean[]
  readonly loads: readonly boolean[]
}

export function accessOf(kernel: Kernel, roots: readonly Expr[]): Access {
  const spans = kernel.inputs.map(() => false)
  const loads = kernel.inputs.map(() => false)
  visit(roots, (node) => {
    if (node.op === 'input') spans[node.value] = true
    if (node.op === 'load') loads[node.value] = true
  })
  return { spans, loads }
}

/** The plan of a map whose layouts are one contiguous run. */
export const flatPlan = ({ inputs, outputs }: MapKernel): Plan => ({
  order: [0],
  reduced: 0,
  columns: false,
  steps: [...inputs, ...outputs].map(() => 1),
  ranks: inputs.map(() => -1),
  flat: true,
})

/** Whether all layouts of a map are one contiguous run (or a single element). */
export function isFlat(
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  shape: readonly number[],
): boolean {
  if (shape.length > 1) return false
  if (shape.length === 0 || shape[0] === 1) return true
  for (let i = 0; i < inputs.length; i++) if (inputs[i].strides[0] !== 1) return false
  for (let i = 0; i < outputs.length; i++) if (outputs[i].strides[0] !== 1) return false
  return true
}

const stepClass = (stride: number): number => (stride === 1 ? 1 : stride === 0 ? 0 : 2)

/** Compares how far apart neighbours along two dims lie, for the operands from the last on. */
function isFarther(operands: readonly Operand[], a: number, b: number): boolean {
  for (let k = operands.length - 1; k >= 0; k--) {
    const [x, y] = [Math.abs(operands[k].strides[a]), Math.abs(operands[k].strides[b])]
    if (x !== y && x !== 0 && y !== 0) return x > y
  }
  return a < b
}

/** Sorts `order[from … to]` so that the strides of the operands fall. */
function sortByStride(
  order: number[],
  from: number,
  to: number,
  operands: readonly Operand[],
): void {
  for (let i = from + 1; i < to; i++) {
    for (let j = i; j > from && !isFarther(operands, order[j - 1], order[j]); j--) {
      const swapped = order[j]
      order[j] = order[j - 1]
      order[j - 1] = swapped
    }
  }
}

/** The classes of layouts of one kernel: finds the plan of a call and a short key for it. */
export class Planner {
  readonly #access: Access
  readonly #sorts: boolean
  readonly #positional: boolean
  readonly order: number[] = []
  readonly steps: number[] = []
  readonly ranks: number[] = []
  columns = false
  reduced = 0
  readonly #operands: Operand[] = []

  /** `sorts`: the order in which elements are visited is free. */
  constructor(access: Access, sorts: boolean) {
    this.#access = access
    this.#sorts = sorts
    this.#positional = access.loads.some((l) => l)
  }

  /** Works the plan out into the fields above; returns its key. */
  classify(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    shape: readonly number[],
    reduced: number,
  ): number | string {
    const { order, steps, ranks } = this
    const { spans, loads } = this.#access
    const rank = shape.length
    const kept = rank - reduced
    order.length = rank
    for (let d = 0; d < rank; d++) order[d] = d
    this.reduced = reduced
    this.columns = false
    if (rank > 1) {
      this.#arrange(inputs, outputs, shape, kept)
      // Nothing of a call may be kept: buffers are collected when nobody reaches them.
      this.#operands.length = 0
    }
    let key = rank * 16 + reduced * 2 + (this.columns ? 1 : 0)
    for (let d = 0; d < rank; d++) key = key * rank + order[d]
    const inner = rank > 0 ? order[rank - 1] : 0
    const still = rank === 0 || shape[inner] === 1
    for (let i = 0; i < inputs.length; i++) {
      steps[i] = still || !spans[i] ? 0 : stepClass(inputs[i].strides[inner])
      key = key * 3 + steps[i]
    }
    for (let i = 0; i < outputs.length; i++) {
      // The target of a scatter has a rank of its own and no step.
      const step = still || outputs[i].strides.length !== rank ? 0 : outputs[i].strides[inner]
      steps[inputs.length + i] = stepClass(step)
      key = key * 3 + steps[inputs.length + i]
    }
    steps.length = inputs.length + outputs.length
    if (this.#positional) {
      for (let i = 0; i < inputs.length; i++) {
        ranks[i] = loads[i] ? inputs[i].shape.length : -1
        key = key * 16 + ranks[i] + 1
      }
    } else if (ranks.length === 0) {
      for (let i = 0; i < inputs.length; i++) ranks[i] = -1
    }
    if (key < Number.MAX_SAFE_INTEGER && rank <= 7) return key
    return `${rank},${reduced},${this.columns}:${order}:${steps}:${ranks}`
  }

  /** A copy of the plan that lasts. */
  plan(): Plan {
    const { order, steps, ranks, reduced, columns } = this
    return { order: [...order], steps: [...steps], ranks: [...ranks], reduced, columns }
  }

  #arrange(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    shape: readonly number[],
    kept: number,
  ): void {
    const { order } = this
    const rank = shape.length
    const operands = this.#operands
    for (let i = 0; i < inputs.length; i++) {
      if (this.#access.spans[i] && inputs[i].shape.length === rank) operands.push(inputs[i])
    }
    if (kept === rank) {
      if (!this.#sorts || outputs[0].strides.length !== rank) return
      for (let i = 0; i < outputs.length; i++) operands.push(outputs[i])
      sortByStride(order, 0, rank, operands)
      return
    }
    if (operands.length === 0) return
    if (this.#sorts) sortByStride(order, kept, rank, operands)
    if (kept === 0) return
    // The kept dim whose neighbours lie closest together, against the innermost reduced dim.
    let nearest = 0
    for (let d = 1; d < kept; d++) if (isFarther(operands, nearest, d)) nearest = d
    if (shape[nearest] < 8) return
    let [row, column] = [0, 0]
    for (let k = 0; k < operands.length; k++) {
      row += Math.min(Math.abs(operands[k].strides[order[rank - 1]]), 16)
      column += Math.min(Math.abs(operands[k].strides[nearest]), 16)
    }
    if (column >= row) return
    this.columns = true
    for (let d = nearest; d < rank - 1; d++) order[d] = order[d + 1]
    order[rank - 1] = nearest
  }
}
