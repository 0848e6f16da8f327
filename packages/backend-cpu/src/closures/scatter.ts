import type { ScatterKernel } from '@sconce/backend'
import { combination } from '../combine.ts'
import { ints, reader, writer } from '../elements.ts'
import type { Program } from '../engine.ts'
import { accessOf, type Plan } from '../plan.ts'
import { blockSize, copyValue, RegisterFile } from './registers.ts'
import { noLeaves, Tape } from './tape.ts'
import { Walk } from './walk.ts'

/** A scatter kernel: values and coordinates are worked out in blocks, and written one by one. */
export function scatterProgram(kernel: ScatterKernel, plan: Plan): Program {
  const roots = [...kernel.at, kernel.value]
  const walk = new Walk(kernel, plan, accessOf(kernel, roots).spans, false)
  const file = new RegisterFile()
  const tape = new Tape(roots, walk, file)
  const coordinates = kernel.at.map((c) => ints(tape.of(c)))
  const values = tape.of(kernel.value)

  // Duplicates meet, so elements are combined one after the other, as blocks of one.
  const [dtype] = kernel.outputs
  const [read, write] = [reader(dtype), writer(dtype)]
  const [old, fresh] = [file.take(dtype), file.take(kernel.value.dtype)]
  const result = combination(kernel)
  const combine = new Tape([result], { ...noLeaves, acc: (k) => (k === 0 ? old : fresh) }, file)
  const combined = combine.of(result)

  const target = kernel.inputs.length
  return (inputs, outputs, scalars) => {
    const { shape, strides, offset } = outputs[0]
    walk.bind(inputs, outputs, inputs[0].shape)
    tape.begin(Math.min(blockSize, walk.length), scalars)
    combine.begin(1, scalars)
    const data = walk.data[target]
    const put = (e: number) => {
      let at = offset
      for (let d = 0; d < coordinates.length; d++) {
        const c = coordinates[d][e]
        if (c < 0 || c >= shape[d]) return
        at += c * strides[d]
      }
      read(data, at, 0, old, 1)
      copyValue(values, e, fresh, 0)
      combine.run(1, 0)
      write(data, at, 0, combined, 1)
    }
    walk.each(0, Math.max(walk.rank - 1, 0), () => {
      const { length } = walk
      for (let start = 0; start < length; start += blockSize) {
        const n = Math.min(blockSize, length - start)
        tape.run(n, start)
        for (let e = 0; e < n; e++) put(e)
      }
    })
    walk.release()
  }
}
