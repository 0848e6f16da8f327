import {
  elementCount,
  type MapKernel,
  type Operand,
  type ReduceKernel,
  reducedRank,
  type ScatterKernel,
} from '@sconce/backend'
import type { Engine, Program } from './engine.ts'
import { accessOf, flatPlan, isFlat, Planner } from './plan.ts'
import { type ProgramCache, ProgramTable } from './programs.ts'

/** A map kernel for all layouts: looks up, or compiles, the program of their class. */
export function prepareMap(kernel: MapKernel, engine: Engine, cache: ProgramCache): Program {
  const table = new ProgramTable(cache)
  const planner = new Planner(accessOf(kernel, kernel.values), true)
  const compileFlat = (): Program => {
    table.flat = engine.map(kernel, flatPlan(kernel))
    cache.added(table)
    return table.flat
  }
  const { positional } = kernel
  return (inputs, outputs, scalars) => {
    table.tick = ++cache.tick
    const { shape } = outputs[0]
    if (!positional && isFlat(inputs, outputs, shape)) {
      const program = table.flat ?? compileFlat()
      program(inputs, outputs, scalars)
      return
    }
    if (shape.length > 0 && elementCount(shape) === 0) return
    const key = planner.classify(inputs, outputs, shape, 0)
    let program = table.others.get(key)
    if (!program) {
      program = engine.map(kernel, planner.plan())
      table.others.set(key, program)
      cache.added(table)
    }
    program(inputs, outputs, scalars)
  }
}

/** The operand with one more dim of size 1. */
const widened = (o: Operand, rank: number): Operand =>
  o.shape.length === rank ? { ...o, shape: [...o.shape, 1], strides: [...o.strides, 0] } : o

/** A reduce kernel for all layouts. */
export function prepareReduce(kernel: ReduceKernel, engine: Engine, cache: ProgramCache): Program {
  const table = new ProgramTable(cache)
  const roots = [...kernel.reductions.map((r) => r.value), ...kernel.values]
  const access = accessOf(kernel, roots)
  const ordered = kernel.reductions.some((r) => r.op.startsWith('arg'))
  const planner = new Planner(access, !ordered)
  const run: Program = (inputs, outputs, scalars) => {
    table.tick = ++cache.tick
    const { shape } = outputs[0]
    const rank = shape.length
    const reduced = reducedRank(outputs[0])
    if (reduced === 0) {
      const spanning = inputs.map((o, i) => (access.loads[i] ? o : widened(o, rank)))
      run(
        spanning,
        outputs.map((o) => widened(o, rank)),
        scalars,
      )
      return
    }
    const key = planner.classify(inputs, outputs, shape, reduced)
    let program = table.others.get(key)
    if (!program) {
      program = engine.reduce(kernel, planner.plan())
      table.others.set(key, program)
      cache.added(table)
    }
    program(inputs, outputs, scalars)
  }
  return run
}

/** A scatter kernel for all layouts. */
export function prepareScatter(
  kernel: ScatterKernel,
  engine: Engine,
  cache: ProgramCache,
): Program {
  const table = new ProgramTable(cache)
  const planner = new Planner(accessOf(kernel, [...kernel.at, kernel.value]), false)
  return (inputs, outputs, scalars) => {
    table.tick = ++cache.tick
    const key = planner.classify(inputs, outputs, inputs[0].shape, 0)
    let program = table.others.get(key)
    if (!program) {
      program = engine.scatter(kernel, planner.plan())
      table.others.set(key, program)
      cache.added(table)
    }
    program(inputs, outputs, scalars)
  }
}
