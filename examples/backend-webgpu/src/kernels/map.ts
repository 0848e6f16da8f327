import type { MapKernel } from '@sconce/backend'
import { FOLD } from '../device/commands.ts'
import { Emitter, noAccumulator } from '../wgsl/emit.ts'
import { type Bindings, bind, slabsOf } from '../wgsl/layouts.ts'
import { type Call, LANES, Source } from '../wgsl/source.ts'
import { Operands, positions, storeAll } from '../wgsl/space.ts'
import { countOf, type Runner } from './engine.ts'

/** The number of an invocation, over all workgroups: see `FOLD`. */
export const invocation = `i32((group.y * ${FOLD}u + group.x) * ${LANES}u + local)`

/** One invocation for each element. */
function program(kernel: MapKernel, call: Call, bindings: Bindings): Source {
  const source = new Source(bindings.slots)
  const linear = source.let(invocation)
  source.line(`if (${linear} >= ${source.int('count', ({ sizes }) => sizes[0])}) { return; }`)
  const operands = new Operands(source, kernel, call, bindings)
  const rank = call.outputs[0].shape.length
  const dims = operands.needsPositions
    ? positions(source, linear, 'size', rank, (d) => (later) => later.outputs[0].shape[d])
    : []
  const place = { linear, dims }
  const emitter = new Emitter(source, operands.leaves(place, noAccumulator))
  storeAll(operands, emitter, kernel.values, place)
  return source
}

/** Runs `map` kernels. */
export const runMap: Runner<MapKernel> = (engine, kernel, given, outputs, scalars) => {
  const count = countOf(outputs[0])
  if (count === 0) return
  engine.withFewBuffers(given, outputs, 0, (inputs) => {
    const call: Call = { inputs, outputs, scalars, sizes: [count] }
    const bindings = bind(slabsOf(inputs), slabsOf(outputs))
    const key = Operands.key(kernel, call)
    const workgroups = Math.ceil(count / LANES)
    engine.launch(kernel, key, bindings, call, workgroups, () => program(kernel, call, bindings))
  })
}
