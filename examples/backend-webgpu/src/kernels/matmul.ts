import { elementCount, lower, type MatmulKernel } from '@sconce/backend'
import { FOLD } from '../device/commands.ts'
import { Emitter } from '../wgsl/emit.ts'
import { type Bindings, bind, slabsOf } from '../wgsl/layouts.ts'
import { type Call, LANES, Source } from '../wgsl/source.ts'
import { Operands, positions, storeAll } from '../wgsl/space.ts'
import type { Runner } from './engine.ts'
import { runReduce } from './reduce.ts'

/** A workgroup makes a tile of TILE × TILE, each of its lanes a square of SIDE × SIDE. */
const TILE = 32
const SIDE = 4
const ACROSS = TILE / SIDE
/** Terms of a sum that are taken at a time. Each such block is summed on its own, then added. */
const DEPTH = 16

/** Vectors of four elements that a lane fetches of each factor for a block. */
const FETCHES = (TILE * DEPTH) / SIDE / LANES

/** One workgroup for each tile of each matrix of the batch. */
function program(kernel: MatmulKernel, call: Call, bindings: Bindings): Source {
  const source = new Source(bindings.slots)
  const operands = new Operands(source, kernel, call, bindings)
  const batchRank = call.outputs[0].shape.length - 2
  const size = (name: string, i: number): string => source.let(source.int(name, (c) => c.sizes[i]))
  const [batch, m, n, k] = ['batch', 'm', 'n', 'k'].map(size)

  const workgroup = source.let(`i32(group.y * ${FOLD}u + group.x)`)
  const across = source.let(`(${n} + ${TILE - 1}) / ${TILE}`)
  const tiles = source.let(`${across} * ((${m} + ${TILE - 1}) / ${TILE})`)
  source.line(`if (${workgroup} >= ${tiles} * ${batch}) { return; }`)
  const matrix = source.let(`${workgroup} / ${tiles}`)
  const tile = source.let(`${workgroup} % ${tiles}`)
  const top = source.let(`${tile} / ${across} * ${TILE}`)
  const left = source.let(`${tile} % ${across} * ${TILE}`)
  const outer = positions(source, matrix, 'outer', batchRank, (d) => (c) => c.outputs[0].shape[d])

  // Both factors lie in shared memory by k, then in vectors of four along m or n.
  const shared = [0, 1].map(() => source.shared('vec4<f32>', (TILE * DEPTH) / SIDE))
  const total = source.variable(`array<vec4<f32>, ${SIDE}>()`)
  const row = source.let(`i32(local) / ${ACROSS}`)
  const column = source.let(`i32(local) % ${ACROSS}`)

  const block = source.variable('0')
  source.line(`for (; ${block} < ${k}; ${block} += ${DEPTH}) {`)
  for (let fetch = 0; fetch < FETCHES; fetch++) {
    const vector = source.let(`i32(local) + ${fetch * LANES}`)
    const depth = source.let(`${vector} / ${ACROSS}`)
    const inner = source.let(`${block} + ${depth}`)
    const along = source.let(`${vector} % ${ACROSS} * ${SIDE}`)
    const elements = (factor: 0 | 1): string => {
      const [start, end] = factor === 0 ? [top, m] : [left, n]
      const four = Array.from({ length: SIDE }, (_, i) => {
        const outerPosition = source.let(`${start} + ${along} + ${i}`)
        const two = factor === 0 ? [outerPosition, inner] : [inner, outerPosition]
        const value = operands.read(factor, { dims: [...outer, ...two] })
        return source.let(`select(0.0, ${value}, ${outerPosition} < ${end} && ${inner} < ${k})`)
      })
      return `vec4<f32>(${four.join(', ')})`
    }
    source.line(`${shared[0]}[${vector}] = ${elements(0)};`)
    source.line(`${shared[1]}[${vector}] = ${elements(1)};`)
  }
  source.line('workgroupBarrier();')
  const part = source.variable(`array<vec4<f32>, ${SIDE}>()`)
  source.line(`for (var i = 0; i < ${DEPTH}; i++) {`)
  const a = source.let(`${shared[0]}[i * ${ACROSS} + ${row}]`)
  const b = source.let(`${shared[1]}[i * ${ACROSS} + ${column}]`)
  for (let i = 0; i < SIDE; i++) source.line(`${part}[${i}] += ${a}[${i}] * ${b};`)
  source.line('}')
  for (let i = 0; i < SIDE; i++) source.line(`${total}[${i}] += ${part}[${i}];`)
  source.line('workgroupBarrier();')
  source.line('}')

  source.line(`for (var i = 0; i < ${SIDE * SIDE}; i++) {`)
  const y = source.let(`${top} + ${row} * ${SIDE} + i / ${SIDE}`)
  const x = source.let(`${left} + ${column} * ${SIDE} + i % ${SIDE}`)
  source.line(`if (${y} >= ${m} || ${x} >= ${n}) { continue; }`)
  const product = source.let(`${total}[i / ${SIDE}][i % ${SIDE}]`)
  const place = { dims: [...outer, y, x] }
  const emitter = new Emitter(
    source,
    operands.leaves(place, () => product),
  )
  storeAll(operands, emitter, [kernel.epilogue], place)
  source.line('}')
  return source
}

/** Whether most of a tile would be idle: then a product is better taken for the sum that it is. */
const isNarrow = (m: number, n: number, k: number): boolean =>
  m < SIDE || n < SIDE || (k > 64 * DEPTH && m * n < TILE * TILE)

/** Runs `matmul` kernels on float32, in tiles. */
export const runMatmul: Runner<MatmulKernel> = (engine, kernel, given, outputs, scalars) => {
  const { shape } = outputs[0]
  const [m, n] = shape.slice(-2)
  const k = given[0].shape[shape.length - 1]
  const batch = elementCount(shape.slice(0, -2))
  if (batch * m * n === 0) return
  if (isNarrow(m, n, k)) {
    const noTemporary = (): never => {
      throw new Error('the lowering of a product needs no temporary')
    }
    for (const step of lower(kernel, { inputs: given, outputs, scalars }, noTemporary)) {
      if (step.kernel.kind !== 'reduce') throw new Error('the lowering of a product is a reduction')
      runReduce(engine, step.kernel, step.inputs, step.outputs, step.scalars)
    }
    return
  }
  engine.withFewBuffers(given, outputs, 0, (inputs) => {
    const call: Call = { inputs, outputs, scalars, sizes: [batch, m, n, k] }
    const bindings = bind(slabsOf(inputs), slabsOf(outputs))
    const key = Operands.key(kernel, call)
    const workgroups = batch * Math.ceil(m / TILE) * Math.ceil(n / TILE)
    engine.launch(kernel, key, bindings, call, workgroups, () => program(kernel, call, bindings))
  })
}
