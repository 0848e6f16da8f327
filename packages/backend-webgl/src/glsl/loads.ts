import type { Expr } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Source } from './source.ts'
import { fromTexture, vectorLiteral } from './types.ts'

/**
 * How much an int32 expression grows from one lane to the next: 0 where all lanes agree, undefined
 * where it is not known. `leaf` answers for inputs and indices.
 */
export function slope(node: Expr, leaf: (node: Expr) => number | undefined): number | undefined {
  const { op, args } = node
  if (op === 'const' || op === 'scalar') return 0
  if (op === 'input' || op === 'index' || op === 'acc') return leaf(node)
  const slopes = args.map((a) => slope(a, leaf))
  if (slopes.every((s) => s === 0)) return 0
  if (node.dtype !== 'int32') return undefined
  const [a, b] = slopes
  if (op === 'neg') return a === undefined ? undefined : -a
  if (a === undefined || b === undefined) return undefined
  if (op === 'add') return a + b
  if (op === 'sub') return a - b
  if (op === 'mul' && args[1].op === 'const') return a * args[1].value
  if (op === 'mul' && args[0].op === 'const') return b * args[0].value
  return undefined
}

/** What is known of a load when its program is written. */
export interface LoadClass {
  /** Growth of each coordinate from lane to lane. */
  readonly slopes: readonly (number | undefined)[]
  /** Whether the operand's last stride is 1. */
  readonly unit: boolean
}

/** A coordinate: the names of an ivec4 for the lanes and, where its growth is known, of an int for the first. */
export interface Coordinate {
  readonly each: () => string
  readonly first: string | undefined
}

const size = (source: Source, slot: number, d: number): string =>
  source.int(`own size ${slot} ${d}`, (c) => c.operands[slot].shape[d])

/** The elements at coordinates, zero outside. */
export function loadAt(
  source: Source,
  { value: slot, dtype }: Expr,
  coordinates: readonly Coordinate[],
  { slopes, unit }: LoadClass,
): string {
  const texture = source.texture(slot, samplerOf(dtype))
  const read = (way: string, offset: string) =>
    fromTexture(dtype, source.call(way, texture, offset))
  if (coordinates.length === 0) return read('splat', source.offset(slot))
  const affine = coordinates.every(({ first }, d) => first !== undefined && slopes[d] !== undefined)
  const value = affine
    ? loadAffine(source, slot, coordinates, slopes, unit, read)
    : read(
        'gather',
        offsetOf(
          source,
          slot,
          'ivec4',
          coordinates.map((c) => c.each()),
        ),
      )
  return source.call(
    'sel',
    insideTest(source, coordinates, slopes, slot),
    value,
    vectorLiteral(0, dtype),
  )
}

/** Which lanes are inside; as unsigned numbers, negative coordinates are beyond every size. */
function insideTest(
  source: Source,
  coordinates: readonly Coordinate[],
  slopes: readonly (number | undefined)[],
  slot: number,
): string {
  const shared: string[] = []
  const own: string[] = []
  coordinates.forEach(({ each, first }, d) => {
    const slope = slopes[d]
    const n = size(source, slot, d)
    if (slope === 0 && first !== undefined) shared.push(`uint(${first}) < uint(${n})`)
    else if (slope === undefined || first === undefined)
      own.push(`lessThan(uvec4(${each()}), uvec4(${n}))`)
    else {
      source.use('constants')
      own.push(`lessThan(uvec4(${first} + LANES * ${slope}), uvec4(${n}))`)
    }
  })
  // What all lanes share is one bool.
  const tests = shared.length > 0 ? [`bvec4(${shared.join(' && ')})`, ...own] : own
  return tests.reduce((a, b) => source.call('b_and', a, b))
}

function offsetOf(
  source: Source,
  slot: number,
  type: 'int' | 'ivec4',
  coordinates: readonly string[],
): string {
  const terms = coordinates.map((c, d) => `${c} * ${source.stride(slot, d)}`)
  return source.let(type, [`${type}(${source.offset(slot)})`, ...terms].join(' + '))
}

/** Where all coordinates grow evenly from lane to lane, so does the offset. */
function loadAffine(
  source: Source,
  slot: number,
  coordinates: readonly Coordinate[],
  slopes: readonly (number | undefined)[],
  unit: boolean,
  read: (way: string, offset: string) => string,
): string {
  const offset = offsetOf(
    source,
    slot,
    'int',
    coordinates.map(({ first }) => first ?? '0'),
  )
  const growing = slopes.flatMap((s, d) => (s === 0 ? [] : [d]))
  if (growing.length === 0) return read('splat', offset)
  const last = coordinates.length - 1
  if (unit && growing.length === 1 && growing[0] === last && slopes[last] === 1) {
    return read('loose', offset)
  }
  source.use('constants')
  const steps = growing.map((d) => `${slopes[d]} * ${source.stride(slot, d)}`)
  return read('gather', `${offset} + LANES * (${steps.join(' + ')})`)
}

/** Ops that can be done for the first lane alone, as those of an int. */
const intOps: Partial<Record<Expr['op'], string>> = { add: '+', sub: '-', mul: '*' }

/**
 * The name of an int: the value in the first lane, for expressions made of positions, scalars and
 * literals by `+ - *`; undefined for others. Far less work than four lanes that differ by a constant.
 */
export function firstLane(
  source: Source,
  node: Expr,
  index: (d: number) => string | undefined,
  known: Map<Expr, string>,
): string | undefined {
  const before = known.get(node)
  if (before !== undefined) return before
  const { op, args, value, dtype } = node
  if (dtype !== 'int32') return undefined
  let code: string | undefined
  if (op === 'const') code = `${value | 0}`
  else if (op === 'scalar') code = source.int(`scalar ${value}`, (c) => c.scalars[value])
  else if (op === 'index') code = index(value)
  else if (intOps[op] !== undefined) {
    const [a, b] = args.map((x) => firstLane(source, x, index, known))
    if (a !== undefined && b !== undefined) code = source.let('int', `${a} ${intOps[op]} (${b})`)
  }
  if (code !== undefined) known.set(node, code)
  return code
}
