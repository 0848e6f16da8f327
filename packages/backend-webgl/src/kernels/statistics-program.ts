import type { Expr } from '@sconce/backend'
import type { Build } from '../device/programs.ts'
import { Emitter, noLeaves } from '../glsl/emit.ts'
import type { Source } from '../glsl/source.ts'
import { OutputSpace } from '../glsl/space.ts'
import { accumulate, acrossLanes, declare } from './accumulators.ts'
import { storeOutputs } from './outputs.ts'
import type { OutputPlan } from './plan.ts'
import { Loop, type ReducePass, words } from './reduce-loop.ts'
import type { ReducePlan } from './reduce-plan.ts'
import { keptPositions, placeOfStage } from './reduce-program.ts'
import type { Statistic } from './statistics.ts'
import type { WriteMode } from './writes.ts'

/** An expression of accumulators, by their names. */
const emit = (source: Source, node: Expr, accs: readonly (string | undefined)[]): string =>
  new Emitter(source, {
    ...noLeaves,
    acc: ({ value }) => {
      const name = accs[value]
      if (name === undefined) throw new Error(`no accumulator ${value} here`)
      return name
    },
  }).emit(node)

/** Elements of a piece of a row, as a vec4 of floats. */
function countOf(source: Source, rows: boolean, piece: string): string {
  const each = rows ? `4 * ${source.extra(words.each)}` : source.extra(words.each)
  const rest = `${source.extra(words.reduced)} - ${piece} * (${each})`
  return source.let('vec4', `vec4(float(min(${each}, ${rest})))`)
}

/** The pass that leaves what is accumulated first, and the sum of deviations, of each piece. */
export const buildStatisticsStage =
  (statistic: Statistic, plan: ReducePlan, target: OutputPlan): Build =>
  (source) => {
    const { first, centre, deviation } = statistic
    const passOf = (reduction: ReducePass['kernel']['reductions'][number]): ReducePass => ({
      kernel: { reductions: [reduction] },
      plan,
      reductions: [0],
      partials: undefined,
    })
    const one = passOf(first)
    const { kept, piece, home } = placeOfStage(source, one, target)
    const [firsts] = new Loop(source, one).write(kept, piece, home)
    if (plan.rows) acrossLanes(source, firsts)
    const count = countOf(source, plan.rows, piece)
    const own = emit(source, centre, [firsts.value, undefined, undefined, count])
    const two = passOf({ op: 'sum', value: deviation })
    const before = [firsts.value, '', own]
    const [sums] = new Loop(source, two, before).write(kept, piece, home)
    if (plan.rows) acrossLanes(source, sums)
    source.line(`${source.output('float')} = ${firsts.value};`)
    source.line(`${source.output('float')} = ${sums.value};`)
  }

/** The pass that combines the pieces of each row and writes values made of the results. */
export const buildStatistics =
  (
    statistic: Statistic,
    rows: boolean,
    target: OutputPlan,
    mode: WriteMode,
    values: readonly Expr[],
  ): Build =>
  (source) => {
    const { first, centre, shifted } = statistic
    const space = new OutputSpace(source, target, 0)
    const positions = keptPositions(source, space, target)
    const pieces = source.extra(words.pieces)
    const textures = [0, 1].map((slot) => source.texture(slot, 'float'))
    const partial = (k: 0 | 1): string => {
      const at = rows
        ? `4 * (${positions} * ${pieces} + p)`
        : `4 * (p * ${source.extra(words.width)}) + ${positions}`
      return source.let('vec4', source.call('gather', textures[k], at))
    }
    const acc = declare(source, first)
    source.line(`for (int p = 0; p < ${pieces}; p++) {`)
    accumulate(source, acc, { value: partial(0) })
    source.line('}')
    const count = source.let('vec4', `vec4(float(${source.extra(words.reduced)}))`)
    const whole = emit(source, centre, [acc.value, undefined, undefined, count])
    const sum = source.let('vec4', 'vec4(0.0)')
    source.line(`for (int p = 0; p < ${pieces}; p++) {`)
    const [own, part] = [partial(0), partial(1)]
    const size = countOf(source, rows, 'p')
    const middle = emit(source, centre, [own, undefined, undefined, size])
    const added = emit(source, shifted, [own, part, whole, size, middle])
    source.line(`${sum} += ${added};`)
    source.line('}')
    const results = values.map((value) => emit(source, value, [acc.value, sum, whole, count]))
    const dtypes = values.map(() => 'float32' as const)
    storeOutputs(source, space, mode, dtypes, results, 2)
  }
