import type { Build } from '../device/programs.ts'
import type { Engine } from '../engine.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import type { Source } from '../glsl/source.ts'
import { decompose, type Place, spaceOf } from '../glsl/space.ts'
import { type Cut, depthOf, type Factor, layPanel, type Panel } from './panels.ts'

/** The words of a packing program. */
const words = { width: 0, depth: 1, perColumn: 2, pieces: 3, total: 4, lastWidth: 5 } as const

/** Quotient and rest; all numbers here are within a texture's sizes, or at most their product by a few. */
function split(source: Source, value: string, word: number): [string, string] {
  const [size, inverse] = [source.extra(word), source.inverseExtra(word)]
  const q = source.let('int', source.call('smallQuotient', value, inverse))
  return [q, source.let('int', `${value} - ${q} * ${size}`)]
}

/** What the lanes of a texel are: their places, the dim they run along, and which are within the depth. */
interface Lanes {
  readonly places: Map<number, Place>
  readonly lane: number
  readonly inside: string
}

function alongColumns(source: Source, factor: Factor): Lanes {
  const { batchDims, depthDims, columnDims, dense } = factor
  const [right, column] = split(source, 'x', words.width)
  const [below, row] = split(source, 'y', words.depth)
  const group = source.let('int', `${right} * ${source.extra(words.perColumn)} + ${below}`)
  const [batch, piece] = split(source, group, words.pieces)
  const depth = source.let('int', `${piece} * ${source.extra(words.depth)} + ${row}`)
  const places = new Map<number, Place>([
    ...decompose(source, batchDims, batch, false, true),
    ...decompose(source, depthDims, depth, false, true),
  ])
  const last = columnDims[columnDims.length - 1] ?? -1
  const first = source.let('int', `4 * ${column}`)
  if (columnDims.length <= 1) {
    places.set(last, { code: first, each: false })
  } else if (dense) {
    source.use('constants')
    const lanes = source.let('ivec4', `${first} + LANES`)
    for (const [d, place] of decompose(source, columnDims, lanes, true)) places.set(d, place)
  } else {
    const [line, texel] = split(source, column, words.lastWidth)
    for (const [d, place] of decompose(source, columnDims.slice(0, -1), line, false, true)) {
      places.set(d, place)
    }
    places.set(last, { code: source.let('int', `4 * ${texel}`), each: false })
  }
  const lane = dense && columnDims.length > 1 ? -1 : last
  return { places, lane, inside: `bvec4(${depth} < ${source.extra(words.total)})` }
}

function alongDepth(source: Source, { batchDims, depthDims, columnDims }: Factor): Lanes {
  source.use('constants')
  const [batch, column] = split(source, 'y', words.perColumn)
  const depth = source.let('int', '4 * x')
  const [lane] = depthDims
  const places = new Map<number, Place>([
    ...decompose(source, batchDims, batch, false, true),
    ...decompose(source, columnDims, column, false, true),
    [lane, { code: depth, each: false }],
  ])
  const inside = `lessThan(${depth} + LANES, ivec4(${source.extra(words.total)}))`
  return { places, lane, inside }
}

const buildPack =
  (factor: Factor): Build =>
  (source) => {
    source.line('int x = int(gl_FragCoord.x), y = int(gl_FragCoord.y);')
    const along = factor.lanes === 'depth' ? alongDepth : alongColumns
    const { places, lane, inside } = along(source, factor)
    const dims = factor.shape.map((_, d) => d)
    const leaves = leavesIn(source, spaceOf(places, lane), dims, classesOf(factor.classes))
    const value = new Emitter(source, leaves).emit(factor.value)
    // What is beyond the depth adds nothing.
    source.line(`${source.output('float')} = ${source.call('sel', inside, value, 'vec4(0.0)')};`)
  }

/** Packs a factor, its depth cut into pieces. */
export function pack(engine: Engine, factor: Factor, cut: Cut): Panel {
  const panel = layPanel(engine, factor, cut)
  const { across, down, width, perColumn } = panel
  const texture = engine.acquireGrid(across, down)
  const { value, shape, batchDims, depthDims, columnDims, dense, lanes, classes } = factor
  const roles = `${batchDims}|${depthDims}|${columnDims}${dense ? 'd' : ''} ${lanes}`
  const program = engine.program(`pack ${value.id} ${roles} ${classes}`, buildPack(factor))
  const last = shape[columnDims[columnDims.length - 1]] ?? 1
  const extra = [width, cut.each, perColumn, cut.pieces, depthOf(factor), Math.ceil(last / 4)]
  const call = { shape, operands: factor.inputs, scalars: [], extra }
  const rect = { x: 0, y: 0, width: across, height: down, mask: 15 }
  engine.draw(program, call, factor.textures, [texture], [rect])
  return { ...panel, texture }
}
