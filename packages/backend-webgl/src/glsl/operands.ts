import type { DType } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Access } from '../kernels/plan.ts'
import type { Source } from './source.ts'
import type { Place, Space } from './space.ts'
import { fromTexture } from './types.ts'

/** An operand as a program sees it. */
export interface OperandRef {
  /** Its number among the operands of the call, and its slot among the textures. */
  readonly slot: number
  readonly dtype: DType
}

/** Its offset, and what `dims` add to it at a place: an int for all lanes, or an ivec4. */
export function offsetAt(
  source: Source,
  space: Space,
  slot: number,
  dims: readonly number[],
  from: Place = { code: source.offset(slot), each: false },
): Place {
  const shared: string[] = []
  const own: string[] = []
  for (const d of dims) {
    const { code, each } = space.place(d)
    if (code === '0') continue
    const terms = each ? own : shared
    terms.push(`${code} * ${source.stride(slot, d)}`)
  }
  const terms = [...shared, ...own]
  if (terms.length === 0) return from
  const each = own.length > 0 || from.each
  const code = [from.code, ...shared].join(' + ')
  const sum = own.length > 0 && !from.each ? `ivec4(${code})` : code
  return { code: source.let(each ? 'ivec4' : 'int', [sum, ...own].join(' + ')), each }
}

/** The four values of an operand at an offset. */
export function fetch(
  source: Source,
  { slot, dtype }: OperandRef,
  access: Access,
  at: Place,
  lane: number,
): string {
  if (access === 'e') return fromTexture(dtype, source.alike(slot, samplerOf(dtype)))
  const texture = source.texture(slot, samplerOf(dtype))
  return fromTexture(dtype, fetchCode(source, texture, slot, access, at, lane))
}

function fetchCode(
  source: Source,
  texture: string,
  slot: number,
  access: Exclude<Access, 'e'>,
  at: Place,
  lane: number,
): string {
  if (at.each) return source.call('gather', texture, at.code)
  switch (access) {
    case 'd':
      return source.call('here', texture)
    case 's':
    case 'z':
      return source.call('splat', texture, at.code)
    case 'a':
      return source.call('at', texture, `(${at.code}) >> 2`)
    case 'f':
    case 'l':
      return source.call('loose', texture, at.code)
    case 'g':
      source.use('constants')
      return source.call('gather', texture, `${at.code} + LANES * ${source.stride(slot, lane)}`)
    default:
      return access satisfies never
  }
}
