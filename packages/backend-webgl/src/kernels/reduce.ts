import { elementCount, type Operand, type ReduceKernel, reducedRank } from '@sconce/backend'
import { formatOf } from '../device/formats.ts'
import { cover } from '../device/region.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { partialDTypes } from './accumulators.ts'
import { identityOf } from './identity.ts'
import { accessFor, accessKey, planOutput } from './plan.ts'
import type { ReducePass } from './reduce-loop.ts'
import { planPartials, planReduce, type ReducePlan, stagesOf } from './reduce-plan.ts'
import { buildFinal, buildStage } from './reduce-program.ts'
import { bufferOf, Writes } from './writes.ts'

/** One call of a reduce kernel. */
interface Work {
  readonly engine: Engine
  readonly kernel: ReduceKernel
  readonly inputs: readonly Operand[]
  readonly textures: readonly Texture[]
  readonly scalars: ArrayLike<number>
  readonly shape: readonly number[]
  readonly keptRank: number
}

/** Partial results: the textures of each reduction, and how many pieces there are. */
interface Partials {
  readonly textures: readonly (readonly Texture[])[]
  readonly pieces: number
}

const sameFor = (kernel: ReduceKernel): readonly number[] => kernel.reductions.map((_, k) => k)

/** So few steps are summed one after the other: blocks would make it no more exact. */
const shortSum = 32

/** The words of a pass: see `words` in reduce-loop. */
export function extraOf(plan: ReducePlan, steps: number, each: number): number[] {
  const pieces = Math.ceil(steps / Math.max(each, 1))
  const block = each <= shortSum ? Math.max(1, each) : Math.ceil(Math.sqrt(each))
  return [each, block, steps, pieces, plan.reduced, Math.ceil(plan.kept / 4)]
}

/** Runs a reduce kernel: stages that leave partial results, and one pass that finishes. */
export function runReduce(
  engine: Engine,
  kernel: ReduceKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = outputs[0]
  const keptRank = shape.length - reducedRank(outputs[0])
  if (elementCount(shape.slice(0, keptRank)) === 0) return
  const textures = inputs.map((o) => engine.contents(bufferOf(o)))
  const work: Work = { engine, kernel, inputs, textures, scalars, shape, keptRank }
  const writes = new Writes(engine, inputs)
  const scratch: Texture[] = []
  try {
    for (const group of writes.groups(outputs)) finish(work, outputs, group, writes, scratch)
    writes.commit()
  } finally {
    writes.abandon()
    for (const texture of scratch) engine.release(texture)
  }
}

function finish(
  work: Work,
  outputs: readonly Operand[],
  group: readonly number[],
  writes: Writes,
  scratch: Texture[],
): void {
  const { engine, kernel, inputs, textures, scalars, shape, keptRank } = work
  const out = outputs[group[0]]
  const members = group.map((i) => outputs[i])
  const target = planOutput(shape, out, keptRank)
  const direct = planReduce(kernel, inputs, shape, keptRank, target)
  const total = direct.rows ? Math.ceil(direct.reduced / 4) : direct.reduced
  const stages = stagesOf(total, Math.ceil(direct.kept / 4))
  const partials = stages.length > 0 ? runStages(work, stages, scratch) : undefined
  // Partial results lie as rows or as columns, whatever the way of the pass that read the inputs.
  const plan = partials?.plan ?? direct
  const mode = writes.mode(target, members)
  const first = inputs.length
  const slots = partials && slotsFrom(kernel, sameFor(kernel), first)
  const pass: ReducePass = { kernel, plan, reductions: sameFor(kernel), partials: slots?.slots }
  const epilogue = accessKey(inputs, kernel.loaded, (o) => accessFor(target, shape, o, out))
  const part = group.length === outputs.length ? '' : group.join()
  const from = partials ? `partials ${plan.rows ? 'R' : 'C'}` : plan.key
  const key = `reduce ${identityOf(kernel)} ${keptRank} ${from} to ${target.key} ${mode} ${epilogue} ${part}`
  const oldSlot = first + (slots?.count ?? 0)
  const program = engine.program(
    key,
    buildFinal(kernel, pass, group, target, mode, epilogue, oldSlot),
  )
  const steps = partials?.last.pieces ?? total
  const call = { shape, operands: [...inputs, out], scalars, extra: extraOf(plan, steps, steps) }
  const to = writes.begin(target, members, mode)
  const read = [...textures, ...(partials?.last.textures.flat() ?? []), ...to.old]
  engine.draw(program, call, read, to.textures, to.rects)
}

/** Numbers the textures of partial results, from `first` on. */
function slotsFrom(kernel: ReduceKernel, reductions: readonly number[], first: number) {
  let next = first
  const slots = reductions.map((k) => partialDTypes(kernel.reductions[k]).map(() => next++))
  return { slots, count: next - first }
}

/** Reductions whose partial results fit into one pass. */
function batches(kernel: ReduceKernel, limit: number): number[][] {
  const list: number[][] = []
  let room = 0
  kernel.reductions.forEach((reduction, k) => {
    const need = partialDTypes(reduction).length
    if (need > room) {
      list.push([])
      room = limit
    }
    list[list.length - 1].push(k)
    room -= need
  })
  return list
}

function runStages(
  work: Work,
  stages: readonly number[],
  scratch: Texture[],
): { plan: ReducePlan; last: Partials } {
  const { engine, kernel, inputs, textures, scalars, shape, keptRank } = work
  const target = planPartials(shape, keptRank)
  const plan = planReduce(kernel, inputs, shape, keptRank, target)
  let steps = plan.rows ? Math.ceil(plan.reduced / 4) : plan.reduced
  let last: Partials | undefined
  for (const each of stages) {
    const extra = extraOf(plan, steps, each)
    const pieces = Math.ceil(steps / each)
    const texels = pieces * (plan.rows ? plan.kept : Math.ceil(plan.kept / 4))
    const results: Texture[][] = []
    for (const batch of batches(kernel, engine.limits.drawBuffers)) {
      const slots = last && slotsFrom(kernel, batch, inputs.length).slots
      const pass: ReducePass = { kernel, plan, reductions: batch, partials: slots }
      const from = last ? `partials ${plan.rows ? 'R' : 'C'}` : plan.key
      const key = `reduce ${identityOf(kernel)} ${keptRank} ${from} stage ${target.key} ${batch}`
      const program = engine.program(key, buildStage(pass, target))
      const made = batch.map((k) =>
        partialDTypes(kernel.reductions[k]).map((dtype) => {
          const texture = engine.acquire(formatOf(dtype), texels)
          scratch.push(texture)
          return texture
        }),
      )
      const before = last ? batch.flatMap((k) => last?.textures[k] ?? []) : []
      const call = { shape, operands: inputs, scalars, extra }
      engine.draw(program, call, [...textures, ...before], made.flat(), cover(texels))
      results.push(...made)
    }
    last = { textures: results, pieces }
    steps = pieces
  }
  if (!last) throw new Error('no stages')
  return { plan, last }
}
