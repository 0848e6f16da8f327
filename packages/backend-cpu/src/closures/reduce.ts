import { type DType, kernels, type ReduceKernel } from '@sconce/backend'
import { type Register, reader, writer } from '../elements.ts'
import type { Program } from '../engine.ts'
import { accessOf, type Plan } from '../plan.ts'
import { blockLength, isFloatSum, lanesOf, tileLength } from '../reduction.ts'
import { accumulator } from './accumulate.ts'
import { RegisterFile } from './registers.ts'
import { type BlockLeaves, Tape } from './tape.ts'
import { Walk } from './walk.ts'

/** A reduce kernel for a class of layouts: by rows, or by tiles of neighbouring kept elements. */
export function reduceProgram(kernel: ReduceKernel, plan: Plan): Program {
  const { reductions } = kernel
  const values = reductions.map((r) => r.value)
  const { spans } = accessOf(kernel, [...values, ...kernel.values])
  const walk = new Walk(kernel, plan, spans)
  const file = new RegisterFile()
  const tape = new Tape(values, walk, file)
  const results = reductions.map((r) => file.take(kernels.reductionDType(r)))
  const lanes = plan.columns ? 1 : lanesOf(kernel)
  const accumulators = reductions.map((r, k) => accumulator(r, tape.of(r.value), results[k], lanes))

  const kept = walk.rank - plan.reduced
  const epilogue = new Tape(kernel.values, epilogueLeaves(walk, kept, results), file)
  const first = kernel.inputs.length
  const stores = kernel.values.map((value, k) => {
    const [write, register] = [writer(kernel.outputs[k]), epilogue.of(value)]
    return (n: number, start: number) => {
      const step = plan.columns ? walk.step(first + k) : 0
      write(walk.data[first + k], walk.at[first + k] + start * step, step, register, n)
    }
  })
  const finish = (n: number, start: number) => {
    for (let k = 0; k < accumulators.length; k++) accumulators[k].finish(n)
    epilogue.run(n, start)
    for (let k = 0; k < stores.length; k++) stores[k](n, start)
  }

  let position = 0
  // Only float sums are cut into blocks; the others may take the largest blocks there are.
  const blockSize = reductions.some(isFloatSum) ? blockLength : tileLength
  const row = () => {
    const { length } = walk
    for (let start = 0; start < length; start += blockSize) {
      const n = Math.min(blockSize, length - start)
      tape.run(n, start)
      for (let k = 0; k < accumulators.length; k++) accumulators[k].row(n, position)
      position += n
    }
  }
  const rows = () => {
    position = 0
    for (let k = 0; k < accumulators.length; k++) accumulators[k].start(1)
    walk.each(kept, walk.rank - 1, row)
    finish(1, 0)
  }
  const columns = () => {
    const { length } = walk
    for (let start = 0; start < length; start += tileLength) {
      const n = Math.min(tileLength, length - start)
      position = 0
      for (let k = 0; k < accumulators.length; k++) accumulators[k].start(n)
      walk.each(kept - 1, walk.rank - 1, () => {
        tape.run(n, start)
        for (let k = 0; k < accumulators.length; k++) accumulators[k].column(n, position)
        position++
      })
      finish(n, start)
    }
  }
  return (inputs, outputs, scalars) => {
    walk.bind(inputs, outputs, outputs[0].shape)
    const n = Math.min(tileLength, walk.length)
    tape.begin(n, scalars)
    epilogue.begin(plan.columns ? n : 1, scalars)
    if (plan.columns) walk.each(0, kept - 1, columns)
    else walk.each(0, kept, rows)
    walk.release()
  }
}

/** Leaves of the epilogue: it stands where the reduced dims are at 0. */
function epilogueLeaves(walk: Walk, kept: number, results: readonly Register[]): BlockLeaves {
  const { columns } = walk.plan
  return {
    input(i: number, dtype: DType, out) {
      if (columns) return walk.input(i, dtype, out)
      const read = reader(dtype)
      return () => read(walk.data[i], walk.at[i], 0, out, 1)
    },
    index: (d, out) => (d < kept ? walk.index(d, out) : () => out.fill(0)),
    load: (i, dtype, coordinates, out) => walk.load(i, dtype, coordinates, out),
    acc: (k) => results[k],
  }
}
