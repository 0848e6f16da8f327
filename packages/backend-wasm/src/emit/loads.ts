import { type DType, dtypes } from '@sconce/backend'
import { loadDense, loadLanes, loadSplat } from './access.ts'
import type { OperandWords } from './arguments.ts'
import type { Node } from './graph.ts'
import { isWide, mask64, type Quad } from './quad.ts'
import { Vec } from './vec.ts'
import type { Writer } from './writer.ts'

/** An operand with dims of its own. */
type OwnWords = Pick<OperandWords, 'pointer' | 'strides' | 'sizes'>

const splatWord = (writer: Writer, offset: number): Vec =>
  new Vec(writer.graph, 'i32', writer.graph.op('i32x4.splat', [writer.argument(offset)]))

/** Where coordinates point to in an operand with dims of its own, and whether they are inside of it. */
export function locate(
  writer: Writer,
  words: OwnWords,
  coordinates: readonly Vec[],
): { addresses: Vec; inside: Vec | undefined } {
  const splat = (offset: number) => splatWord(writer, offset)
  let addresses = splat(words.pointer)
  let inside: Vec | undefined
  coordinates.forEach((c, d) => {
    // Unsigned: what is negative is too large.
    const within = c.ltu(splat(words.sizes[d]))
    inside = inside ? inside.and(within) : within
    addresses = addresses.add(c.mul(splat(words.strides[d])))
  })
  return { addresses, inside }
}

/** Elements at any coordinates; zero outside. */
export function loadAt(
  writer: Writer,
  words: OwnWords,
  dtype: DType,
  coordinates: readonly Vec[],
): Quad {
  const { graph } = writer
  if (coordinates.length === 0) return loadSplat(graph, dtype, writer.argument(words.pointer))
  const { addresses, inside } = locate(writer, words, coordinates)
  if (!inside) throw new Error('a load without coordinates')
  const base = splatWord(writer, words.pointer)
  const safe = inside.select(addresses, base)
  const quad = loadLanes(
    graph,
    dtype,
    [0, 1, 2, 3].map((i) => safe.extract(i)),
  )
  return keepInside(quad, inside)
}

function keepInside({ dtype, regs }: Quad, inside: Vec): Quad {
  const masks = isWide(dtype) ? mask64({ dtype: 'bool', regs: [inside] }) : [inside]
  return { dtype, regs: regs.map((x, r) => masks[r].keep(x)) }
}

/** Coordinates of neighbours in a contiguous row: all but those of the dim `unit` are the same. */
export interface Row {
  readonly coordinates: readonly Vec[]
  readonly unit: number
  /** The first element's coordinate along the row is so many elements behind `position`. */
  readonly position: Node
  readonly behind: number
}

/** Where a row begins, and whether the coordinates but that along the row are inside. */
function rowStart(
  writer: Writer,
  words: OwnWords,
  { coordinates, unit }: Row,
): ReturnType<typeof locate> {
  return locate(
    writer,
    words,
    coordinates.map((c, d) => (d === unit ? c.like(0) : c)),
  )
}

/** Four neighbours of a row of which it is known that they exist. */
export function loadWithin(writer: Writer, words: OwnWords, dtype: DType, row: Row): Quad {
  const start = rowStart(writer, words, row).addresses.extract(0)
  const { size } = dtypes[dtype]
  const address = writer.add(start, writer.scale(row.position, size))
  return loadDense(writer.graph, dtype, address, row.behind * size)
}

/** Whether the elements of a row before position `end` exist (i32). */
export function holds(writer: Writer, words: OwnWords, row: Row, end: Node): Node {
  const { graph } = writer
  const { inside } = rowStart(writer, words, row)
  if (!inside) throw new Error('a load without coordinates')
  const long = graph.op('i32.le_u', [end, writer.argument(words.sizes[row.unit])])
  return graph.op('i32.and', [inside.extract(0), long])
}

/** Four neighbours of a row; zero outside. */
export function loadRow(writer: Writer, words: OwnWords, dtype: DType, row: Row): Quad {
  const { graph } = writer
  const { coordinates, unit } = row
  const position = writer.add(row.position, row.behind)
  const { addresses, inside } = rowStart(writer, words, row)
  const whole = coordinates[unit].ltu(splatWord(writer, words.sizes[unit]))
  if (!inside) throw new Error('a load without coordinates')
  // Where the row itself is outside any other will do, and beyond its end the end.
  const exists = inside.extract(0)
  const start = graph.select(exists, addresses.extract(0), writer.argument(words.pointer))
  const size = writer.argument(words.sizes[unit])
  const within = graph.op('i32.lt_u', [position, size])
  const bytes = writer.scale(graph.select(within, position, size), dtypes[dtype].size)
  return keepInside(loadDense(graph, dtype, writer.add(start, bytes), 0), whole.and(inside))
}
