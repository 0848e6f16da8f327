import type { Expr, Operand } from '@sconce/backend'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'

/** Along what the four lanes of a panel's texels run. */
export type Lanes = 'columns' | 'depth'

/** One factor of a product, as an expression over an iteration space: `[batch | depth | column]`. */
export interface Factor {
  readonly value: Expr
  readonly inputs: readonly Operand[]
  readonly textures: readonly Texture[]
  readonly shape: readonly number[]
  readonly batchDims: readonly number[]
  readonly depthDims: readonly number[]
  /** With lanes along the columns: along the last of these, whose rows begin with a new texel… */
  readonly columnDims: readonly number[]
  /** …or, if `dense`, along all of them together. */
  readonly dense: boolean
  readonly lanes: Lanes
  /** The class of each input, as in `accessKey`. */
  readonly classes: string
}

/**
 * A factor as the innermost loop of a product walks it: in a straight line. With lanes along the
 * columns there is a row of texels for each position along the depth, in groups for each batch and
 * piece; with lanes along the depth a row of texels for each column, those of a batch under each other.
 */
export interface Panel {
  readonly texture: Texture
  readonly lanes: Lanes
  /** Texels across and down that are packed. */
  readonly across: number
  readonly down: number
  /** Texels of a group's row, and groups under each other; or texels of a piece, and columns of a batch. */
  readonly width: number
  readonly perColumn: number
}

/** How the depth of a product is cut: into pieces of `each`, a multiple of 8. */
export interface Cut {
  readonly pieces: number
  readonly each: number
}

const count = (shape: readonly number[], dims: readonly number[]): number =>
  dims.reduce((n, d) => n * shape[d], 1)

export const depthOf = ({ shape, depthDims }: Factor): number => count(shape, depthDims)
export const batchOf = ({ shape, batchDims }: Factor): number => count(shape, batchDims)

/** Texels that the columns take, four to one. */
export function panelWidth({ shape, columnDims, dense }: Factor): number {
  if (dense || columnDims.length === 0) return Math.ceil(count(shape, columnDims) / 4)
  const last = columnDims.length - 1
  const lines = count(shape, columnDims.slice(0, last))
  return lines * Math.ceil(shape[columnDims[last]] / 4)
}

/** Where a factor lies when it is packed. */
export function layPanel(
  engine: Engine,
  factor: Factor,
  { pieces, each }: Cut,
): Omit<Panel, 'texture'> {
  const { lanes } = factor
  if (lanes === 'depth') {
    // The columns of the last tile must be there, whatever is in them.
    const perColumn = 8 * Math.ceil(panelWidth(factor) / 2)
    const down = batchOf(factor) * perColumn
    return { lanes, across: (pieces * each) / 4, down, width: each / 4, perColumn }
  }
  const groups = batchOf(factor) * pieces
  const width = panelWidth(factor)
  const perColumn = Math.min(groups, Math.max(1, Math.floor(engine.limits.textureSize / each)))
  const across = Math.ceil(groups / perColumn) * width
  return { lanes, across, down: perColumn * each, width, perColumn }
}

/** Numbers that programs may divide by multiplying with an inverse: see `smallQuotient`. */
const smallLimit = 1 << 21

/** Whether a panel of a factor fits into a texture. */
export function fits(engine: Engine, factor: Factor, cut: Cut): boolean {
  if (batchOf(factor) * cut.pieces * cut.each >= smallLimit) return false
  const { textureSize } = engine.limits
  const { across, down } = layPanel(engine, factor, cut)
  return across <= textureSize && down <= textureSize
}
