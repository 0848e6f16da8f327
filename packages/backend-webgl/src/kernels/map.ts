import { elementCount, type MapKernel, type Operand } from '@sconce/backend'
import type { Build } from '../device/programs.ts'
import { texelsOf, textureShape } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import { OutputSpace } from '../glsl/space.ts'
import type { WebglBuffer } from '../storage.ts'
import { identityOf } from './identity.ts'
import { storeOutputs } from './outputs.ts'
import { accessFor, accessKey, type OutputPlan, planOutput } from './plan.ts'
import { bufferOf, type WriteMode, Writes } from './writes.ts'

/** The program of a map, for those outputs that are written in one pass. */
export const buildMap =
  (
    kernel: MapKernel,
    group: readonly number[],
    plan: OutputPlan,
    mode: WriteMode,
    classes: string,
  ): Build =>
  (source) => {
    const first = kernel.inputs.length
    const space = new OutputSpace(source, plan, first)
    const emitter = new Emitter(source, leavesIn(source, space, plan.dims, classesOf(classes)))
    const values = group.map((i) => emitter.emit(kernel.values[i]))
    const dtypes = group.map((i) => kernel.outputs[i])
    storeOutputs(source, space, mode, dtypes, values, first)
  }

/** Whether the textures of two buffers are of one size. */
function isAlike(a: WebglBuffer, b: WebglBuffer): boolean {
  if (a.length === b.length) return true
  const [one, other] = [a, b].map(({ length }) => textureShape(texelsOf(length)))
  return one.width === other.width && one.height === other.height
}

/** Runs a map kernel: one pass for all outputs that lie alike. */
export function runMap(
  engine: Engine,
  kernel: MapKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = outputs[0]
  if (elementCount(shape) === 0) return
  const writes = new Writes(engine, inputs)
  const textures = inputs.map((o) => engine.contents(bufferOf(o)))
  try {
    for (const group of writes.groups(outputs)) {
      const out = outputs[group[0]]
      const members = group.map((i) => outputs[i])
      const plan = planOutput(shape, out)
      const mode = writes.mode(plan, members)
      const classes = accessKey(inputs, kernel.loaded, (o) => {
        const way = accessFor(plan, shape, o, out)
        return way === 'd' && isAlike(bufferOf(o), bufferOf(out)) ? 'e' : way
      })
      const part = group.length === outputs.length ? '' : group.join()
      const key = `map ${identityOf(kernel)} ${shape.length} ${plan.key} ${mode} ${classes} ${part}`
      const program = engine.program(key, buildMap(kernel, group, plan, mode, classes))
      const target = writes.begin(plan, members, mode)
      const call = { shape, operands: [...inputs, out], scalars, extra: [] }
      engine.draw(program, call, [...textures, ...target.old], target.textures, target.rects)
    }
    writes.commit()
  } finally {
    writes.abandon()
  }
}
