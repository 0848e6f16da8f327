import type { Build } from '../device/programs.ts'
import type { Texture } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import type { Source } from '../glsl/source.ts'
import { pack } from './pack.ts'
import { batchOf, type Cut, depthOf, type Factor, type Lanes, panelWidth } from './panels.ts'

/** Depth of the pieces that are summed each for itself, which keeps the error small. */
const pieceDepth = 256

/** The product of two panels: layer r of the texture holds the rows r, r + tile, r + 2 tile… */
export interface Product {
  readonly texture: Texture
  /** Rows of a tile: the number of layers. */
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

export function cut(depth: number): Cut {
  const pieces = Math.max(1, Math.ceil(depth / pieceDepth))
  return { pieces, each: Math.max(8, 8 * Math.ceil(depth / pieces / 8)) }
}

/** Words of a tile program; each side has three: width, perColumn, whether it has batches. */
const words = { rows: 0, pieces: 1, depth: 2, parts: 3, partPieces: 4, left: 5, right: 8 } as const

const components = 'xyzw'
const four = [0, 1, 2, 3] as const

/**
 * A panel as a program reads it: where texels begin is found once, in units of the texture, and then
 * only added to.
 */
class Side {
  readonly name: 'a' | 'b'
  readonly lanes: Lanes
  readonly #source: Source
  readonly #sampler: { name: string; scale: string }
  readonly #words: number
  readonly #first: string
  readonly #texels: number

  /** `first` is the number of the first column, a multiple of 4; `texels` as many columns by four. */
  constructor(
    source: Source,
    name: 'a' | 'b',
    lanes: Lanes,
    slot: number,
    first: string,
    texels: number,
  ) {
    this.#source = source
    this.name = name
    this.lanes = lanes
    this.#sampler = source.sampler(slot, 'float')
    this.#words = slot === 0 ? words.left : words.right
    this.#first = first
    this.#texels = texels
  }

  get #columns(): number[] {
    return Array.from({ length: 4 * this.#texels }, (_, i) => i)
  }

  /** What is before the loop over the pieces. */
  begin(): void {
    const source = this.#source
    const { name, lanes } = this
    const { scale } = this.#sampler
    source.line(`vec2 ${name}s = ${scale};`)
    if (lanes === 'columns') return
    const [perBatch, batched] = [source.extra(this.#words + 1), source.extra(this.#words + 2)]
    source.line(`int ${name}f = batch * ${batched} * ${perBatch} + ${this.#first};`)
    for (const i of this.#columns)
      source.line(`float ${name}y${i} = (float(${name}f + ${i}) + 0.5) * ${name}s.y;`)
  }

  /** What is before the loop of a piece. */
  piece(): void {
    const source = this.#source
    const { name, lanes } = this
    const width = source.extra(this.#words)
    if (lanes === 'depth') {
      source.line(`float ${name}x = (float(piece * ${width}) + 0.5) * ${name}s.x;`)
      return
    }
    const batched = source.extra(this.#words + 2)
    const group = source.let('int', `batch * ${batched} * ${source.extra(words.pieces)} + piece`)
    const inverse = source.inverseExtra(this.#words + 1)
    const q = source.let('int', source.call('smallQuotient', group, inverse))
    const below = `(${group} - ${q} * ${source.extra(this.#words + 1)})`
    const x = `float(${q} * ${width} + (${this.#first} >> 2)) + 0.5`
    source.line(`float ${name}x = (${x}) * ${name}s.x;`)
    source.line(
      `float ${name}y = (float(${below} * ${source.extra(words.depth)}) + 0.5) * ${name}s.y;`,
    )
  }

  /** Fetches the texels of four steps that are at hand before any is used. */
  fetch(): void {
    if (this.lanes === 'depth') return
    for (const k of four) {
      for (let t = 0; t < this.#texels; t++) this.#read(`${this.name}${k}${t}`, t, k)
    }
  }

  /** Columns of depth-lanes, turned so that each of four steps has a vector of columns. */
  turn(): void {
    if (this.lanes === 'columns') return
    for (const i of four) this.column(i)
    for (const k of four) {
      const lanes = four.map((i) => `${this.name}q${i}.${components[k]}`)
      this.#source.line(`vec4 ${this.name}${k}0 = vec4(${lanes.join(', ')});`)
    }
  }

  /** Fetches four steps of one column. */
  column(i: number): void {
    const { name } = this
    const place = `vec2(${name}x, ${name}y${i})`
    this.#source.line(`vec4 ${name}q${i} = texture(${this.#sampler.name}, ${place});`)
  }

  /** Step `k` of column `i`. */
  element(k: number, i: number): string {
    return this.lanes === 'depth'
      ? `${this.name}q${i}.${components[k]}`
      : `${this.name}${k}${i >> 2}.${components[i & 3]}`
  }

  #read(into: string, t: number, k: number): void {
    const { name } = this
    const x = t === 0 ? `${name}x` : `${name}x + ${name}s.x`
    const y = k === 0 ? `${name}y` : `${name}y + ${k}.0 * ${name}s.y`
    this.#source.line(`vec4 ${into} = texture(${this.#sampler.name}, vec2(${x}, ${y}));`)
  }

  /** Four steps on. */
  advance(): string {
    const { name, lanes } = this
    return lanes === 'depth' ? `${name}x += ${name}s.x;` : `${name}y += 4.0 * ${name}s.y;`
  }
}

/** A tile of `tile` rows and four columns for each fragment: 3 fetches for 32 products. */
const buildTiles =
  (tile: 4 | 8, leftLanes: Lanes, rightLanes: Lanes): Build =>
  (source) => {
    const rows = Array.from({ length: tile }, (_, r) => r)
    const left = new Side(source, 'a', leftLanes, 0, 'i', tile / 4)
    const right = new Side(source, 'b', rightLanes, 1, 'j', 1)
    const [perBatch, parts] = [source.extra(words.rows), source.extra(words.parts)]
    const partPieces = source.extra(words.partPieces)
    source.line('int j = 4 * int(gl_FragCoord.x), y = int(gl_FragCoord.y);')
    source.line(
      `int group = ${source.call('smallQuotient', 'y', source.inverseExtra(words.rows))};`,
    )
    source.line(`int i = (y - group * ${perBatch}) * ${tile};`)
    const batch = source.call('smallQuotient', 'group', source.inverseExtra(words.parts))
    source.line(`int batch = ${batch};`)
    source.line(`int begin = (group - batch * ${parts}) * ${partPieces};`)
    source.line(`int end = min(begin + ${partPieces}, ${source.extra(words.pieces)});`)
    for (const r of rows) source.line(`vec4 s${r} = vec4(0.0);`)
    left.begin()
    right.begin()
    source.line('for (int piece = begin; piece < end; piece++) {')
    left.piece()
    right.piece()
    for (const r of rows) source.line(`vec4 c${r} = vec4(0.0);`)
    // A turn of a loop costs as much as a fetch: two blocks of four steps are in one.
    source.line(`for (int k = 0; k < ${source.extra(words.depth)}; k += 8) {`)
    for (let block = 0; block < 2; block++) {
      source.line('{')
      right.fetch()
      right.turn()
      left.fetch()
      for (const r of rows) {
        if (left.lanes === 'depth') left.column(r)
        const products = four.map((k) => `${left.element(k, r)} * b${k}0`)
        source.line(`c${r} += ${products.join(' + ')};`)
      }
      source.line(`${left.advance()} ${right.advance()}`)
      source.line('}')
    }
    source.line('}')
    for (const r of rows) source.line(`s${r} += c${r};`)
    source.line('}')
    for (const r of rows) source.line(`${source.output('float')} = s${r};`)
  }

/** Multiplies `left` [batch | depth | rows] with `right` [batch | depth | columns]; one batch may do for all. */
export function multiply(engine: Engine, batch: number, left: Factor, right: Factor): Product {
  const depth = cut(depthOf(right))
  const { pieces, each } = depth
  const tile = tileRows(engine, left)
  const a = pack(engine, left, depth)
  try {
    const b = pack(engine, right, depth)
    try {
      const rows = Math.ceil((4 * panelWidth(left)) / tile)
      const width = panelWidth(right)
      // Few results of great depth: parts of it are summed by fragments of their own.
      const wanted = Math.ceil(busy / (width * batch * rows))
      const partPieces = Math.ceil(pieces / Math.min(pieces, wanted))
      const parts = Math.ceil(pieces / partPieces)
      const height = batch * parts * rows
      const texture = engine.acquireGrid(width, height, tile)
      const batched = (factor: Factor) => Number(batchOf(factor) > 1)
      const extra = [
        ...[rows, pieces, each, parts, partPieces],
        ...[a.width, a.perColumn, batched(left)],
        ...[b.width, b.perColumn, batched(right)],
      ]
      const call = { shape: [], operands: [], scalars: [], extra }
      const program = engine.program(
        `tiles ${tile} ${a.lanes} ${b.lanes}`,
        buildTiles(tile, a.lanes, b.lanes),
      )
      const rect = { x: 0, y: 0, width, height, mask: 15 }
      engine.draw(program, call, [a.texture, b.texture], [texture], [rect])
      return { texture, tile, rows, parts }
    } finally {
      engine.release(b.texture)
    }
  } finally {
    engine.release(a.texture)
  }
}

/** Whether the result fits into a texture. */
export function resultFits(engine: Engine, batch: number, left: Factor, right: Factor): boolean {
  const size = engine.limits.textureSize
  const rows = Math.ceil((4 * panelWidth(left)) / tileRows(engine, left))
  return panelWidth(right) <= size && batch * rows <= size
}
