import { acc, type Expr, elementCount, type Operand, type Reduction } from '@sconce/backend'
import { cover } from '../device/region.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { planOutput } from './plan.ts'
import { extraOf } from './reduce.ts'
import { planPartials, planReduce } from './reduce-plan.ts'
import { buildStatistics, buildStatisticsStage } from './statistics-program.ts'
import { bufferOf, Writes } from './writes.ts'

/**
 * Two numbers for each row: what is accumulated first, and the sum of deviations from it. Pieces of a row
 * are read twice while they are at hand, each with a centre of its own; then the pieces are combined. So
 * the tensor is passed over once, where two reductions would do so twice.
 */
export interface Statistic {
  /** A name that no other statistic has. */
  readonly name: string
  readonly first: Reduction
  /** The centre, from `first` and the `count` of elements that it is of. */
  readonly centre: Expr
  /** What is summed for each element, from the inputs and the `centre` of its piece. */
  readonly deviation: Expr
  /** What a piece adds to the sum about the centre of the row. */
  readonly shifted: Expr
}

const float = (k: number): Expr => acc(k, 'float32')

/** The leaves of a statistic's expressions, and of the values that are made of it. */
export const about = {
  first: float(0),
  sum: float(1),
  centre: float(2),
  count: float(3),
  /** The centre of the piece, beside that of the row. */
  own: float(4),
}

/** Where the values of a statistic go: outputs with stride 0 along the row. */
export interface StatisticResult {
  readonly output: Operand
  readonly value: Expr
}

interface Work {
  readonly engine: Engine
  readonly statistic: Statistic
  readonly inputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
  /** The dims of the iteration that are not reduced. */
  readonly keptRank: number
  readonly results: readonly StatisticResult[]
}

/** Rows shorter than this are reduced by fragments that have the whole row anyway. */
const shortRow = 64

/** The number of steps in which rows are read, texels or elements; and whether they are worth pieces. */
export const isWorthPieces = (shape: readonly number[], keptRank: number): boolean =>
  elementCount(shape.slice(keptRank)) > 4 * shortRow

/** Computes a statistic of rows: a pass over the inputs, and one over the pieces. */
export function runStatistics(work: Work): void {
  const { engine, statistic, inputs, scalars, keptRank, results } = work
  const { shape } = inputs[0]
  const loaded = inputs.map(() => false)
  const target = planPartials(shape, keptRank)
  const plan = planReduce({ loaded }, inputs, shape, keptRank, target)
  const steps = plan.rows ? Math.ceil(plan.reduced / 4) : plan.reduced
  const extra = extraOf(plan, steps, Math.ceil(Math.sqrt(steps)))
  const pieces = extra[3]
  const texels = pieces * (plan.rows ? plan.kept : Math.ceil(plan.kept / 4))
  const partials: Texture[] = []
  const writes = new Writes(engine, [])
  try {
    for (let i = 0; i < 2; i++) partials.push(engine.acquire('float', texels))
    const key = `statistic ${statistic.name} ${keptRank} ${plan.key} ${target.key}`
    const stage = engine.program(key, buildStatisticsStage(statistic, plan, target))
    const textures = inputs.map((o) => engine.contents(bufferOf(o)))
    const call = { shape, operands: inputs, scalars, extra }
    engine.draw(stage, call, textures, partials, cover(texels))

    const outputs = results.map(({ output }) => output)
    for (const group of writes.groups(outputs)) {
      const members = group.map((i) => outputs[i])
      const [out] = members
      const to = planOutput(shape, out, keptRank)
      const mode = writes.mode(to, members)
      const values = group.map((i) => results[i].value)
      const ids = values.map(({ id }) => id)
      const finalKey = `statistics ${statistic.name} ${keptRank} ${plan.rows} ${to.key} ${mode} ${ids}`
      const program = engine.program(
        finalKey,
        buildStatistics(statistic, plan.rows, to, mode, values),
      )
      const begun = writes.begin(to, members, mode)
      const finish = { shape, operands: [out], scalars, extra }
      engine.draw(program, finish, [...partials, ...begun.old], begun.textures, begun.rects)
    }
    writes.commit()
  } finally {
    writes.abandon()
    for (const texture of partials) engine.release(texture)
  }
}
