import type { ReduceKernel } from '@sconce/backend'
import { FOLD } from '../device/commands.ts'
import { Emitter, noAccumulator } from '../wgsl/emit.ts'
import type { Bindings } from '../wgsl/layouts.ts'
import { type Call, LANES, Source } from '../wgsl/source.ts'
import { Operands, type Place, positions, storeAll } from '../wgsl/space.ts'
import { type Accumulator, accumulatorOf } from './accumulators.ts'
import { invocation } from './map.ts'
import type { ReducePlan } from './reduce-plan.ts'

/** What a launch of a reduction goes from and to. */
export interface Stage {
  readonly from: 'elements' | 'parts'
  readonly to: 'parts' | 'outputs'
}

/** Elements that are summed up one after the other. Blocks of them are then summed: errors grow slowly. */
const BLOCK = 64

/** The cells of all accumulators, as variables of a program. */
class Cells {
  readonly #source: Source
  readonly #accumulators: readonly Accumulator[]

  constructor(source: Source, accumulators: readonly Accumulator[]) {
    this.#source = source
    this.#accumulators = accumulators
  }

  /** Variables that hold what changes nothing. */
  start(): string[][] {
    return this.#accumulators.map((a) => {
      const values = a.neutral(this.#source)
      return a.cells.map((type, c) => this.#source.variable(`${type}(${values[c]})`))
    })
  }

  /** Combines `parts` into the variables. */
  absorb(variables: readonly string[][], parts: readonly (readonly string[])[]): void {
    this.#accumulators.forEach((a, k) => {
      const mine = variables[k].map((name) => this.#source.let(name))
      const combined = a.combine(this.#source, mine, parts[k])
      combined.forEach((code, c) => {
        this.#source.line(`${variables[k][c]} = ${code};`)
      })
    })
  }
}

/** The program of one stage. */
export function reduceProgram(
  kernel: ReduceKernel,
  plan: ReducePlan,
  stage: Stage,
  call: Call,
  bindings: Bindings,
): Source {
  const source = new Source(bindings.slots)
  const accumulators = kernel.reductions.map(accumulatorOf)
  const cells = new Cells(source, accumulators)
  const operands = new Operands(source, kernel, call, bindings)
  const size = (i: number): string => source.int(`size ${i}`, ({ sizes }) => sizes[i])
  const [kept, reduced, chunks] = [size(0), size(1), size(2)]
  const isLane = plan.team === 'lane'

  // Which team we are: of result `at`, and of its chunk.
  const team = source.let(isLane ? invocation : `i32(group.y * ${FOLD}u + group.x)`)
  const teams = stage.to === 'parts' ? `${kept} * ${chunks}` : kept
  source.line(`if (${team} >= ${teams}) { return; }`)
  const at = stage.to === 'parts' ? source.let(`${team} / ${chunks}`) : team
  const rank = call.outputs[0].shape.length
  const sizeOf = (d: number) => (later: Call) => later.outputs[0].shape[d]
  const outer = positions(source, at, 'kept', plan.keptRank, sizeOf)

  // What we accumulate: items `begin … end`.
  const count = stage.from === 'parts' ? chunks : reduced
  let [begin, end] = ['0', count]
  if (stage.to === 'parts') {
    const length = source.let(`(${reduced} + ${chunks} - 1) / ${chunks}`)
    begin = source.let(`(${team} % ${chunks}) * ${length}`)
    end = source.let(`min(${begin} + ${length}, ${reduced})`)
  }

  /** The cells of an item. */
  const item = (i: string): string[][] => {
    if (stage.from === 'parts')
      return readParts(
        source,
        bindings,
        accumulators,
        `${at} * ${chunks} + ${i}`,
        `${kept} * ${chunks}`,
      )
    const inner = positions(source, i, 'reduced', rank - plan.keptRank, (d) =>
      sizeOf(plan.keptRank + d),
    )
    const place: Place = { dims: [...outer, ...inner] }
    const emitter = new Emitter(source, operands.leaves(place, noAccumulator))
    return kernel.reductions.map(({ value }, k) =>
      accumulators[k].element(emitter.emit(value), i).map((code) => source.let(code)),
    )
  }

  const total = cells.start()
  const [first, stride] = isLane ? [begin, '1'] : [`${begin} + i32(local)`, `${LANES}`]
  const block = source.variable(first)
  source.line(`while (${block} < ${end}) {`)
  const part = cells.start()
  const stop = source.let(`min(${end}, ${block} + ${BLOCK} * ${stride})`)
  source.line(`for (; ${block} < ${stop}; ${block} += ${stride}) {`)
  const here = source.let(block)
  cells.absorb(part, item(here))
  source.line('}')
  cells.absorb(total, part)
  source.line('}')
  if (!isLane) shareAmongLanes(source, accumulators, cells, total)

  if (stage.to === 'parts') {
    writeParts(source, bindings, total, team, teams)
    return source
  }
  const place: Place = { dims: outer }
  const results = accumulators.map((a, k) => source.let(a.result(total[k])))
  const emitter = new Emitter(
    source,
    operands.leaves(place, (node) => results[node.value]),
  )
  storeAll(operands, emitter, kernel.values, place)
  return source
}

/** A tree over the lanes of a workgroup; the first lane has the whole then, and the others leave. */
function shareAmongLanes(
  source: Source,
  accumulators: readonly Accumulator[],
  cells: Cells,
  total: readonly string[][],
): void {
  const arrays = accumulators.map((a) => a.cells.map((type) => source.shared(type)))
  const put = (): void =>
    arrays.flat().forEach((name, i) => {
      source.line(`${name}[local] = ${total.flat()[i]};`)
    })
  put()
  source.line(`for (var span = ${LANES / 2}u; span > 0u; span >>= 1u) {`)
  source.line('workgroupBarrier();')
  source.line('if (local < span) {')
  cells.absorb(
    total,
    arrays.map((names) => names.map((name) => source.let(`${name}[local + span]`))),
  )
  put()
  source.line('}')
  source.line('}')
  source.line('if (local != 0u) { return; }')
}

/** Parts lie cell by cell: all of the first, then all of the second, and so on. */
function readParts(
  source: Source,
  { read }: Bindings,
  accumulators: readonly Accumulator[],
  index: string,
  stride: string,
): string[][] {
  const slot = read[read.length - 1]
  let cell = 0
  return accumulators.map((a) =>
    a.cells.map((type) =>
      source.let(`bitcast<${type}>(${source.word(slot, `${cell++} * ${stride} + ${index}`)})`),
    ),
  )
}

function writeParts(
  source: Source,
  { written }: Bindings,
  total: readonly string[][],
  index: string,
  stride: string,
): void {
  total.flat().forEach((name, cell) => {
    source.store(written[0], `${cell} * ${stride} + ${index}`, `bitcast<u32>(${name})`)
  })
}
