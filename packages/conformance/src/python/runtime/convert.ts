/** Values as numbers, lengths and truths. */
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { isForeign, isList, Range, Tuple, type Value } from '../values/value.ts'
import { isNumber, toBigInt, toNumber } from './arithmetic.ts'
import type { Runtime } from './runtime.ts'
import { ownSpecial, special, typeName, underlying } from './types.ts'

/** The length of a value of the language, or undefined. */
function ownLength(value: Value): number | undefined {
  if (typeof value === 'string') return [...value].length
  if (isList(value)) return value.length
  if (value instanceof Tuple) return value.items.length
  if (value instanceof Dict || value instanceof PySet) return value.size
  if (value instanceof DictView) return value.dict.size
  return value instanceof Range ? value.length : undefined
}

function lengthOrUndefined(rt: Runtime, value: Value): number | undefined {
  const length = ownLength(value)
  if (length !== undefined) return length
  const method = ownSpecial(value, '__len__')
  if (method) return Number(toIndex(rt, method()))
  const inner = underlying(value)
  if (inner !== value) return lengthOrUndefined(rt, inner)
  return isForeign(value) ? rt.host.length?.(value) : undefined
}

/** `len(value)`. */
export function length(rt: Runtime, value: Value): number {
  const result = lengthOrUndefined(rt, value)
  if (result === undefined)
    throw raise('TypeError', `object of type '${typeName(rt, value)}' has no len()`)
  return result
}

/** `bool(value)`. */
export function truth(rt: Runtime, value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  if (isNumber(value)) return Boolean(value) || value !== value
  const method = ownSpecial(value, '__bool__')
  if (method) return method() === true
  if (isForeign(value)) return rt.host.truth?.(value) ?? true
  const size = lengthOrUndefined(rt, value)
  if (size !== undefined) return size > 0
  const inner = underlying(value)
  return inner === value || truth(rt, inner)
}

/** An integer, as an index or a count: floats are refused. */
export function toIndex(rt: Runtime, value: Value): bigint {
  const result = indexOrUndefined(rt, value)
  if (result === undefined)
    throw raise('TypeError', `'${typeName(rt, value)}' object cannot be interpreted as an integer`)
  return result
}

export function indexOrUndefined(rt: Runtime, value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return toBigInt(value)
  const method = special(rt, value, '__index__')
  if (method) return toIndex(rt, method())
  const inner = underlying(value)
  return inner === value ? undefined : indexOrUndefined(rt, inner)
}

/** A number of JavaScript, for functions of floats; undefined for what is no number. */
export function floatOrUndefined(rt: Runtime, value: Value): number | undefined {
  if (isNumber(value)) return toNumber(value)
  for (const name of ['__float__', '__index__']) {
    const result = special(rt, value, name)?.()
    if (result !== undefined && isNumber(result)) return toNumber(result)
  }
  const inner = underlying(value)
  return inner === value ? undefined : floatOrUndefined(rt, inner)
}

export function toFloat(rt: Runtime, value: Value): number {
  const result = floatOrUndefined(rt, value)
  if (result === undefined)
    throw raise('TypeError', `must be real number, not ${typeName(rt, value)}`)
  return result
}
