import type { MapKernel } from '@sconce/backend'
import { writer } from '../elements.ts'
import type { Program } from '../engine.ts'
import { accessOf, type Plan } from '../plan.ts'
import { blockSize, RegisterFile } from './registers.ts'
import { Tape } from './tape.ts'
import { Walk } from './walk.ts'

/** A map kernel for a class of layouts: rows are worked off in blocks. */
export function mapProgram(kernel: MapKernel, plan: Plan): Program {
  const { spans } = accessOf(kernel, kernel.values)
  const walk = new Walk(kernel, plan, spans)
  const tape = new Tape(kernel.values, walk, new RegisterFile())
  const first = kernel.inputs.length
  const stores = kernel.values.map((value, k) => {
    const [write, register] = [writer(kernel.outputs[k]), tape.of(value)]
    return (n: number, start: number) => {
      const step = walk.step(first + k)
      write(walk.data[first + k], walk.at[first + k] + start * step, step, register, n)
    }
  })
  const row = () => {
    const { length } = walk
    for (let start = 0; start < length; start += blockSize) {
      const n = Math.min(blockSize, length - start)
      tape.run(n, start)
      // All loads come before all stores, since an output may be the same view as an input.
      for (let k = 0; k < stores.length; k++) stores[k](n, start)
    }
  }
  return (inputs, outputs, scalars) => {
    walk.bind(inputs, outputs, outputs[0].shape)
    tape.begin(Math.min(blockSize, walk.length), scalars)
    walk.each(0, Math.max(walk.rank - 1, 0), row)
    walk.release()
  }
}
