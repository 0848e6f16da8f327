import type { Build } from '../device/programs.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import type { Source } from '../glsl/source.ts'
import { batchOf, depthOf, type Factor, type Panel, pack, panelWidth } from './panels.ts'

/** Depth of the pieces that are summed each for itself, which keeps the error small. */
const pieceDepth = 256

/** The product of two panels: texture r holds the rows r, r + tile, r + 2 tile… */
export interface Product {
  readonly textures: readonly Texture[]
  /** Rows of a tile: the number of textures. */
  readonly tile: number
  /** Texel rows of each batch and part. */
  readonly rows: number
  /** Parts of the depth, under each other, that are still to be added up. */
  readonly parts: number
}

/** Fragments that keep a device busy. */
const busy = 2048

/** Rows of a tile: as many as a fragment can render, but no more than half of them in vain. */
const tileRows = (engine: Engine, left: Factor): 4 | 8 =>
  engine.limits.drawBuffers >= 8 && panelWidth(left) > 1 ? 8 : 4

/** Rows that are computed for `m` rows. */
export const paddedRows = (m: number): number => (m <= 4 ? 4 : 8 * Math.ceil(m / 8))

export function cut(depth: number): { pieces: number; each: number } {
  const pieces = Math.max(1, Math.ceil(depth / pieceDepth))
  return { pieces, each: Math.max(4, 4 * Math.ceil(depth / pieces / 4)) }
}

const words = { rows: 0, pieces: 1, depth: 2, parts: 3, partPieces: 4, left: 5, right: 9 } as const

/** Finds a group's corner in a panel, whose words are width, perColumn, whether it has batches. */
function corner(source: Source, at: number, batch: string, piece: string): [string, string] {
  const group = source.let(
    'int',
    `${batch} * ${source.extra(at + 2)} * ${source.extra(words.pieces)} + ${piece}`,
  )
  const perColumn = source.extra(at + 1)
  const q = source.let('int', source.call('smallQuotient', group, source.inverseExtra(at + 1)))
  const x = source.let('int', `${q} * ${source.extra(at)}`)
  const y = source.let('int', `(${group} - ${q} * ${perColumn}) * ${source.extra(words.depth)}`)
  return [x, y]
}

/** A tile of `tile` rows and four columns for each fragment: 3 fetches for 32 products. */
const buildTiles =
  (tile: 4 | 8): Build =>
  (source) => {
    const rows = Array.from({ length: tile }, (_, r) => r)
    const [left, right] = [source.texture(0, 'float'), source.texture(1, 'float')]
    source.line('int j = int(gl_FragCoord.x), y = int(gl_FragCoord.y);')
    const perBatch = source.extra(words.rows)
    const parts = source.extra(words.parts)
    const [group, i] = ['int group = ', 'int i = ']
    source.line(`${group}${source.call('smallQuotient', 'y', source.inverseExtra(words.rows))};`)
    source.line(`${i}(y - group * ${perBatch}) * ${tile / 4};`)
    const batch = source.call('smallQuotient', 'group', source.inverseExtra(words.parts))
    source.line(`int batch = ${batch};`)
    source.line(`int begin = (group - batch * ${parts}) * ${source.extra(words.partPieces)};`)
    source.line(
      `int end = min(begin + ${source.extra(words.partPieces)}, ${source.extra(words.pieces)});`,
    )
    for (const r of rows) source.line(`vec4 s${r} = vec4(0.0);`)
    source.line(`for (int piece = begin; piece < end; piece++) {`)
    const [leftX, leftY] = corner(source, words.left, 'batch', 'piece')
    const [rightX, rightY] = corner(source, words.right, 'batch', 'piece')
    const middle = (name: string, place: string) => `${name} = float(${place}) + 0.5`
    source.line(`float ${middle('lx', `${leftX} + i`)}, ${middle('ly', leftY)};`)
    source.line(`float ${middle('rx', `${rightX} + j`)}, ${middle('ry', rightY)};`)
    for (const r of rows) source.line(`vec4 c${r} = vec4(0.0);`)
    source.line(`for (int k = 0; k < ${source.extra(words.depth)}; k += 4) {`)
    for (let k = 0; k < 4; k++) {
      source.line(`vec4 b${k} = ${source.call('grid', right, 'rx', `ry + ${k}.0`)};`)
      for (let t = 0; t < tile / 4; t++) {
        source.line(`vec4 a${k}${t} = ${source.call('grid', left, `lx + ${t}.0`, `ly + ${k}.0`)};`)
      }
    }
    for (const r of rows) {
      const lane = 'xyzw'[r % 4]
      const products = [0, 1, 2, 3].map((k) => `a${k}${r >> 2}.${lane} * b${k}`)
      source.line(`c${r} += ${products.join(' + ')};`)
    }
    source.line('ly += 4.0; ry += 4.0;')
    source.line('}')
    for (const r of rows) source.line(`s${r} += c${r};`)
    source.line('}')
    for (const r of rows) source.line(`${source.output('float')} = s${r};`)
  }

/** Multiplies `left` [batch | depth | rows] with `right` [batch | depth | columns]; one batch may do for all. */
export function multiply(engine: Engine, batch: number, left: Factor, right: Factor): Product {
  const { pieces, each } = cut(depthOf(right))
  const tile = tileRows(engine, left)
  const scratch: Texture[] = []
  const packed = (factor: Factor): Panel => {
    const panel = pack(engine, factor, pieces, each)
    scratch.push(panel.texture)
    return panel
  }
  try {
    const [a, b] = [packed(left), packed(right)]
    const rows = Math.ceil((4 * a.width) / tile)
    // Few results of great depth: parts of it are summed by fragments of their own.
    const wanted = Math.ceil(busy / (b.width * batch * rows))
    const partPieces = Math.ceil(pieces / Math.min(pieces, wanted))
    const parts = Math.ceil(pieces / partPieces)
    const [width, height] = [b.width, batch * parts * rows]
    const textures = Array.from({ length: tile }, () => engine.acquireGrid(width, height))
    const batched = (factor: Factor) => Number(batchOf(factor) > 1)
    const extra = [
      rows,
      pieces,
      each,
      parts,
      partPieces,
      ...[a.width, a.perColumn, batched(left), 0],
      ...[b.width, b.perColumn, batched(right)],
    ]
    const call = { shape: [], operands: [], scalars: [], extra }
    const program = engine.program(`tiles ${tile}`, buildTiles(tile))
    const rect = { x: 0, y: 0, width, height, mask: 15 }
    engine.draw(program, call, [a.texture, b.texture], textures, [rect])
    return { textures, tile, rows, parts }
  } finally {
    for (const texture of scratch) engine.release(texture)
  }
}

/** Whether the result fits into textures. */
export function resultFits(engine: Engine, batch: number, left: Factor, right: Factor): boolean {
  const size = engine.limits.textureSize
  const rows = Math.ceil((4 * panelWidth(left)) / tileRows(engine, left))
  return panelWidth(right) <= size && batch * rows <= size
}
