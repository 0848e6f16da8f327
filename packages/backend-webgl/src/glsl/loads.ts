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

const size = (source: Source, slot: number, d: number): string =>
  source.int(`own size ${slot} ${d}`, (c) => c.operands[slot].shape[d])

/** The elements at coordinates (names of ivec4), zero outside. */
export function loadAt(
  source: Source,
  { value: slot, dtype }: Expr,
  coordinates: readonly string[],
  { slopes, unit }: LoadClass,
): string {
  const texture = source.texture(slot, samplerOf(dtype))
  const last = coordinates.length - 1
  const shared = slopes.every((s) => s === 0)
  const line = !shared && unit && slopes.every((s, d) => s === (d === last ? 1 : 0))
  const scalars = shared || line
  const terms = coordinates.map((c, d) => `${scalars ? `${c}.x` : c} * ${source.stride(slot, d)}`)
  const offset = source.let(
    scalars ? 'int' : 'ivec4',
    [scalars ? source.offset(slot) : `ivec4(${source.offset(slot)})`, ...terms].join(' + '),
  )
  const read = shared ? 'splat' : line ? 'loose' : 'gather'
  const value = fromTexture(dtype, source.call(read, texture, offset))
  if (coordinates.length === 0) return value
  const tests = coordinates.map((c, d) => {
    const n = size(source, slot, d)
    // As unsigned numbers, negative coordinates are beyond every size.
    return slopes[d] === 0
      ? `bvec4(uint(${c}.x) < uint(${n}))`
      : `lessThan(uvec4(${c}), uvec4(${n}))`
  })
  const inside = tests.reduce((a, b) => source.call('b_and', a, b))
  return source.call('sel', inside, value, vectorLiteral(0, dtype))
}
