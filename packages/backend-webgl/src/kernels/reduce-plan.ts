import { contiguousStrides, type Layout, type Operand, type ReduceKernel } from '@sconce/backend'
import { type Access, isUnit, type OutputPlan, planOutput, runAccess, wideDims } from './plan.ts'

/** How a reduction is walked. */
export interface ReducePlan {
  /** Lanes run along the reduced dims (and are combined in the end) or along the kept ones. */
  readonly rows: boolean
  readonly keptDims: readonly number[]
  readonly reducedDims: readonly number[]
  /** Elements kept, and elements that go into each. */
  readonly kept: number
  readonly reduced: number
  /** Whether the lanes are neighbours along one dim; else each has its own position. */
  readonly run: boolean
  readonly lane: number
  /** Rows whose length is no multiple of 4: the last lanes have nothing. */
  readonly ragged: boolean
  /** The class of each input: its access, a capital where it does not depend on the reduced dims. */
  readonly classes: string
  /** What a program depends on. */
  readonly key: string
}

const count = (shape: readonly number[], dims: readonly number[]): number =>
  dims.reduce((n, d) => n * shape[d], 1)

const cost: Readonly<Record<Access, number>> = { e: 1, d: 1, s: 1, z: 1, a: 1, f: 2, l: 2, g: 4 }

const roundUp4 = (n: number): number => Math.ceil(n / 4) * 4

/** Whether lanes along the last of `dims` are neighbours along it. */
const runs = (shape: readonly number[], dims: readonly number[]): boolean =>
  dims.length <= 1 || shape[dims[dims.length - 1]] % 4 === 0

/** Plans a pass that reads a kernel's inputs; `plan` is that of its target. */
export function planReduce(
  kernel: Pick<ReduceKernel, 'loaded'>,
  inputs: readonly Operand[],
  shape: readonly number[],
  keptRank: number,
  plan: OutputPlan,
): ReducePlan {
  const keptDims = wideDims(shape, keptRank)
  const reducedDims = wideDims(shape).filter((d) => d >= keptRank)
  const [kept, reduced] = [count(shape, keptDims), count(shape, reducedDims)]
  const dims = [...keptDims, ...reducedDims]
  const rowRun = runs(shape, reducedDims)
  const rowLane = reducedDims[reducedDims.length - 1] ?? -1

  const inRow = (o: Layout): Access => {
    if (rowRun) return runAccess(o, dims, rowLane, 0)
    return dims.every((d) => o.strides[d] === 0) ? 's' : 'g'
  }
  const inColumn = (o: Layout): Access => {
    if (plan.run) return runAccess(o, dims, plan.lane, plan.phase)
    return dims.every((d) => o.strides[d] === 0) ? 's' : 'g'
  }
  const price = (access: (o: Layout) => Access) =>
    inputs.reduce((sum, o, i) => sum + (kernel.loaded[i] ? 4 : cost[access(o)]), 1)
  const rowPrice = (price(inRow) * roundUp4(reduced)) / Math.max(reduced, 1)
  const columnPrice = (price(inColumn) * roundUp4(kept)) / kept
  const rows = rowPrice < columnPrice

  const fixed = (o: Layout) => reducedDims.every((d) => o.strides[d] === 0)
  const letters = inputs.map((o, i) => {
    if (kernel.loaded[i]) return isUnit(o) ? 'u' : 'v'
    // In a row, what does not depend on the reduced dims is one element.
    if (fixed(o)) return (rows ? 'z' : inColumn(o)).toUpperCase()
    return rows ? inRow(o) : inColumn(o)
  })
  const classes = letters.join('')
  const run = rows ? rowRun : plan.run
  const ragged = rows && reduced % 4 !== 0
  const key = `${keptRank} ${keptDims}|${reducedDims}${rows ? 'R' : 'C'}${run ? 'r' : 'o'}${ragged ? 't' : ''} ${classes}`
  const lane = !run ? -1 : rows ? rowLane : plan.lane
  return { rows, keptDims, reducedDims, kept, reduced, run, lane, ragged, classes, key }
}

/** The plan of partial results, which lie flat: what is kept, row-major. */
export function planPartials(shape: readonly number[], keptRank: number): OutputPlan {
  const keptShape = shape.slice(0, keptRank)
  const layout = { shape: keptShape, strides: contiguousStrides(keptShape), offset: 0 }
  return planOutput(keptShape, layout, keptRank)
}

/** Fragments that keep a device busy. */
const busy = 2048
const shortLoop = 64
const longLoop = 4096

/**
 * Steps of one fragment in each stage but the last, which does the rest: long sums are cut into
 * pieces, so that there is work for many fragments and that their error stays small.
 */
export function stagesOf(steps: number, fragments: number): number[] {
  const stages: number[] = []
  let rest = steps
  while (rest > shortLoop && !(fragments >= busy && rest <= longLoop)) {
    const each = rest > longLoop ? shortLoop : Math.ceil(Math.sqrt(rest))
    stages.push(each)
    rest = Math.ceil(rest / each)
  }
  return stages
}
