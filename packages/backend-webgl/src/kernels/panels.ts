import type { Expr, Operand } from '@sconce/backend'
import type { Build } from '../device/programs.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import type { Source } from '../glsl/source.ts'
import { decompose, type Place, spaceOf } from '../glsl/space.ts'

/**
 * One factor of a product, as an expression over an iteration space: `[batch | depth | column]`. It
 * is packed into a panel: a row of texels for each position along the depth, four columns to a texel,
 * so that the innermost loop of the product walks straight down.
 */
export interface Factor {
  readonly value: Expr
  readonly inputs: readonly Operand[]
  readonly textures: readonly Texture[]
  readonly shape: readonly number[]
  readonly batchDims: readonly number[]
  readonly depthDims: readonly number[]
  /** The lanes of a texel run along the last of these, whose rows begin with a new texel… */
  readonly columnDims: readonly number[]
  /** …or, if `dense`, along all of them together. */
  readonly dense: boolean
  /** The class of each input, as in `accessKey`. */
  readonly classes: string
}

/** How a panel lies in its texture: groups of rows, under each other and then beside each other. */
export interface Panel {
  readonly texture: Texture
  readonly groups: number
  /** Rows of a group, and texels of a row. */
  readonly depth: number
  readonly width: number
  /** Groups under each other. */
  readonly perColumn: number
}

const count = (shape: readonly number[], dims: readonly number[]): number =>
  dims.reduce((n, d) => n * shape[d], 1)

/** Texels of a panel's row. */
export function panelWidth({ shape, columnDims, dense }: Factor): number {
  if (dense || columnDims.length === 0) return Math.ceil(count(shape, columnDims) / 4)
  const last = columnDims.length - 1
  const lines = count(shape, columnDims.slice(0, last))
  return lines * Math.ceil(shape[columnDims[last]] / 4)
}

export const depthOf = ({ shape, depthDims }: Factor): number => count(shape, depthDims)
export const batchOf = ({ shape, batchDims }: Factor): number => count(shape, batchDims)

/** The words of a packing program. */
const words = { width: 0, depth: 1, perColumn: 2, pieces: 3, total: 4, lastWidth: 5 } as const

/** Quotient and rest; all numbers here are within a texture's sizes, or at most their product by a few. */
function split(source: Source, value: string, word: number): [string, string] {
  const [size, inverse] = [source.extra(word), source.inverseExtra(word)]
  const q = source.let('int', source.call('smallQuotient', value, inverse))
  return [q, source.let('int', `${value} - ${q} * ${size}`)]
}

const buildPack =
  (factor: Factor): Build =>
  (source) => {
    const { batchDims, depthDims, columnDims, dense } = factor
    const x = source.let('int', 'int(gl_FragCoord.x)')
    const y = source.let('int', 'int(gl_FragCoord.y)')
    const [right, column] = split(source, x, words.width)
    const [below, row] = split(source, y, words.depth)
    const group = source.let('int', `${right} * ${source.extra(words.perColumn)} + ${below}`)
    const [batch, piece] = split(source, group, words.pieces)
    const depth = source.let('int', `${piece} * ${source.extra(words.depth)} + ${row}`)
    const places = new Map<number, Place>([
      ...decompose(source, batchDims, batch, false, true),
      ...decompose(source, depthDims, depth, false, true),
    ])
    const last = columnDims[columnDims.length - 1] ?? -1
    const lane = dense && columnDims.length > 1 ? -1 : last
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
    const dims = factor.shape.map((_, d) => d)
    const leaves = leavesIn(source, spaceOf(places, lane), dims, classesOf(factor.classes))
    const value = new Emitter(source, leaves).emit(factor.value)
    // Rows beyond the depth add nothing.
    const inside = `bvec4(${depth} < ${source.extra(words.total)})`
    source.line(`${source.output('float')} = ${source.call('sel', inside, value, 'vec4(0.0)')};`)
  }

/** Packs a factor, its depth cut into pieces of `depth` rows. */
export function pack(engine: Engine, factor: Factor, pieces: number, depth: number): Panel {
  const groups = batchOf(factor) * pieces
  const width = panelWidth(factor)
  const perColumn = Math.min(groups, Math.max(1, Math.floor(engine.limits.textureSize / depth)))
  const across = Math.ceil(groups / perColumn) * width
  const down = perColumn * depth
  const texture = engine.acquireGrid(across, down)
  const { value, shape, batchDims, depthDims, columnDims, dense, classes } = factor
  const roles = `${batchDims}|${depthDims}|${columnDims}${dense ? 'd' : ''}`
  const program = engine.program(`pack ${value.id} ${roles} ${classes}`, buildPack(factor))
  const last = shape[columnDims[columnDims.length - 1]] ?? 1
  const extra = [width, depth, perColumn, pieces, depthOf(factor), Math.ceil(last / 4)]
  const call = { shape, operands: factor.inputs, scalars: [], extra }
  const rect = { x: 0, y: 0, width: across, height: down, mask: 15 }
  engine.draw(program, call, factor.textures, [texture], [rect])
  return { texture, groups, depth, width, perColumn }
}

/** Numbers that programs may divide by multiplying with an inverse: see `smallQuotient`. */
const smallLimit = 1 << 21

/** Whether a panel of a factor fits into a texture. */
export function fits(engine: Engine, factor: Factor, pieces: number, depth: number): boolean {
  if (batchOf(factor) * pieces * depth >= smallLimit) return false
  const size = engine.limits.textureSize
  const perColumn = Math.max(1, Math.floor(size / depth))
  return Math.ceil((batchOf(factor) * pieces) / perColumn) * panelWidth(factor) <= size
}
