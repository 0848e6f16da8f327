import type { ReduceKernel } from '@sconce/backend'
import type { Slab } from '../device/slabs.ts'
import { bind, slabsOf } from '../wgsl/layouts.ts'
import { type Call, LANES } from '../wgsl/source.ts'
import { Operands } from '../wgsl/space.ts'
import { accumulatorOf } from './accumulators.ts'
import type { Engine, Runner } from './engine.ts'
import { planReduce, type ReducePlan } from './reduce-plan.ts'
import { reduceProgram, type Stage } from './reduce-program.ts'

/** One launch: from the elements or from parts, to parts or to the outputs. */
function runStage(
  engine: Engine,
  kernel: ReduceKernel,
  plan: ReducePlan,
  stage: Stage,
  call: Call,
  parts: readonly Slab[],
): void {
  const reads = stage.from === 'parts' ? parts : []
  const writes = stage.to === 'parts' ? parts : slabsOf(call.outputs)
  const bindings = bind([...slabsOf(call.inputs), ...reads], writes)
  const key = `${plan.team} ${plan.keptRank} ${stage.from}>${stage.to} ${Operands.key(kernel, call)}`
  const teams = plan.kept * (stage.to === 'parts' ? plan.chunks : 1)
  const workgroups = plan.team === 'lane' ? Math.ceil(teams / LANES) : teams
  engine.launch(kernel, key, bindings, call, workgroups, () =>
    reduceProgram(kernel, plan, stage, call, bindings),
  )
}

/** Runs `reduce` kernels: at once, or in two stages where there are few results of many elements. */
export const runReduce: Runner<ReduceKernel> = (engine, kernel, given, outputs, scalars) => {
  const plan = planReduce(outputs[0])
  if (plan.kept === 0) return
  // The parts take a slot of their own.
  engine.withFewBuffers(given, outputs, 1, (inputs) => {
    const { kept, reduced, chunks } = plan
    const call: Call = { inputs, outputs, scalars, sizes: [kept, reduced, chunks] }
    if (chunks === 1) {
      runStage(engine, kernel, plan, { from: 'elements', to: 'outputs' }, call, [])
      return
    }
    const cells = kernel.reductions.flatMap((r) => accumulatorOf(r).cells).length
    engine.withScratch(cells * kept * chunks, (parts) => {
      runStage(engine, kernel, plan, { from: 'elements', to: 'parts' }, call, [parts])
      runStage(engine, kernel, plan, { from: 'parts', to: 'outputs' }, call, [parts])
    })
  })
}
