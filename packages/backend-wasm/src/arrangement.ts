import type { Operand } from '@sconce/backend'
import { type Step, step } from './emit/access.ts'

/** What a kernel asks of the order of the loops. */
export interface Freedom {
  /** Elements may be visited in any order. */
  readonly kept: boolean
  /** The reduced elements may be visited in any order. */
  readonly reduced: boolean
  /** Neighbouring loops may become one: positions are not asked for. */
  readonly merge: boolean
}

/** Distance beyond which neighbours share no cache line. */
const far = 16

/**
 * The loops over an iteration shape: without dims of size 1, in a good order, and merged where all
 * operands walk two loops as one. The fields are overwritten by the next call.
 */
export class Arrangement {
  loops = 0
  /** Loops over kept dims. */
  kept = 0
  /** Whether the innermost loop runs over a kept dim (the last of the `kept`) of a reduction. */
  columns = false
  readonly sizes: number[] = []
  /** The dim of the iteration shape that a loop walks. */
  readonly dims: number[] = []
  /** Elements per step, of each operand in each loop. */
  readonly strides: number[][] = []
  readonly #freedom: Freedom

  constructor(operands: number, freedom: Freedom) {
    this.#freedom = freedom
    for (let k = 0; k < operands; k++) this.strides.push([])
  }

  /**
   * Arranges the loops over `shape`, of which the last `reduced` dims are collapsed. Where operands
   * disagree on the order, the later ones decide.
   */
  arrange(operands: readonly Operand[], shape: readonly number[], reduced: number): void {
    const { sizes, dims, strides } = this
    const boundary = shape.length - reduced
    let loops = 0
    this.kept = 0
    for (let d = 0; d < shape.length; d++) {
      if (d === boundary) this.kept = loops
      if (shape[d] === 1) continue
      sizes[loops] = shape[d]
      dims[loops] = d
      for (let k = 0; k < operands.length; k++) strides[k][loops] = operands[k].strides[d]
      loops++
    }
    if (reduced === 0) this.kept = loops
    this.loops = loops
    if (this.#freedom.kept) this.#sort(0, this.kept)
    if (this.#freedom.reduced) this.#sort(this.kept, this.loops)
    if (this.#freedom.merge) this.#merge()
  }

  /** The loop that walks each dim, -1 for those of size 1. */
  loopOf(rank: number): number[] {
    const loopOf = new Array<number>(rank).fill(-1)
    for (let loop = 0; loop < this.loops; loop++) loopOf[this.dims[loop]] = loop
    return loopOf
  }

  /** Whether loop `a` should be further in than loop `b`, which is the next one. */
  #isNearer(a: number, b: number): boolean {
    for (let k = this.strides.length - 1; k >= 0; k--) {
      const x = Math.abs(this.strides[k][a])
      const y = Math.abs(this.strides[k][b])
      if (x !== y && x !== 0 && y !== 0) return x < y
    }
    return false
  }

  #sort(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
      for (let j = i; j > from && this.#isNearer(j - 1, j); j--) this.#exchange(j - 1, j)
    }
  }

  #exchange(a: number, b: number): void {
    exchange(this.sizes, a, b)
    exchange(this.dims, a, b)
    for (let k = 0; k < this.strides.length; k++) exchange(this.strides[k], a, b)
  }

  #merge(): void {
    for (let loop = this.loops - 2; loop >= 0; loop--) {
      if (loop + 1 === this.kept || !this.#mergeable(loop)) continue
      this.sizes[loop] *= this.sizes[loop + 1]
      for (let k = 0; k < this.strides.length; k++)
        this.strides[k][loop] = this.strides[k][loop + 1]
      this.#remove(loop + 1)
    }
  }

  #mergeable(loop: number): boolean {
    const size = this.sizes[loop + 1]
    for (let k = 0; k < this.strides.length; k++) {
      if (this.strides[k][loop] !== this.strides[k][loop + 1] * size) return false
    }
    return true
  }

  #remove(loop: number): void {
    for (let next = loop + 1; next < this.loops; next++) {
      this.sizes[next - 1] = this.sizes[next]
      this.dims[next - 1] = this.dims[next]
      for (let k = 0; k < this.strides.length; k++)
        this.strides[k][next - 1] = this.strides[k][next]
    }
    if (loop < this.kept) this.kept--
    this.loops--
  }

  /**
   * Chooses whether a reduction collapses rows, or accumulates neighbouring kept elements together, by
   * how far apart the first `inputs` operands have the next element.
   */
  chooseColumns(inputs: number): void {
    this.columns = false
    const column = this.kept - 1
    if (column < 0 || this.sizes[column] < 4) return
    const row = this.loops - 1
    if (row === column) {
      this.columns = true
      return
    }
    let [along, across] = [0, 0]
    for (let k = 0; k < inputs; k++) {
      along += Math.min(Math.abs(this.strides[k][row]), far)
      across += Math.min(Math.abs(this.strides[k][column]), far)
    }
    // Short rows have too few elements to fill a vector with.
    const short = this.sizes[row] < 8 && this.sizes[column] >= 16
    if (across >= along && !short) return
    this.columns = true
    for (let loop = column; loop < row; loop++) this.#exchange(loop, loop + 1)
  }

  /** Adds an innermost loop of one iteration. */
  addLoop(): void {
    const { loops } = this
    this.sizes[loops] = 1
    this.dims[loops] = -1
    for (let k = 0; k < this.strides.length; k++) this.strides[k][loops] = 1
    this.loops++
  }

  /** Whether an operand has its neighbours along another loop than the innermost. */
  liesAcross(operand: number): boolean {
    const strides = this.strides[operand]
    const inner = this.loops - 1
    if (this.sizes[inner] < 4 || Math.abs(strides[inner]) < 4) return false
    for (let loop = 0; loop < inner; loop++) {
      if (strides[loop] === 1 && this.sizes[loop] >= 4) return true
    }
    return false
  }

  /** How the innermost loop walks an operand. */
  stepOf(operand: number): Step {
    const stride = this.strides[operand][this.loops - 1]
    return stride === 1 ? step.dense : stride === 0 ? step.still : step.strided
  }
}

function exchange(list: number[], a: number, b: number): void {
  const x = list[a]
  list[a] = list[b]
  list[b] = x
}
